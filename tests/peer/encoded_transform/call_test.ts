import { assertEquals } from "@std/assert";
import {
  type EncodedFrame,
  type RTCEncodedAudioFrame,
  type RTCEncodedVideoFrame,
  type RTCRtpReceiver,
  RTCRtpScriptTransform,
  SFrameTransform,
} from "../../../mod.ts";
import {
  type EncodedChunk,
  MediaStreamTrackGenerator,
  MediaStreamTrackProcessor,
} from "../../../media/mod.ts";
import { scriptTransformOf } from "../../../peer/encoded_transform/rtc_rtp_script_transform.ts";
import { Pair } from "../pair.ts";
import { baseKey } from "./sframe/vectors.ts";

/** Reads frames, and writes them back once `change` has seen them. */
function through(
  side: { createEncodedStreams(): { readable: ReadableStream; writable: WritableStream } },
  change: (frame: EncodedFrame) => void = () => {},
): EncodedFrame[] {
  const { readable, writable } = side.createEncodedStreams();
  const seen: EncodedFrame[] = [];
  const transform = new TransformStream<EncodedFrame, EncodedFrame>({
    transform(frame, controller) {
      seen.push(frame);
      change(frame);
      controller.enqueue(frame);
    },
  });
  void readable.pipeThrough(transform).pipeTo(writable).catch(() => {});
  return seen;
}

/** Alice sends a track to Bob; frames are written, one each 20 ms, and read from Bob's track. */
async function call(
  kind: "audio" | "video",
  onSender: (sender: ReturnType<Pair["alice"]["addTrack"]>, alice: Pair["alice"]) => void,
  onReceiver: (receiver: RTCRtpReceiver) => void,
): Promise<Uint8Array[]> {
  const pair = new Pair();
  const codec = kind === "audio" ? "opus" : "vp8";
  const generator = new MediaStreamTrackGenerator({ kind, codec });
  onSender(pair.alice.addTrack(generator), pair.alice);
  const received: Uint8Array[] = [];
  pair.bob.ontrack = ({ receiver, track }) => {
    onReceiver(receiver);
    const sink = new WritableStream({ write: ({ data }) => void received.push(data) });
    void new MediaStreamTrackProcessor({ track }).readable.pipeTo(sink).catch(() => {});
  };
  await pair.negotiate();
  await pair.until(() =>
    pair.alice.connectionState === "connected" && pair.bob.connectionState === "connected"
  );
  const writer = generator.writable.getWriter();
  for (let i = 0; i < FRAMES; i++) {
    const type = kind === "audio" || i === 0 ? "key" : "delta";
    await writer.write({ type, timestamp: i * 20_000, data: frameData(i) });
    await pair.advance(20);
  }
  await pair.until(() => received.length === FRAMES);
  generator.stop();
  await pair.close();
  return received;
}

const FRAMES = 5;

/** A picture of VP8 of 640 by 480 (RFC 6386 section 9.1), which does for a packet of Opus, too. */
function frameData(index: number): Uint8Array {
  const frame = new Uint8Array(50).fill(index, 10);
  frame.set(index === 0 ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01] : [0x11, 0, 0]);
  return frame;
}

Deno.test("both ends see the same frames of audio (W3C WebRTC Encoded Transform section 4.4)", async () => {
  let [sent, got]: EncodedFrame[][] = [[], []];
  const received = await call(
    "audio",
    (sender) => sent = through(sender),
    (receiver) => got = through(receiver),
  );
  assertEquals(received.map((data) => data[20]), [0, 1, 2, 3, 4]);
  assertEquals(got!.length, FRAMES);
  for (let i = 0; i < FRAMES; i++) {
    const [out, into] = [sent![i], got![i]] as [RTCEncodedAudioFrame, RTCEncodedAudioFrame];
    const { sequenceNumber, receiveTime, captureTime, ...same } = into.getMetadata();
    const { captureTime: captured, ...told } = out.getMetadata();
    assertEquals(told, same);
    assertEquals([typeof captured, captureTime], ["number", undefined], "it was not negotiated");
    assertEquals([typeof sequenceNumber, typeof receiveTime], ["number", "number"]);
    assertEquals(out.timestamp, (sent![0]!.timestamp + 960 * i) >>> 0);
  }
});

Deno.test("both ends see the same frames of video, in size and layers (section 4.2)", async () => {
  let [sent, got]: EncodedFrame[][] = [[], []];
  await call("video", (sender) => sent = through(sender), (receiver) => got = through(receiver));
  for (let i = 0; i < FRAMES; i++) {
    const [out, into] = [sent![i], got![i]] as [RTCEncodedVideoFrame, RTCEncodedVideoFrame];
    assertEquals([out.type, out.timestamp], [into.type, into.timestamp]);
    const { frameId, dependencies, width: _, height: __, captureTime, ...same } = out.getMetadata();
    assertEquals(typeof captureTime, "number");
    assertEquals([frameId, dependencies], [i, i === 0 ? [] : [i - 1]]);
    const { receiveTime: ___, captureTime: ____, width, height, ...rest } = into.getMetadata();
    assertEquals({ ...rest, timestamp: 0 }, { ...same, timestamp: 0 });
    assertEquals([width, height], i === 0 ? [640, 480] : [undefined, undefined]);
    assertEquals([rest.spatialIndex, rest.temporalIndex, rest.mimeType], [0, 0, "video/VP8"]);
  }
});

Deno.test("both ends see the same bytes of H264, whatever its start codes were: what one encrypts the other can decrypt", async () => {
  const pair = new Pair();
  const generator = new MediaStreamTrackGenerator({ kind: "video", codec: "h264" });
  const bytesOf = (seen: number[][]) => (frame: EncodedFrame) =>
    void seen.push([...new Uint8Array(frame.data)]);
  const [sent, got]: number[][][] = [[], []];
  through(pair.alice.addTrack(generator), bytesOf(sent!));
  pair.bob.ontrack = ({ receiver }) => void through(receiver, bytesOf(got!));
  await pair.negotiate();
  await pair.until(() =>
    pair.alice.connectionState === "connected" && pair.bob.connectionState === "connected"
  );
  const { writable } = generator;
  const data = Uint8Array.of(
    ...[0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 1, 0, 0, 1, 0x68, 0xce, 0x3c, 0x80],
    ...[0, 0, 1, 0x65, 0x88, 0x84, 1, 2, 3, 0],
  );
  await writable.getWriter().write({ type: "key", timestamp: 0, data });
  await pair.until(() => got!.length === 1);
  assertEquals(got, sent);
  assertEquals(sent![0]!.length, data.length + 2);
  generator.stop();
  await pair.close();
});

Deno.test("both ends see when a frame was captured, where that is negotiated (section 2.2)", async () => {
  let [sent, got]: EncodedFrame[][] = [[], []];
  await call("audio", (sender, alice) => {
    sent = through(sender);
    const [transceiver] = alice.getTransceivers();
    const extensions = transceiver!.getHeaderExtensionsToNegotiate();
    transceiver!.setHeaderExtensionsToNegotiate(
      extensions.map((each) => ({ ...each, direction: "sendrecv" })),
    );
  }, (receiver) => got = through(receiver));
  const timesOf = (frames: EncodedFrame[]) =>
    frames.map((frame) => frame.getMetadata().captureTime);
  assertEquals(timesOf(got!), timesOf(sent!));
  const offsets = [sent!, got!].map(([frame]) => frame!.getMetadata().senderCaptureTimeOffset);
  assertEquals(offsets, [undefined, 0]);
});

Deno.test("what a script changes on the way is what arrives", async () => {
  const add = (by: number) => (frame: EncodedFrame) => {
    frame.data = new Uint8Array(frame.data).map((byte) => byte + by).buffer;
  };
  let got: EncodedFrame[] = [];
  const received = await call(
    "audio",
    (sender) => void through(sender, add(7)),
    (receiver) => got = through(receiver, add(-7)),
  );
  assertEquals(received.map((data) => data[20]), [0, 1, 2, 3, 4]);
  assertEquals(
    got.map(({ data }) => data.byteLength),
    Array(5).fill(0),
    "written frames are empty",
  );
});

Deno.test("a call that is encrypted end to end (RFC 9605)", async () => {
  const key = await baseKey(new Uint8Array(16));
  const received = await call("audio", (sender) => {
    const transform = new SFrameTransform({ cipherSuite: "AES_256_GCM_SHA512_128" });
    void transform.setEncryptionKey(key, 3);
    sender.transform = transform;
  }, (receiver) => {
    const transform = new SFrameTransform({ cipherSuite: "AES_256_GCM_SHA512_128" });
    void transform.setEncryptionKey(key, 3);
    receiver.transform = transform;
  });
  assertEquals(received.map((data) => data[20]), [0, 1, 2, 3, 4]);
});

Deno.test("which frames are key frames is seen in what a receiver's transform makes of them, not in what was encrypted", async () => {
  const pair = new Pair();
  const generator = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  // RFC 6386 section 9.1: by the lowest bit of their first bytes, the network sees three key frames.
  const seen = [0x10, 0x10, 0x10, 0x11, 0x11];
  let index = 0;
  through(pair.alice.addTrack(generator), (frame) => {
    frame.data = Uint8Array.of(seen[index++]!, ...new Uint8Array(frame.data)).buffer;
  });
  const received: { type: string; width: number | undefined }[] = [];
  pair.bob.ontrack = ({ receiver, track }) => {
    through(receiver, (frame) => void (frame.data = frame.data.slice(1)));
    const sink = new WritableStream<EncodedChunk>({
      write: ({ type, metadata }) => void received.push({ type, width: metadata?.width }),
    });
    void new MediaStreamTrackProcessor({ track }).readable.pipeTo(sink).catch(() => {});
  };
  await pair.negotiate();
  await pair.until(() =>
    pair.alice.connectionState === "connected" && pair.bob.connectionState === "connected"
  );
  const writer = generator.writable.getWriter();
  const types = ["key", "delta", "delta", "key", "delta"] as const;
  for (const [i, type] of types.entries()) {
    await writer.write({ type, timestamp: i * 20_000, data: frameData(type === "key" ? 0 : 1) });
    await pair.advance(20);
  }
  await pair.until(() => received.length === types.length);
  assertEquals(received.map(({ type }) => type), [...types]);
  assertEquals(received.map(({ width }) => width), [640, undefined, undefined, 640, undefined]);
  generator.stop();
  await pair.close();
});

Deno.test("a track is first heard once there are keys: nothing of it is lost, and a key frame is asked for", async () => {
  const pair = new Pair();
  const generator = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  let [requests, isWanted] = [0, true];
  generator.onkeyframerequest = () => {
    requests++;
    isWanted = true;
  };
  const sent = through(pair.alice.addTrack(generator));
  let got: EncodedFrame[] = [];
  pair.bob.ontrack = ({ receiver }) => got = through(receiver);
  await pair.negotiate();
  const writer = generator.writable.getWriter();
  for (let i = 0; got.length < 3; i++) {
    const [type, data] = isWanted
      ? ["key", frameData(0)] as const
      : ["delta", frameData(1)] as const;
    isWanted = false;
    await writer.write({ type, timestamp: i * 20_000, data });
    await pair.advance(20);
  }
  assertEquals(requests, 1);
  const timestamps = (frames: EncodedFrame[]) => frames.slice(0, 3).map((frame) => frame.timestamp);
  assertEquals(timestamps(got), timestamps(sent));
  generator.stop();
  await pair.close();
});

Deno.test("a key frame that the other side asks for is asked of the transform first (section 4.9)", async () => {
  const pair = new Pair();
  const generator = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  const sender = pair.alice.addTrack(generator);
  const asked: (string | undefined)[] = [];
  let [requests, isTaken] = [0, true];
  generator.onkeyframerequest = () => requests++;
  const worker = new Worker("data:text/javascript,", { type: "module" });
  const transform = new RTCRtpScriptTransform(worker);
  scriptTransformOf(transform).keyFrameRequested = (rid) => {
    asked.push(rid);
    return isTaken;
  };
  await pair.negotiate();
  await pair.until(() => pair.alice.connectionState === "connected");
  const writer = generator.writable.getWriter();
  await writer.write({ type: "key", timestamp: 0, data: frameData(0) });
  await pair.until(() => pair.bob.getReceivers()[0]!.getSynchronizationSources().length > 0);
  sender.transform = transform;
  const before = requests;
  const requestKeyFrame = async (count: number) => {
    await pair.advance(400);
    const { track } = pair.bob.getReceivers()[0]!;
    new MediaStreamTrackProcessor({ track }); // whoever begins to read asks for a key frame
    await pair.until(() => asked.length === count);
  };
  await requestKeyFrame(1);
  assertEquals([asked, requests - before], [[undefined], 0]);
  isTaken = false;
  await requestKeyFrame(2);
  await pair.until(() => requests - before === 1);
  generator.stop();
  await pair.close();
  worker.terminate();
});
