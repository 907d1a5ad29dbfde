import { assert, assertEquals, assertRejects } from "@std/assert";
import { RTCPeerConnection, type RTCSessionDescriptionInit } from "../../mod.ts";
import { Pair } from "./pair.ts";

const unexpected = (error: unknown) => {
  throw error;
};

/** What a callback gets, as a promise. */
function called<T>(call: (success: (value: T) => void) => void): Promise<T> {
  return new Promise(call);
}

Deno.test("two peers connect by callbacks alone (W3C WebRTC section 4.4.3)", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  const channel = alice.createDataChannel("x");
  const offer = await called<RTCSessionDescriptionInit>((done) =>
    void alice.createOffer(done, unexpected)
  );
  assertEquals([offer.type, Object.getPrototypeOf(offer)], ["offer", Object.prototype]);
  await called<void>((done) =>
    void alice.setLocalDescription(offer as { type: "offer" }, done, unexpected)
  );
  await called<void>((done) => void bob.setRemoteDescription(offer, done, unexpected));
  const answer = await called<RTCSessionDescriptionInit>((done) =>
    void bob.createAnswer(done, unexpected)
  );
  await called<void>((done) => void bob.setLocalDescription(answer, done, unexpected));
  await called<void>((done) => void alice.setRemoteDescription(answer, done, unexpected));
  await called<void>((done) => void alice.addIceCandidate({ candidate: "" }, done, unexpected));
  await pair.until(() => channel.readyState === "open");
  await pair.close();
});

Deno.test("a legacy overload resolves with undefined, and tells its failure by the callback", async () => {
  const pair = new Pair();
  const { alice } = pair;
  let error: DOMException | undefined;
  assertEquals(await alice.createAnswer(unexpected, (reason) => error = reason), undefined);
  await pair.advance(1);
  assertEquals(error?.name, "InvalidStateError");
  await pair.close();
});

Deno.test("the options of the legacy createOffer come last", async () => {
  const pair = new Pair();
  await pair.open();
  const ufrag = (sdp: string) => /a=ice-ufrag:(.*)/.exec(sdp)![1];
  const before = ufrag(pair.alice.localDescription!.sdp);
  const offer = await called<RTCSessionDescriptionInit>((done) =>
    void pair.alice.createOffer(done, unexpected, { iceRestart: true })
  );
  assert(ufrag(offer.sdp!) !== before);
  await pair.close();
});

Deno.test("arguments that fit no overload reject, and no callback is called", async () => {
  const pc = new RTCPeerConnection();
  const never = () => {
    throw new Error("it was called");
  };
  const operations = pc as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (
    const [name, ...args] of [
      ["createOffer", never, undefined],
      ["createOffer", never, never, 5],
      ["createAnswer", null, never],
      ["setLocalDescription", {}, never],
      ["setLocalDescription", { type: "bogus" }, never, never],
      ["setRemoteDescription", {}, never, never],
      ["addIceCandidate", {}, never],
      ["addIceCandidate", { sdpMLineIndex: 0 }, never, {}],
    ] as const
  ) await assertRejects(() => operations[name]!(...args), TypeError);
  await assertRejects(() => operations.createOffer!.call({}, never, never), TypeError);
  pc.close();
});

Deno.test("what a callback throws is reported, like an uncaught error", async () => {
  const pair = new Pair();
  const reported: unknown[] = [];
  const listen = (event: ErrorEvent) => {
    event.preventDefault();
    reported.push(event.error);
  };
  globalThis.addEventListener("error", listen);
  const error = new Error("thrown by a callback");
  await pair.alice.createOffer(() => unexpected(error), unexpected);
  await pair.advance(1);
  globalThis.removeEventListener("error", listen);
  assertEquals(reported, [error]);
  await pair.close();
});
