import { assertEquals } from "@std/assert";
import { buildKernels } from "../../../tools/build_kernels.ts";

Deno.test("the committed module is what its sources compile to, byte for byte", async () => {
  const committed = new URL("../../../core/crypto/kernels_wasm.ts", import.meta.url);
  assertEquals(await Deno.readTextFile(committed), await buildKernels());
});
