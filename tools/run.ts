/**
 * Starts every task of `deno.json`: `deno run -A --no-config tools/run.ts <task> [arguments]`.
 *
 * It runs without the project's config, because that one names JSR packages, and JSR may be out of
 * reach: see ARCHITECTURE.md section 7.
 */
import { ok } from "./ok.ts";
import { namespacePrefix } from "./namespace.ts";
import { chooseConfig, deno, denoWithin, say } from "./project.ts";
import { test } from "./test.ts";

type Task = (config: string, args: string[]) => Promise<number>;

const tasks: Record<string, Task> = {
  demo: (config, args) => deno("run", config, "-A", "examples/demo/main.ts", ...args),
  bench: async (config, args) => {
    await deno("cache", config, "bench/main.ts", "bench/stacks.ts"); // while registries can be reached
    return await denoWithin(await namespacePrefix(), "run", config, "-A", "bench/main.ts", ...args);
  },
  fmt: (config, args) => deno("fmt", config, ...args),
  lint: (config, args) => deno("lint", config, ...args),
  check: (config, args) => deno("check", config, ...args),
  kernels: (config, args) => deno("run", config, "-A", "tools/build_kernels.ts", ...args),
  wpt: async (config, args) => {
    await deno("cache", config, "mod.ts", "tests/wpt/main.ts", "tests/wpt/child.ts");
    const given = ["-A", "tests/wpt/main.ts", "--config", config, ...args];
    return await denoWithin(await namespacePrefix(), "run", config, ...given);
  },
  test,
  ok,
};

const [name = "", ...args] = Deno.args;
const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
if (task === undefined) {
  say(`There is no task "${name}". There are: ${Object.keys(tasks).join(", ")}.`);
  Deno.exit(2);
}
const config = await chooseConfig();
if (config !== "deno.json") {
  say("JSR is out of reach: the adapters in tools/std stand in for its packages.");
}
Deno.exit(await task(config, args));
