/**
 * Builds the AssemblyScript sources under core/crypto/kernels into core/crypto/kernels_wasm.ts, the module that is committed (as
 * base64 in TypeScript, which every host and registry can import).
 *
 *     deno task kernels
 *
 * @module
 */
import { main } from "assemblyscript/asc";

const SOURCES = new URL("../core/crypto/kernels/", import.meta.url);
const MODULE = new URL("../core/crypto/kernels_wasm.ts", import.meta.url);

const OPTIONS = [
  ...["--runtime", "stub"], // no allocation, no garbage collection
  ...["--use", "abort="],
  ...["-O3", "--converge", "--noAssert"],
  ...["--enable", "simd", "--enable", "relaxed-simd"],
  ...["--initialMemory", "3", "--maximumMemory", "3"], // pages of 64 KiB: the memory map of layout.ts
];

/** The text of kernels_wasm.ts, as the sources and the compiler make it now. */
export async function buildKernels(): Promise<string> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await main(["kernels.ts", "--outFile", "kernels.wasm", ...OPTIONS], {
    readFile: (name) => readSource(name),
    writeFile: (_name, contents) => {
      wasm = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || wasm === undefined) throw new Error(`${error}\n${stderr.toString()}`);
  return moduleText(wasm);
}

async function readSource(name: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(new URL(name, SOURCES));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null; // the compiler tries several names
    throw error;
  }
}

function moduleText(wasm: Uint8Array): string {
  const lines = wasm.toBase64().match(/.{1,96}/g)!;
  return `// Built from core/crypto/kernels by \`deno task kernels\`: don't edit.\n` +
    `// deno-fmt-ignore-file\n\n` +
    `/** The WebAssembly module of the kernels. */\n` +
    `export const KERNELS_BASE64: string = \`\n${lines.join("\n")}\n\`;\n`;
}

if (import.meta.main) await Deno.writeTextFile(MODULE, await buildKernels());
