/**
 * Debian's ffmpeg, which makes files for tests and judges those that we made.
 *
 * @module
 */

/** Runs ffmpeg on a filter's output, and gives the file. */
export async function encode(args: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const path = await Deno.makeTempFile();
  try {
    await run("ffmpeg", ["-y", "-loglevel", "error", ...args, path]);
    return await Deno.readFile(path);
  } finally {
    await Deno.remove(path);
  }
}

/** Bars and a tone of so many seconds. */
export function testInput(seconds: number, kinds: "av" | "a" | "v" = "av"): string[] {
  const video = `testsrc=size=320x240:rate=25:duration=${seconds},format=yuv420p`;
  const audio = `sine=frequency=440:sample_rate=48000:duration=${seconds}`;
  return [
    ...kinds.includes("v") ? ["-f", "lavfi", "-i", video] : [],
    ...kinds.includes("a") ? ["-f", "lavfi", "-i", audio] : [],
  ];
}

/** What ffprobe says of a stream. */
export interface ProbedStream {
  readonly codec_name: string;
  readonly codec_type: "audio" | "video";
  readonly width?: number;
  readonly height?: number;
  readonly nb_read_frames: string;
}

/** What ffprobe says of a file, all of whose frames it has decoded. */
export interface Probed {
  readonly streams: readonly ProbedStream[];
  readonly format: { readonly format_name: string; readonly duration?: string };
  /** What a full decode complained of. */
  readonly complaints: string;
}

/** Decodes a file in full and tells what is in it. */
export async function probe(file: Uint8Array): Promise<Probed> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, file);
    const entries =
      "stream=codec_name,codec_type,width,height,nb_read_frames:format=format_name,duration";
    const { stdout } = await run("ffprobe", [
      ...["-loglevel", "error", "-count_frames", "-show_entries", entries, "-of", "json", path],
    ]);
    // Frames keep their times: by ffmpeg's guess of a frame rate, two could get the same.
    const { stderr } = await run("ffmpeg", [
      ...["-loglevel", "warning", "-xerror", "-i", path],
      ...["-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-"],
    ]);
    const complaints = stderr.replace(/^Guessed Channel Layout.*\n/gm, ""); // G.711 says nothing of it
    return { ...JSON.parse(stdout), complaints };
  } finally {
    await Deno.remove(path);
  }
}

/** The checksums of the frames that a decoder makes of a file's first stream of a kind. */
export async function decodedFrames(file: Uint8Array, stream: "v" | "a"): Promise<string[]> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, file);
    const { stdout } = await run("ffmpeg", [
      ...["-loglevel", "error", "-i", path, "-map", `0:${stream}:0`],
      ...["-fps_mode", "passthrough", "-f", "framemd5", "-"],
    ]);
    return stdout.split("\n").filter((line) => /^\d/.test(line)).map((line) =>
      line.split(",").at(-1)!.trim()
    );
  } finally {
    await Deno.remove(path);
  }
}

async function run(command: string, args: string[]): Promise<{ stdout: string; stderr: string }> {
  const output = await new Deno.Command(command, { args, stdin: "null" }).output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((b) => new TextDecoder().decode(b));
  if (!output.success) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return { stdout: stdout!, stderr: stderr! };
}
