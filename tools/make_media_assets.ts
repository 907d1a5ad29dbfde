/**
 * Makes media/assets anew: what the synthetic devices show and sound like, encoded by Debian's ffmpeg. To be run by hand with
 * `deno run -A tools/make_media_assets.ts`; no task does, since encoders of another version give other bytes.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { BufferSource, EncodedPacketSink, Input, OGG } from "mediabunny";
import { IvfParser } from "../media/containers/ivf.ts";
import { splitAnnexB } from "../rtp/payload/mod.ts";
import { ROOT, say } from "./project.ts";

/** Bars that move by one picture in two seconds, so that the end fits the beginning; a key frame each second. */
const FRAME_RATE = 30;
const SECONDS = 2;
const SIZES = ["640x480", "320x240"];
const GROUP = ["-g", `${FRAME_RATE}`, "-keyint_min", `${FRAME_RATE}`];
/** No frame may depend on a later one, and each packet is one picture: this is what a live encoder gives. */
const VIDEO: Readonly<Record<string, string[]>> = {
  vp8: ["libvpx", "-b:v", "200k", "-crf", "20", "-auto-alt-ref", "0", "-lag-in-frames", "0"],
  vp9: ["libvpx-vp9", "-b:v", "200k", "-crf", "35", "-auto-alt-ref", "0", "-lag-in-frames", "0"],
  h264: [
    ...["libx264", "-profile:v", "baseline", "-level", "3.1", "-crf", "28"],
    ...["-sc_threshold", "0", "-x264-params", "bframes=0:repeat-headers=1:aud=1"],
  ],
  av1: ["libaom-av1", "-b:v", "200k", "-crf", "38", "-lag-in-frames", "0", "-usage", "realtime"],
};
/** 440 Hz for a second, from the middle of a longer tone, where the encoders have settled. */
const TONE = "sine=frequency=440:sample_rate=48000:duration=3";
const AUDIO: Readonly<Record<string, string[]>> = {
  opus: ["libopus", "-b:a", "24k", "-vbr", "off", "-frame_duration", "20"],
};

for (const [codec, options] of Object.entries(VIDEO)) {
  for (const size of SIZES) {
    const bars = `smptehdbars=size=${size}:rate=${FRAME_RATE}:duration=${SECONDS},` +
      `scroll=horizontal=1/${FRAME_RATE * SECONDS},format=yuv420p`;
    const format = codec === "h264" ? "h264" : "ivf";
    const file = await encode(bars, ["-c:v", ...options, ...GROUP, "-f", format]);
    write(`bars_${size}_${codec}`, codec === "h264" ? accessUnits(file) : ivfFrames(file));
  }
}
for (const [codec, options] of Object.entries(AUDIO)) {
  const packets = await oggPackets(await encode(TONE, ["-c:a", ...options, "-f", "ogg"]));
  write(`tone_${codec}`, packets.slice(50, 100));
}
const g722 = await encode(TONE, ["-ar", "16000", "-c:a", "g722", "-f", "g722"]);
// 20 ms are 160 bytes (RFC 3551 section 4.5.2).
write(
  "tone_g722",
  Array.from({ length: 50 }, (_, i) => g722.subarray((50 + i) * 160).subarray(0, 160)),
);

/** What ffmpeg makes of a filter's output. */
async function encode(source: string, options: string[]): Promise<Uint8Array> {
  const { stdout, success } = await new Deno.Command("ffmpeg", {
    args: [..."-loglevel error -f lavfi -i".split(" "), source, ...options, "-"],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`ffmpeg failed on ${source}`);
  return stdout;
}

function ivfFrames(file: Uint8Array): Uint8Array[] {
  return new IvfParser().push(file).map(({ data }) => data);
}

/** Each begins with an access unit delimiter, which the browsers do without, as they do without what x264 says of itself. */
function accessUnits(file: Uint8Array): Uint8Array[] {
  const [AUD, SEI] = [9, 6];
  const units: number[][] = [];
  for (const nal of splitAnnexB(file)) {
    const type = nal[0]! & 0x1f;
    if (type === AUD) units.push([]);
    else if (type !== SEI) units.at(-1)!.push(0, 0, 0, 1, ...nal);
  }
  return units.map((unit) => Uint8Array.from(unit));
}

async function oggPackets(file: Uint8Array): Promise<Uint8Array[]> {
  const input = new Input({ source: new BufferSource(file), formats: [OGG] });
  const track = await input.getPrimaryAudioTrack();
  const packets = await Array.fromAsync(new EncodedPacketSink(track!).packets());
  return packets.map(({ data }) => data);
}

function write(name: string, frames: readonly Uint8Array[]): void {
  const lines = frames.map((frame) => `  "${Buffer.from(frame).toString("base64")}",`);
  Deno.writeTextFileSync(
    `${ROOT}/media/assets/${name}.ts`,
    `// Made by tools/make_media_assets.ts.\nexport default [\n${
      lines.join("\n")
    }\n] as readonly string[];\n`,
  );
  say(`${name}: ${frames.length} frames, ${frames.reduce((sum, f) => sum + f.length, 0)} bytes`);
}
