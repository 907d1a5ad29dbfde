/**
 * What pages make streams of besides devices: canvases and audio graphs. Here each gives what a synthetic device does.
 *
 * @module
 */
import type * as Heron from "../../mod.ts";

/** What the module under test must have for it. */
export type StreamModule = Pick<
  typeof Heron,
  "MediaStream" | "MediaStreamTrackGenerator" | "MediaStreamTrackProcessor" | "mediaDevices"
>;

/** A stream at once, into which a device plays as soon as it can. */
export function streamOf(module: StreamModule, kind: "audio" | "video"): Heron.MediaStream {
  const generator = new module.MediaStreamTrackGenerator({ kind });
  void play(module, kind, generator).catch(() => {}); // the test has stopped the track
  return new module.MediaStream([generator]);
}

async function play(
  { mediaDevices, MediaStreamTrackProcessor }: StreamModule,
  kind: "audio" | "video",
  generator: Heron.MediaStreamTrackGenerator,
): Promise<void> {
  const device = await mediaDevices.getUserMedia({ [kind]: true });
  const [track] = device.getTracks();
  try {
    await new MediaStreamTrackProcessor({ track: track! }).readable.pipeTo(generator.writable);
  } finally {
    track!.stop();
  }
}

/** The class AudioContext, whose graphs all sound alike. */
export function audioContext(module: StreamModule): unknown {
  const node = {
    connect: (other: unknown) => other,
    start() {},
    stop() {},
    frequency: {},
    gain: {},
  };
  return class AudioContext extends EventTarget {
    readonly state = "running";
    readonly currentTime = 0;
    createOscillator = () => ({ ...node });
    createGain = () => ({ ...node });
    createMediaStreamDestination = () => ({ ...node, stream: streamOf(module, "audio") });
    resume = () => Promise.resolve();
    close = () => Promise.resolve();
  };
}
