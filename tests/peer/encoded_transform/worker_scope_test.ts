import { assertEquals } from "@std/assert";

/** What a script tells of the scope of its worker, which imports a module of ours. */
async function askWorker(module: string, script: string): Promise<unknown> {
  const url = new URL(`../../../${module}`, import.meta.url).href;
  const text = `import "${url}"; postMessage(${script});`;
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(text)}`, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
  try {
    return await promise;
  } finally {
    worker.terminate();
  }
}

const WORKER_ONLY = ["RTCRtpScriptTransformer", "RTCTransformEvent"];

for (const module of ["worker.ts", "globals.ts"]) {
  Deno.test(`${module} gives a worker the interfaces that it is to have, and onrtctransform`, async () => {
    const names = [...WORKER_ONLY, "RTCEncodedVideoFrame", "RTCEncodedAudioFrame"];
    names.push("SFrameEncrypterStream", "SFrameDecrypterStream", "KeyFrameRequestEvent");
    const script = `[${JSON.stringify(names)}.map((name) => typeof globalThis[name]),
      onrtctransform, (onrtctransform = () => 1, onrtctransform())]`;
    assertEquals(await askWorker(module, script), [names.map(() => "function"), null, 1]);
  });
}

Deno.test("mod.ts gives a worker onrtctransform, and no names", async () => {
  const script = `[${JSON.stringify(WORKER_ONLY)}.map((name) => typeof globalThis[name]),
    onrtctransform]`;
  assertEquals(await askWorker("mod.ts", script), [WORKER_ONLY.map(() => "undefined"), null]);
});

Deno.test("outside of workers, globals.ts installs no interface that is for workers only", async () => {
  await import("../../../globals.ts");
  assertEquals(WORKER_ONLY.filter((name) => name in globalThis), []);
});
