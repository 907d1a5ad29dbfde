import { assert } from "@std/assert";
import { join, resolve } from "node:path";
import { chooseConfig, ROOT } from "../../tools/project.ts";

/** What a project has whose code was written for the browser. */
const BROWSER_LIB = [
  "dom",
  "dom.iterable",
  "dom.asynciterable",
  "esnext",
  "deno.ns",
  "deno.unstable",
];

/** What `browser_code.ts` takes from Heron, as the browser's library of types has it. */
const BROWSER_NAMES = [
  "MediaStream",
  "MediaStreamTrack",
  "RTCDataChannel",
  "RTCError",
  "RTCErrorEvent",
  "RTCIceCandidate",
  "RTCPeerConnection",
  "RTCPeerConnectionIceEvent",
  "RTCRtpReceiver",
  "RTCRtpSender",
  "RTCSessionDescription",
];

const BROWSER_CODE = Deno.readTextFileSync(join(import.meta.dirname!, "browser_code.ts"));

Deno.test("code written for the browser type-checks against Heron", async () => {
  const { success, output } = await check(BROWSER_CODE, new URL("../../mod.ts", import.meta.url));
  assert(success, output);
});

Deno.test("that code is a browser's", async () => {
  const names = BROWSER_NAMES.map((name) =>
    `export const ${name} = globalThis.${name}; export type ${name} = globalThis.${name};`
  );
  const { success, output } = await check(
    BROWSER_CODE,
    new URL(`data:application/typescript,${encodeURIComponent(names.join("\n"))}`),
  );
  assert(success, output);
});

Deno.test("code that no browser would run doesn't type-check", async () => {
  const { success, output } = await check(
    `import { RTCPeerConnection } from "@heron/webrtc";
     new RTCPeerConnection().createDataChannel("chat").shout("hello");`,
    new URL("../../mod.ts", import.meta.url),
  );
  assert(!success && output.includes("shout"), output);
});

/** Type-checks code with the browser's types beside Deno's, and with `heron` as the package. */
async function check(code: string, heron: URL): Promise<{ success: boolean; output: string }> {
  const project = JSON.parse(Deno.readTextFileSync(join(ROOT, await chooseConfig())));
  const { imports, unstable, compilerOptions, links = [] } = project;
  const config = {
    imports: { ...imports, "@heron/webrtc": heron.href },
    links: links.map((link: string) => resolve(ROOT, link)),
    unstable,
    lock: false,
    compilerOptions: { ...compilerOptions, lib: BROWSER_LIB },
  };
  const folder = Deno.makeTempDirSync({ prefix: "heron_types_" });
  try {
    Deno.writeTextFileSync(join(folder, "deno.json"), JSON.stringify(config));
    Deno.writeTextFileSync(join(folder, "code.ts"), code);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--config", join(folder, "deno.json"), join(folder, "code.ts")],
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return { success, output: decoder.decode(stdout) + decoder.decode(stderr) };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
