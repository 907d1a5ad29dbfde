/**
 * The rules of ARCHITECTURE.md that a machine can check, as a plugin of `deno lint`.
 *
 * @module
 */
import { layers } from "./layers.ts";
import { length } from "./length.ts";
import { purity } from "./purity.ts";
import { runtime } from "./runtime.ts";
import { wiring } from "./wiring.ts";

const plugin: Deno.lint.Plugin = {
  name: "heron",
  rules: { layers, length, purity, runtime, wiring },
};

export default plugin;
