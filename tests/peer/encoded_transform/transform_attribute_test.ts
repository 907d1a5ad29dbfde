import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type EncodedFrame,
  RTCEncodedAudioFrame,
  RTCEncodedVideoFrame,
  RTCPeerConnection,
  type RTCRtpReceiver,
  RTCRtpScriptTransform,
  type RTCRtpSender,
  SFrameTransform,
  type SFrameTransformErrorEvent,
} from "../../../mod.ts";
import type { EncodedChunk } from "../../../media/mod.ts";
import { attachSink } from "../../../media/media_stream_track.ts";
import { receiverSlots } from "../../../peer/rtc_rtp_receiver.ts";
import { senderSlots } from "../../../peer/rtc_rtp_sender.ts";
import { tasks } from "../../media/sources.ts";
import { chunk } from "./chunks.ts";
import { baseKey } from "./sframe/vectors.ts";

const OPTIONS = { cipherSuite: "AES_128_GCM_SHA256_128" } as const;
const sframe = () => new SFrameTransform(OPTIONS);

/** A connection with a transceiver, what its sender sends, and what its receiver's track carries. */
function connection(kind: "audio" | "video" = "video", configuration = {}) {
  const pc = new RTCPeerConnection(configuration);
  const { sender, receiver } = pc.addTransceiver(kind);
  const [sent, received]: EncodedChunk[][] = [[], []];
  senderSlots(sender).frames.forward = (chunk) => sent!.push(chunk);
  attachSink(receiver.track, { write: (chunk) => received!.push(chunk) });
  receiverSlots(receiver).source.setMutedNow(false);
  return {
    pc,
    sender,
    receiver,
    sent: sent!,
    received: received!,
    encode: (chunk: EncodedChunk) => senderSlots(sender).frames.push(chunk),
    arrive: (chunk: EncodedChunk) => receiverSlots(receiver).frames.push(chunk),
    [Symbol.dispose]: () => pc.close(),
  };
}

function refused(side: RTCRtpSender | RTCRtpReceiver, transform: SFrameTransform): void {
  const error = assertThrows(() => side.transform = transform, DOMException);
  assertEquals(error.name, "InvalidStateError");
}

Deno.test("a transform serves one sender or receiver, once (W3C WebRTC Encoded Transform section 2.2)", () => {
  using pair = connection();
  const { sender, receiver } = pair;
  assertEquals([sender.transform, receiver.transform], [null, null]);
  const [first, second] = [sframe(), sframe()];
  sender.transform = first;
  sender.transform = first;
  refused(receiver, first);
  assert(sender.transform === first);
  sender.transform = second;
  refused(sender, first);
  sender.transform = null;
  assertEquals(sender.transform, null);
  refused(receiver, second);
  for (const other of [{}, 1, new TransformStream()]) {
    assertThrows(() => sender.transform = other as SFrameTransform, TypeError);
  }
});

Deno.test("frames are encrypted by the sender's SFrameTransform, and decrypted by the receiver's (section 3.1)", async () => {
  using pair = connection("video");
  const { sender, receiver, sent, received, encode, arrive } = pair;
  [sender.transform, receiver.transform] = [sframe(), sframe()];
  const key = await baseKey(new Uint8Array(16));
  const errors: SFrameTransformErrorEvent[] = [];
  (receiver.transform as SFrameTransform).onerror = (event) => errors.push(event);
  encode(chunk(1, "key"));
  await tasks();
  assertEquals(sent, [], "there is no key");
  void (sender.transform as SFrameTransform).setEncryptionKey(key, 5);
  for (let i = 2; i < 5; i++) encode(chunk(i, "key", { rid: "x" }));
  while (sent.length < 3) await tasks();
  assertEquals(sent.map(({ timestamp, data }) => [timestamp, data.length]), [
    [2000, 18],
    [3000, 18],
    [4000, 18],
  ]);
  arrive(sent[0]!);
  while (errors.length < 1) await tasks();
  assertEquals([errors[0]!.errorType, errors[0]!.keyID], ["keyID", 5]);
  assert(errors[0]!.frame instanceof RTCEncodedVideoFrame);
  assertEquals(new Uint8Array(errors[0]!.frame.data), sent[0]!.data);
  void (receiver.transform as SFrameTransform).setEncryptionKey(key, 5);
  for (const chunk of sent) arrive(chunk);
  while (received.length < 3) await tasks();
  assertEquals(received, [2, 3, 4].map((byte) => chunk(byte, "key", { rid: "x" })));
});

Deno.test("closing the connection ends a script's transform", async () => {
  const script = `import "${new URL("../../../worker.ts", import.meta.url)}";
    addEventListener("rtctransform", async ({ transformer }) => {
      for await (const _ of transformer.readable) postMessage("frame");
      postMessage("closed");
    });`;
  const url = `data:text/javascript,${encodeURIComponent(script)}`;
  const worker = new Worker(url, { type: "module" });
  const heard: string[] = [];
  const closed = new Promise<void>((resolve) => {
    worker.onmessage = ({ data }) => heard.push(data) === 2 ? resolve() : pair.pc.close();
  });
  using pair = connection("audio");
  pair.sender.transform = new RTCRtpScriptTransform(worker);
  pair.encode(chunk(1, "key"));
  await closed;
  assertEquals(heard, ["frame", "closed"]);
  worker.terminate();
  await tasks();
});

Deno.test("createEncodedStreams: streams as in Chromium, on which frames wait where the configuration says so", async () => {
  using pair = connection("audio", { encodedInsertableStreams: true });
  const { sender, receiver, sent, received, encode, arrive } = pair;
  encode(chunk(1, "key"));
  assertEquals(sent, [], "nothing passes before there are streams");
  const streams = sender.createEncodedStreams();
  let kept: ArrayBuffer | undefined;
  const turned = new TransformStream<EncodedFrame, EncodedFrame>({
    transform(frame, controller) {
      kept = Uint8Array.of(new Uint8Array(frame.data)[0]! + 100).buffer;
      frame.data = kept;
      controller.enqueue(frame);
    },
  });
  void streams.readable.pipeThrough(turned).pipeTo(streams.writable).catch(() => {});
  encode(chunk(2, "key", { rtpTimestamp: 7, voiceActivity: true }));
  while (sent.length < 1) await tasks();
  assertEquals(sent[0]!.data, Uint8Array.of(102));
  assertEquals(kept?.byteLength, 1, "what a script has taken of a frame it keeps");
  assertEquals([sent[0]!.metadata?.voiceActivity, sent[0]!.duration], [true, 5]);

  const { readable, writable } = receiver.createEncodedStreams();
  arrive(sent[0]!);
  const { value } = await readable.getReader().read();
  const writer = writable.getWriter();
  const made = new RTCEncodedAudioFrame(value as RTCEncodedAudioFrame, {
    metadata: { rtpTimestamp: 8 },
  });
  await writer.write(made);
  assertEquals([received.length, received[0]!.metadata?.rtpTimestamp], [1, 8]);
  assertEquals(made.data.byteLength, 0, "what is written is gone");
  const error = await assertRejects(() => writer.write(made), DOMException);
  assertEquals(error.name, "OperationError");
});

Deno.test("createEncodedStreams is called once, before frames pass, and without a transform", () => {
  using pair = connection();
  const { sender, receiver, arrive } = pair;
  const throwsInvalidState = (call: () => unknown) =>
    assertEquals(assertThrows(call, DOMException).name, "InvalidStateError");
  sender.createEncodedStreams();
  throwsInvalidState(() => sender.createEncodedStreams());
  throwsInvalidState(() => sender.transform = sframe());
  throwsInvalidState(() => sender.transform = null);
  assertEquals(sender.transform, null);
  arrive(chunk(1, "key"));
  throwsInvalidState(() => receiver.createEncodedStreams());
  receiver.transform = sframe();
  throwsInvalidState(() => receiver.createEncodedStreams());
});

Deno.test("streams that nobody reads hold a limited number of frames", async () => {
  using pair = connection();
  const { readable } = pair.sender.createEncodedStreams();
  for (let i = 0; i < 1000; i++) pair.encode(chunk(i % 256, "key"));
  pair.pc.close();
  const reader = readable.getReader();
  assertEquals((await reader.read()).done, true, "what was not read by then is gone");
});

Deno.test("the configuration tells encodedInsertableStreams only where it was given", () => {
  using plain = connection();
  using waiting = connection("video", { encodedInsertableStreams: true });
  assertEquals(plain.pc.getConfiguration().encodedInsertableStreams, undefined);
  assertEquals(waiting.pc.getConfiguration().encodedInsertableStreams, true);
});
