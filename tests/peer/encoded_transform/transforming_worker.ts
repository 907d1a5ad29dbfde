/**
 * The script of a worker for tests: `options.as` says what it does with frames, `options.port` is where it tells of them.
 *
 * @module
 */
import "../../../worker.ts";
import type { RTCRtpScriptTransformer, RTCTransformEvent } from "../../../mod.ts";
import type { EncodedFrame } from "../../../peer/encoded_transform/chunk_frames.ts";

type Transformer = RTCRtpScriptTransformer & {
  options: { as: string; port: MessagePort; rid?: string };
};

/** Reads all frames, and hands each to `see`. */
async function eachFrame(
  { readable, options: { port } }: Transformer,
  see: (frame: EncodedFrame) => unknown,
): Promise<void> {
  try {
    for await (const frame of readable) await see(frame);
    port.postMessage("closed");
  } catch (error) {
    port.postMessage(`failed: ${(error as Error).name}`);
  }
}

/** What became of a promise, and what `then` gives at that very moment. */
function outcome<T>(promise: Promise<unknown>, then: () => T): Promise<[unknown, T]> {
  return promise.then((value) => [value, then()], (error) => [error.name, then()]);
}

let kept: EncodedFrame | undefined;

const BEHAVIOURS: Record<string, (transformer: Transformer) => unknown> = {
  /** Turns every bit over. */
  invert(transformer) {
    const writer = transformer.writable.getWriter();
    return eachFrame(transformer, (frame) => {
      frame.data = new Uint8Array(frame.data).map((byte) => byte ^ 0xff).buffer;
      void writer.write(frame);
    });
  },
  /** Writes each frame twice, and one before the last once more, and one that it made, and one of another transformer. */
  meddle(transformer) {
    const writer = transformer.writable.getWriter();
    let last: EncodedFrame | undefined;
    return eachFrame(transformer, async (frame) => {
      const copy = new (frame.constructor as new (frame: EncodedFrame) => EncodedFrame)(frame);
      if (kept !== undefined) await writer.write(kept);
      await writer.write(copy);
      await writer.write(frame);
      await writer.write(frame);
      if (last !== undefined) await writer.write(last);
      last = frame;
      transformer.options.port.postMessage([frame.data.byteLength, copy.data.byteLength]);
    });
  },
  /** Keeps its first frame for the others. */
  keep(transformer) {
    return eachFrame(transformer, (frame) => {
      kept = frame;
      transformer.options.port.postMessage("kept");
    });
  },
  /** Tells what it sees, and writes nothing. */
  tell(transformer) {
    return eachFrame(transformer, (frame) => {
      transformer.options.port.postMessage({
        class: frame.constructor.name,
        text: `${frame}`,
        metadata: frame.getMetadata(),
        now: performance.timeOrigin + performance.now(),
        timeOrigin: performance.timeOrigin,
      });
    });
  },
  /** Writes what is no frame. */
  async "write null"({ writable, options: { port } }) {
    const writer = writable.getWriter();
    for (const promise of [writer.write(null as never), writer.closed]) {
      port.postMessage(await outcome(promise, () => {}));
    }
  },
  /** Calls what it is told to, and tells the outcome and the key frames it has seen by then. */
  call(transformer) {
    const { port, rid } = transformer.options;
    const seen: number[] = [];
    transformer.onkeyframerequest = (event) => {
      port.postMessage(["keyframerequest", event.rid, event.cancelable, seen.length]);
      if (event.rid === "mine") event.preventDefault();
    };
    port.onmessage = async ({ data }) => {
      const call = data === "generateKeyFrame"
        ? transformer.generateKeyFrame(rid)
        : transformer.sendKeyFrameRequest();
      port.postMessage(await outcome(call, () => seen.length));
    };
    port.postMessage("ready");
    return eachFrame(transformer, (frame) => {
      if ("type" in frame && frame.type === "key") seen.push(frame.timestamp);
    });
  },
  /** Reads nothing until it is told to. */
  hold(transformer) {
    const { port } = transformer.options;
    port.onmessage = () => eachFrame(transformer, () => {});
    port.postMessage("ready");
  },
};

addEventListener("rtctransform", (event) => {
  const transformer = (event as RTCTransformEvent).transformer as Transformer;
  void BEHAVIOURS[transformer.options.as]!(transformer);
});

/** What applications say to each other is left alone. */
addEventListener("message", (event) => {
  const scope = globalThis as unknown as Pick<Worker, "postMessage">;
  scope.postMessage({ heard: (event as MessageEvent).data });
});
