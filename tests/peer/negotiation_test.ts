import { assertEquals, assertStrictEquals } from "@std/assert";
import { MediaStreamTrackGenerator } from "../../media/mod.ts";
import { Pair } from "./pair.ts";

Deno.test("WebRTC Extensions section 4: extensions that an answer leaves out are not offered again, and answered once they are", async () => {
  const pair = new Pair();
  const transceiver = pair.alice.addTransceiver("video");
  const wanted = transceiver.getHeaderExtensionsToNegotiate();
  const chosen = wanted.find(({ uri }) => uri === "urn:3gpp:video-orientation")!;
  chosen.direction = "stopped";
  transceiver.setHeaderExtensionsToNegotiate(wanted);
  await pair.negotiate();
  const [other] = pair.bob.getTransceivers();
  const directionOf = (list: { uri: string; direction: string }[]) =>
    list.find(({ uri }) => uri === chosen.uri)?.direction;
  assertEquals(directionOf(other!.getHeaderExtensionsToNegotiate()), "stopped");
  await pair.negotiate("bob");
  assertEquals(directionOf(transceiver.getNegotiatedHeaderExtensions()), "stopped");
  chosen.direction = "sendrecv";
  transceiver.setHeaderExtensionsToNegotiate(wanted);
  await pair.negotiate();
  assertEquals(directionOf(other!.getNegotiatedHeaderExtensions()), "sendrecv");
  await pair.close();
});

Deno.test("W3C WebRTC section 4.4.1.5: what addTrack has used outlives a rollback, and takes the same offer again", async () => {
  const pair = new Pair();
  pair.alice.addTransceiver("audio");
  const offer = await pair.alice.createOffer();
  await pair.bob.setRemoteDescription(offer);
  const [made] = pair.bob.getTransceivers();
  pair.bob.addTrack(new MediaStreamTrackGenerator({ kind: "audio" }));
  await pair.bob.setRemoteDescription({ type: "rollback" });
  assertEquals(pair.bob.getTransceivers(), [made]);
  await pair.bob.setRemoteDescription(offer);
  assertEquals(pair.bob.getTransceivers(), [made]);
  assertEquals(made!.mid, "0");
  await pair.close();
});

Deno.test("W3C WebRTC section 5.6.1: descriptions gain candidates; those that were read before do not", async () => {
  const pair = new Pair();
  pair.alice.createDataChannel("channel");
  await pair.alice.setLocalDescription();
  const before = pair.alice.localDescription!;
  assertEquals(pair.alice.localDescription, before);
  await pair.gathered(pair.alice);
  const candidates = (sdp: string) =>
    sdp.split("\r\n").filter((line) => line.startsWith("a=candidate:"));
  assertEquals(candidates(before.sdp).length, 0);
  assertEquals(candidates(pair.alice.localDescription!.sdp).length > 0, true);
  assertStrictEquals(pair.alice.localDescription, pair.alice.localDescription);
  await pair.close();
});

Deno.test("RFC 9429 section 5.9: media that comes before the answer is taken; a rollback ends that", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  alice.addTransceiver("audio");
  await pair.negotiate();
  await pair.until(() =>
    alice.connectionState === "connected" && bob.connectionState === "connected"
  );
  alice.addTransceiver("video", { direction: "recvonly" });
  const generator = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  await alice.setLocalDescription();
  await bob.setRemoteDescription(alice.localDescription!);
  const [, transceiver] = bob.getTransceivers();
  transceiver!.direction = "sendonly";
  await transceiver!.sender.replaceTrack(generator);
  await bob.setLocalDescription();
  const writer = generator.writable.getWriter();
  const send = async () => {
    const data = new Uint8Array(500);
    data[0] = 0x10; // RFC 7741 section 4.3: a key frame
    await writer.write({ type: "key", timestamp: 0, data });
    await pair.advance(50);
  };
  const received = async () =>
    [...(await alice.getStats()).values()].filter(({ type }) => type === "inbound-rtp")
      .map(({ framesReceived }) => framesReceived);
  await send();
  assertEquals([alice.signalingState, await received()], ["have-local-offer", [1]]);
  await alice.setLocalDescription({ type: "rollback" });
  await send();
  assertEquals(await received(), []);
  generator.stop();
  await pair.close();
});

Deno.test("RFC 8841 section 5: the association goes to the port of the peer's description", async () => {
  for (const port of [5000, 6000]) {
    const pair = new Pair({ trickle: false });
    const channel = pair.alice.createDataChannel("channel");
    await pair.alice.setLocalDescription();
    await pair.gathered(pair.alice);
    await pair.bob.setRemoteDescription(pair.alice.localDescription!);
    await pair.bob.setLocalDescription();
    await pair.gathered(pair.bob);
    const { type, sdp } = pair.bob.localDescription!;
    await pair.alice.setRemoteDescription({
      type,
      sdp: sdp.replace("sctp-port:5000", `sctp-port:${port}`),
    });
    await pair.advance(2000);
    assertEquals(pair.alice.connectionState, "connected");
    assertEquals(channel.readyState, port === 5000 ? "open" : "connecting");
    await pair.close();
  }
});
