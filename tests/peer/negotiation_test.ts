import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { MediaStream, MediaStreamTrackGenerator } from "../../media/mod.ts";
import { RTCRtpReceiver, type RTCSessionDescriptionInit } from "../../mod.ts";
import { queueTask } from "../../webidl/task.ts";
import { Pair, record, without } from "./pair.ts";

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

Deno.test("a transceiver that is stopped before it has a section is gone with the next negotiation, and needs no other", async () => {
  const pair = new Pair();
  const { alice } = pair;
  alice.createDataChannel("channel");
  const transceiver = alice.addTransceiver("audio");
  transceiver.stop();
  await pair.negotiate();
  const needed = record(alice, "negotiationneeded");
  await pair.advance(100);
  assertEquals([alice.getTransceivers(), transceiver.currentDirection], [[], "stopped"]);
  assertEquals(needed, []);
  await pair.close();
});

Deno.test("RFC 9429 section 5.3.1: an answer tells the streams of a track that it can't send, so that nobody asks for more", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  alice.addTransceiver("audio", { direction: "sendonly" });
  await alice.setLocalDescription();
  await bob.setRemoteDescription(alice.localDescription!);
  bob.addTrack(new MediaStreamTrackGenerator({ kind: "audio" }), new MediaStream());
  await bob.setLocalDescription();
  await alice.setRemoteDescription(bob.localDescription!);
  assertEquals(bob.getTransceivers()[0]!.currentDirection, "recvonly");
  assertEquals(bob.localDescription!.sdp.match(/a=msid:\S+/g)?.length, 1);
  const needed = record(bob, "negotiationneeded");
  await pair.advance(100);
  assertEquals(needed, []);
  await pair.close();
});

Deno.test("RFC 9143 section 9.1.1: numbers of an offer that was rolled back give way to those of the other side", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  const transceiver = alice.addTransceiver("audio");
  const wanted = transceiver.getHeaderExtensionsToNegotiate();
  wanted[0]!.direction = "stopped"; // so that others get its id
  transceiver.setHeaderExtensionsToNegotiate(wanted);
  for (const kind of ["video", "audio"] as const) bob.addTransceiver(kind);
  await Promise.all([alice.setLocalDescription(), bob.setLocalDescription()]);
  await bob.setRemoteDescription(alice.localDescription!);
  await bob.setLocalDescription();
  await alice.setRemoteDescription(bob.localDescription!);
  await pair.negotiate("bob");
  assertEquals(alice.getTransceivers().map(({ mid }) => mid), ["0", "1", "2"]);
  await pair.close();
});

Deno.test("RFC 9429 section 5.2.1: an offer that was created only gives no transceiver its mid", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  const [first, second] = ["audio", "video"].map((kind) => alice.addTransceiver(kind as "audio"));
  const created = await alice.createOffer();
  bob.addTransceiver("audio");
  bob.addTransceiver("video");
  await bob.setLocalDescription();
  await alice.setRemoteDescription(bob.localDescription!);
  const mids = () => alice.getTransceivers().map(({ mid }) => mid);
  assertEquals(mids(), [null, null, "0", "1"]);

  // Once theirs is rolled back, ours can be set as if it had never been.
  await alice.setRemoteDescription({ type: "rollback" });
  await alice.setLocalDescription(created);
  assertEquals(mids(), ["0", "1"]);
  await alice.setLocalDescription({ type: "rollback" });

  await alice.createOffer();
  await alice.setRemoteDescription(bob.localDescription!);
  await alice.setLocalDescription();
  assertEquals(mids(), [null, null, "0", "1"]);
  await bob.setRemoteDescription(alice.localDescription!);
  await pair.negotiate();
  assertEquals(mids(), ["2", "3", "0", "1"]);
  assertEquals([first, second].map((each) => each!.currentDirection), ["sendonly", "sendonly"]);
  await pair.close();
});

Deno.test("RFC 9429 section 5.2.1: an offer made anew that reads as before is for the transceivers of now", async () => {
  const pair = new Pair();
  const before = pair.alice.addTransceiver("audio", { direction: "recvonly" });
  await pair.alice.createOffer();
  before.stop();
  const after = pair.alice.addTransceiver("audio", { direction: "recvonly" });
  await pair.alice.setLocalDescription();
  assertEquals([before.mid, after.mid], [null, "0"]);
  await pair.close();
});

/** A description in which the sections from `first` on are rejected. */
function rejecting({ sdp }: RTCSessionDescriptionInit, first: number): string {
  const [session, ...sections] = sdp!.split(/(?=^m=)/m);
  const mids = sections.slice(0, first).map((_, index) => index).join(" ");
  return [
    session!.replace(/^a=group:BUNDLE.*/m, `a=group:BUNDLE ${mids}`),
    ...sections.map((section, index) =>
      index < first ? section : section.replace(/^m=(\w+) \d+/, "m=$1 0")
    ),
  ].join("");
}

Deno.test("RFC 9429 section 3.2: a provisional answer without data is not the last word", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  alice.addTransceiver("audio");
  const channel = alice.createDataChannel("channel");
  await alice.setLocalDescription();
  const { sctp } = alice;
  await bob.setRemoteDescription(alice.localDescription!);
  await bob.setLocalDescription();
  const sdp = rejecting(bob.localDescription!, 1);
  await alice.setRemoteDescription({ type: "pranswer", sdp });
  assertStrictEquals(alice.sctp, sctp);
  await alice.setRemoteDescription(bob.localDescription!);
  await pair.until(() => channel.readyState === "open");
  await pair.close();
});

Deno.test("RFC 9143 section 7.3.1: a final answer without the bundle of the provisional one leaves each section its transport", async () => {
  const pair = new Pair({ configuration: { bundlePolicy: "max-compat" } });
  const { alice, bob } = pair;
  alice.addTransceiver("audio");
  const channel = alice.createDataChannel("channel");
  await alice.setLocalDescription();
  const [audio] = alice.getTransceivers();
  const own = alice.sctp!.transport;
  await bob.setRemoteDescription(without(alice.localDescription!, /^a=group:BUNDLE/));
  await bob.setLocalDescription();
  const { sdp } = bob.localDescription!;
  const bundled = sdp.replace(/^a=msid-semantic/m, "a=group:BUNDLE 0 1\r\na=msid-semantic");
  await alice.setRemoteDescription({ type: "pranswer", sdp: bundled });
  assertStrictEquals(alice.sctp!.transport, audio!.sender.transport);
  await alice.setRemoteDescription(bob.localDescription!);
  assertStrictEquals(alice.sctp!.transport, own);
  await pair.until(() => channel.readyState === "open");
  await pair.close();
});

Deno.test("RFC 8841 section 10.4: an answer without data closes a channel that has no id yet", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  alice.addTransceiver("audio");
  const channel = alice.createDataChannel("channel");
  const fired = record(channel, "open", "close");
  await alice.setLocalDescription();
  await bob.setRemoteDescription(alice.localDescription!);
  const sdp = rejecting(await bob.createAnswer(), 1);
  await alice.setRemoteDescription({ type: "answer", sdp });
  await pair.advance(0);
  assertEquals([alice.sctp, channel.readyState, fired], [null, "closed", ["close"]]);
  await pair.close();
});

Deno.test("RFC 3264 section 8.3.2: a number that an answer has given to a codec is given to no other", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  const transceiver = alice.addTransceiver("video");
  const codecs = RTCRtpReceiver.getCapabilities("video")!.codecs;
  const named = (name: string) => codecs.filter(({ mimeType }) => mimeType === `video/${name}`);
  const numberOf = (sdp: string, codec: string) =>
    new RegExp(`a=rtpmap:(\\d+) ${codec}/`).exec(sdp)![1]!;
  const other = new Pair();
  other.alice.addTransceiver("video");
  const number = numberOf((await other.alice.createOffer()).sdp!, "VP9"); // what VP9 would have
  await other.close();
  transceiver.setCodecPreferences(named("VP8"));
  await alice.setLocalDescription();
  const own = numberOf(alice.localDescription!.sdp, "VP8");
  await bob.setRemoteDescription(alice.localDescription!);
  await bob.setLocalDescription();
  const { type, sdp } = bob.localDescription!;
  await alice.setRemoteDescription({
    type,
    sdp: sdp.replace(/^(m=video.*) \d+\r$/m, `$1 ${number}\r`)
      .replaceAll(new RegExp(`^a=(rtpmap|rtcp-fb|fmtp):${own} `, "gm"), `a=$1:${number} `),
  });
  transceiver.setCodecPreferences([...named("VP8"), ...named("VP9")]);
  const offer = (await alice.createOffer()).sdp!;
  assertEquals(numberOf(offer, "VP8"), own);
  assert(numberOf(offer, "VP9") !== number);
  assertEquals(offer.includes(`a=rtpmap:${number} `), false);
  await pair.close();
});

Deno.test("a section that an answer of ours rejects is offered later on with all that it would have had", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  alice.addTransceiver("audio");
  alice.addTransceiver("audio");
  await alice.setLocalDescription();
  // RFC 9429 section 5.3.1: "balanced" has no transport for a second one that is not bundled.
  const { type, sdp } = without(alice.localDescription!, /^a=(group:BUNDLE|bundle-only)/);
  await bob.setRemoteDescription({ type, sdp: sdp!.replace("m=audio 0", "m=audio 9") });
  await bob.setLocalDescription();
  await alice.setRemoteDescription(bob.localDescription!);
  const [accepted, rejected] = bob.getTransceivers();
  assertEquals([rejected!.mid, rejected!.currentDirection], [
    "1",
    "inactive",
  ]);
  assertEquals(rejected!.sender.getParameters().codecs, []);
  const extensions = rejected!.getHeaderExtensionsToNegotiate();
  assertEquals(extensions, accepted!.getHeaderExtensionsToNegotiate());
  rejected!.setHeaderExtensionsToNegotiate(extensions);
  const [, first, second] = (await bob.createOffer()).sdp!.split(/^m=/m);
  const extmaps = (section?: string) => section!.match(/^a=extmap:.*/gm);
  assertEquals(extmaps(second), extmaps(first));
  await pair.close();
});

Deno.test('W3C WebRTC section 4.3.2: with its last transport a connection is back in the gathering state "new", by the end of the answer', async () => {
  const pair = new Pair({ trickle: false });
  const { alice, bob } = pair;
  alice.addTransceiver("audio", { direction: "recvonly" });
  await pair.negotiate();
  const fired = record(bob, "signalingstatechange", "icegatheringstatechange");
  alice.getTransceivers()[0]!.stop();
  await alice.setLocalDescription();
  await bob.setRemoteDescription(alice.localDescription!);
  fired.length = 0;
  await bob.setLocalDescription();
  assertEquals(bob.iceGatheringState, "new");
  assertEquals(fired, ["signalingstatechange", "icegatheringstatechange"]);
  await alice.setRemoteDescription(bob.localDescription!);
  assertEquals(alice.iceGatheringState, "new");
  await pair.close();
});

Deno.test("W3C WebRTC section 4.4.1.5: a remote description is looked at in parallel: what was queued meanwhile comes before it", async () => {
  const pair = new Pair();
  pair.alice.addTransceiver("audio");
  const offer = await pair.alice.createOffer();
  const order: string[] = [];
  const task = new Promise<void>((resolve) => queueTask(resolve));
  const set = pair.bob.setRemoteDescription(offer).then(() => order.push("description"));
  await task;
  queueTask(() => order.push("task"));
  await set;
  assertEquals(order, ["task", "description"]);
  await pair.close();
});
