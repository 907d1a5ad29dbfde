import { assert, assertEquals, assertThrows } from "@std/assert";
import { RTCRtpScriptTransform } from "../../../mod.ts";
import type { ChunkMetadata } from "../../../media/mod.ts";
import { scriptTransformOf } from "../../../peer/encoded_transform/rtc_rtp_script_transform.ts";
import type { FrameTransform } from "../../../peer/encoded_transform/frame_transform.ts";
import { tasks } from "../../media/sources.ts";
import { chunk, FakeOwner, TestPipe } from "./chunks.ts";

/** A real worker, and transforms that are made in it. */
class Lab implements AsyncDisposable {
  readonly worker = new Worker(new URL("./transforming_worker.ts", import.meta.url), {
    type: "module",
  });
  readonly #ports: MessagePort[] = [];
  readonly #transforms: FrameTransform[] = [];

  /** A transform that behaves `as` it should, in a pipe if there is one, and what it tells. */
  transform(as: string, pipe?: TestPipe, options: object = {}) {
    const { port1, port2 } = new MessageChannel();
    this.#ports.push(port1);
    const given = { as, port: port2, ...options };
    const object = new RTCRtpScriptTransform(this.worker, given, [port2]);
    const transform = scriptTransformOf(object);
    this.#transforms.push(transform);
    pipe?.setTransform(transform);
    const told: unknown[] = [];
    let wake = () => {};
    port1.onmessage = ({ data }) => {
      told.push(data);
      wake();
    };
    return {
      object,
      transform,
      port: port1,
      /** The next that it tells. */
      async next(): Promise<unknown> {
        while (told.length === 0) await new Promise<void>((resolve) => wake = resolve);
        return told.shift();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const transform of this.#transforms) transform.end();
    for (const port of this.#ports) port.close();
    this.worker.terminate();
    await tasks();
  }
}

Deno.test("a worker transforms frames, in order (W3C WebRTC Encoded Transform section 4.6)", async () => {
  await using lab = new Lab();
  const pipe = new TestPipe();
  lab.transform("invert", pipe);
  for (let i = 0; i < 100; i++) pipe.push(chunk(i, i === 0 ? "key" : "delta", { rid: "r" }));
  await pipe.until(100);
  assertEquals(pipe.bytes, Array.from({ length: 100 }, (_, i) => i ^ 0xff));
  assertEquals(pipe.out[50], {
    ...chunk(50, "delta", { rid: "r" }),
    data: Uint8Array.of(50 ^ 0xff),
  });
});

Deno.test("a script sees frames as they are: class, text, metadata, times on its own clock", async () => {
  await using lab = new Lab();
  const metadata: ChunkMetadata = {
    rtpTimestamp: 5,
    synchronizationSource: 6,
    receiveTime: performance.now(),
    captureTime: performance.timeOrigin + 3,
  };
  const tell = async (kind: "audio" | "video") => {
    const pipe = new TestPipe(new FakeOwner("receiver", kind));
    const { next } = lab.transform("tell", pipe);
    pipe.push(chunk(1, "key", metadata));
    return await next() as {
      class: string;
      text: string;
      metadata: { receiveTime: number; captureTime: number };
      now: number;
      timeOrigin: number;
    };
  };
  const [video, audio] = [await tell("video"), await tell("audio")];
  assertEquals([video.class, audio.class], ["RTCEncodedVideoFrame", "RTCEncodedAudioFrame"]);
  assertEquals(video.text, "RTCEncodedVideoFrame{rtpTimestamp: 5, size: 1, type: key}");
  const { receiveTime, captureTime, ...rest } = video.metadata;
  assertEquals(rest, {
    synchronizationSource: 6,
    contributingSources: [],
    rtpTimestamp: 5,
    timestamp: 1000,
  } as object);
  const { timeOrigin } = performance;
  assert(Math.abs(video.timeOrigin + receiveTime - timeOrigin - metadata.receiveTime!) < 0.01);
  assert(Math.abs(video.timeOrigin + captureTime - metadata.captureTime!) < 0.01);
});

Deno.test("a frame is written once and in its place; made or alien ones are ignored (section 2.1.2)", async () => {
  await using lab = new Lab();
  const [pipe, other] = [new TestPipe(), new TestPipe()];
  const keeper = lab.transform("keep", other);
  other.push(chunk(99, "key"));
  assertEquals(await keeper.next(), "kept");
  const { next } = lab.transform("meddle", pipe);
  for (let i = 0; i < 3; i++) pipe.push(chunk(i, "key"));
  for (let i = 0; i < 3; i++) {
    assertEquals(await next(), [0, 1], "detached by writing, as opposed to the copy");
  }
  await pipe.until(3);
  assertEquals([pipe.bytes, other.bytes], [[0, 1, 2], []]);
});

Deno.test("what is no frame is a TypeError, and the end of the stream", async () => {
  await using lab = new Lab();
  const { next } = lab.transform("write null");
  const outcomes = [await next(), await next()];
  assertEquals(outcomes, [["TypeError", undefined], ["TypeError", undefined]]);
});

Deno.test("a transform that is replaced fails at the script; one whose owner has ended closes", async () => {
  await using lab = new Lab();
  const pipe = new TestPipe();
  const [first, second] = [lab.transform("keep", pipe), lab.transform("keep")];
  pipe.push(chunk(1, "key"));
  assertEquals(await first.next(), "kept");
  pipe.setTransform(second.transform);
  pipe.push(chunk(2, "key"));
  assertEquals(await first.next(), "failed: AbortError");
  assertEquals(await second.next(), "kept");
  pipe.end();
  assertEquals(await second.next(), "closed");
});

Deno.test("generateKeyFrame asks the encoder, and is fulfilled just before the key frame can be read (section 4.10)", async () => {
  await using lab = new Lab();
  const owner = new FakeOwner("sender", "video", ["a", "b"]);
  const pipe = new TestPipe(owner);
  const { next, port } = lab.transform("call", pipe);
  assertEquals(await next(), "ready");
  const asked = Promise.withResolvers<void>();
  owner.requestKeyFrames = (layers) => {
    owner.asked.push(layers);
    asked.resolve();
  };
  for (const rid of ["a", "b"]) pipe.push(chunk(1, "key", { rid }));
  port.postMessage("generateKeyFrame");
  await asked.promise;
  assertEquals(owner.asked, [["a", "b"]]);
  pipe.push(chunk(2, "delta", { rid: "b" }));
  pipe.push(chunk(3, "key", { rid: "b" }));
  pipe.push(chunk(4, "key", { rid: "a", rtpTimestamp: 360 }));
  assertEquals(await next(), [360, 3]);
});

const CALLS = [
  ["generateKeyFrame", "receiver", "video", "InvalidStateError"],
  ["generateKeyFrame", "sender", "audio", "InvalidStateError"],
  ["generateKeyFrame", undefined, "video", "InvalidStateError"],
  ["sendKeyFrameRequest", "sender", "video", "InvalidStateError"],
  ["sendKeyFrameRequest", "receiver", "audio", "InvalidStateError"],
  ["sendKeyFrameRequest", undefined, "video", "InvalidStateError"],
  ["sendKeyFrameRequest", "receiver", "video", undefined],
] as const;

Deno.test("key frames can be asked of video only: generated by senders, requested by receivers (section 4.10)", async () => {
  await using lab = new Lab();
  for (const [call, side, kind, expected] of CALLS) {
    const pipe = side && new TestPipe(new FakeOwner(side, kind));
    const { next, port } = lab.transform("call", pipe);
    assertEquals(await next(), "ready");
    port.postMessage(call);
    assertEquals(await next(), [expected, 0], `${call} of ${kind} ${side}`);
  }
});

Deno.test("generateKeyFrame refuses what is no rid, and layers that are not sent (section 4.10)", async () => {
  await using lab = new Lab();
  const cases = [["no rid", ["a"], "TypeError"], ["b", ["a"], "NotFoundError"], [
    "a",
    [],
    "NotFoundError",
  ]];
  for (const [rid, layers, expected] of cases as [string, string[], string][]) {
    const pipe = new TestPipe(new FakeOwner("sender", "video", layers));
    const { next, port } = lab.transform("call", pipe, { rid });
    assertEquals(await next(), "ready");
    port.postMessage("generateKeyFrame");
    assertEquals(await next(), [expected, 0], rid);
  }
});

Deno.test("sendKeyFrameRequest reaches the receiver", async () => {
  await using lab = new Lab();
  const owner = new FakeOwner("receiver");
  const { next, port } = lab.transform("call", new TestPipe(owner));
  assertEquals(await next(), "ready");
  const asked = new Promise<void>((resolve) => owner.requestRemoteKeyFrame = resolve);
  port.postMessage("sendKeyFrameRequest");
  await asked;
});

Deno.test("keyframerequest can be cancelled; else the encoder is asked (section 4.9)", async () => {
  await using lab = new Lab();
  const owner = new FakeOwner("sender", "video", ["mine", "b"]);
  const asked = new Promise<readonly (string | null)[]>((resolve) =>
    owner.requestKeyFrames = resolve
  );
  const pipe = new TestPipe(owner);
  const { next } = lab.transform("call", pipe);
  assertEquals(await next(), "ready");
  pipe.keyFrameRequested("mine");
  pipe.keyFrameRequested();
  assertEquals(await next(), ["keyframerequest", "mine", true, 0]);
  assertEquals(await next(), ["keyframerequest", null, true, 0]);
  assertEquals(await asked, ["mine", "b"]);
});

Deno.test("a worker that does not read gets no more than it has room for, and a key frame is asked for once it reads", async () => {
  await using lab = new Lab();
  const owner = new FakeOwner("sender");
  const asked = new Promise<readonly (string | null)[]>((resolve) =>
    owner.requestKeyFrames = resolve
  );
  const pipe = new TestPipe(owner);
  const { next, port } = lab.transform("hold", pipe);
  assertEquals(await next(), "ready");
  for (let i = 0; i < 300; i++) pipe.push(chunk(i % 256));
  port.postMessage("read");
  assertEquals(await asked, [null]);
});

Deno.test("a worker that never answers holds nothing up, and needs no goodbye", async () => {
  const worker = new Worker("data:text/javascript,for(;;);", { type: "module" });
  const pipe = new TestPipe();
  const transform = scriptTransformOf(new RTCRtpScriptTransform(worker));
  pipe.setTransform(transform);
  for (let i = 0; i < 2000; i++) pipe.push(chunk(i % 256));
  assertEquals((transform as unknown as { dropped: number }).dropped, 2000 - 256);
  pipe.setTransform(null);
  pipe.push(chunk(1));
  assertEquals(pipe.bytes, [1]);
  worker.terminate();
  await tasks();
});

Deno.test("a transform in a worker that was terminated loses frames, and that is all", async () => {
  const lab = new Lab();
  const pipe = new TestPipe();
  lab.transform("invert", pipe);
  pipe.push(chunk(1));
  await pipe.until(1);
  await lab[Symbol.asyncDispose]();
  pipe.push(chunk(2));
  assertEquals(pipe.bytes, [1 ^ 0xff]);
});

Deno.test("a worker's own messages are left alone", async () => {
  await using lab = new Lab();
  const heard = new Promise((resolve) => lab.worker.onmessage = ({ data }) => resolve(data));
  lab.transform("write null");
  lab.worker.postMessage("hello");
  assertEquals(await heard, { heard: "hello" });
});

Deno.test("the constructor refuses what is no worker, and options that can't be copied", async () => {
  await using lab = new Lab();
  const Transform = RTCRtpScriptTransform as unknown as new (...args: unknown[]) => object;
  assertThrows(() => new Transform(), TypeError);
  assertThrows(() => new Transform({}), TypeError);
  assertThrows(() => new Transform(lab.worker, {}, [1]), TypeError);
  const error = assertThrows(() => new Transform(lab.worker, () => {}), DOMException);
  assertEquals(error.name, "DataCloneError");
});
