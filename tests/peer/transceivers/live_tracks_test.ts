import { assert, assertEquals, assertRejects } from "@std/assert";
import { MediaStream, OverconstrainedError } from "../../../mod.ts";
import { record } from "../pair.ts";
import { Call, opus, Source, statsOf, vp8 } from "../call.ts";

/** A call in which Alice's video goes to Bob in a stream, of which nothing has been sent yet. */
async function videoCall() {
  const call = new Call();
  const video = new Source("video");
  const stream = new MediaStream();
  const sender = call.alice.addTrack(video.track, stream);
  await call.negotiate();
  await call.connected();
  const [{ track, streams, receiver, transceiver }] = call.tracks as [typeof call.tracks[0]];
  const events = record(track, "mute", "unmute", "ended");
  /** Sends so many frames, the first of them a key frame. */
  const play = async (frames: number) => {
    for (let i = 0; i < frames; i++) {
      await video.write(vp8(video.index, i === 0));
      await call.advance(40);
    }
    await call.advance(100);
  };
  const [sending] = call.alice.getTransceivers();
  const end = async () => {
    video.track.stop();
    await call.close();
  };
  const far = { track, stream: streams[0]!, receiver, transceiver };
  return { call, video, stream, sender, sending: sending!, far, events, play, end };
}

Deno.test("W3C WebRTC section 9.3: a remote track is muted until something arrives, and live", async () => {
  const { far: { track }, events, play, end } = await videoCall();
  assertEquals([track.muted, track.readyState], [true, "live"]);
  await play(3);
  assertEquals([track.muted, events], [false, ["unmute"]]);
  await end();
});

Deno.test("W3C WebRTC section 9.3.3: what another peer films can't be constrained from here", async () => {
  const { far: { track }, end } = await videoCall();
  for (const name of ["width", "height", "frameRate", "aspectRatio"]) {
    const { constraint } = await assertRejects(
      () => track.applyConstraints({ [name]: 1 }),
      OverconstrainedError,
    );
    assertEquals(constraint, name);
  }
  await track.applyConstraints({});
  assertEquals(track.getCapabilities(), {});
  await end();
});

Deno.test("W3C WebRTC section 5.1.1: a direction that no longer sends mutes the far track and takes it from its stream; another brings it back", async () => {
  const { call, sending, far, events, play, end } = await videoCall();
  const { track, stream, transceiver } = far;
  const ofStream = record(stream, "addtrack", "removetrack");
  await play(3);
  sending.direction = "recvonly";
  await call.negotiate();
  await call.advance(100);
  assertEquals([events, ofStream], [["unmute", "mute"], ["removetrack"]]);
  assertEquals([track.muted, track.readyState, stream.getTracks()], [true, "live", []]);
  assertEquals([transceiver.currentDirection, sending.currentDirection], ["inactive", "inactive"]);
  const before = call.seen.length;
  await play(3);
  assertEquals(call.seen.length, before, "nothing is sent");

  sending.direction = "sendrecv";
  await call.negotiate();
  assertEquals(call.tracks.map((event) => event.track), [track, track]);
  assertEquals([ofStream, stream.getTracks()], [["removetrack", "addtrack"], [track]]);
  assertEquals(track.muted, true);
  await play(3);
  assertEquals([track.muted, events], [false, ["unmute", "mute", "unmute"]]);
  await call.advance(3000);
  const sent = await statsOf(call.alice, "outbound-rtp");
  const remote = await statsOf(call.alice, "remote-inbound-rtp");
  assertEquals([sent.packetsSent > 0, remote.packetsLost], [true, 0]);
  const media = call.sentBy(sent.ssrc).slice(-remote.packetsReceived);
  assertEquals(media.length, 3, "what was sent before is not counted");
  await end();
});

Deno.test("W3C WebRTC section 4.4.1.5: who no longer wants to receive has a muted track in no stream, by an offer or an answer of theirs", async () => {
  for (const offerer of ["bob", "alice"] as const) {
    const { call, far: { track, stream, transceiver }, sending, events, play, end } =
      await videoCall();
    const ofStream = record(stream, "addtrack", "removetrack");
    await play(3);
    transceiver.direction = "inactive";
    await call.negotiate(offerer);
    await call.advance(100);
    assertEquals([events, ofStream], [["unmute", "mute"], ["removetrack"]], offerer);
    assertEquals([track.readyState, track.muted, stream.getTracks()], ["live", true, []]);
    assertEquals([transceiver.currentDirection, sending.currentDirection], [
      "inactive",
      "inactive",
    ]);
    const before = call.seen.length;
    await play(3);
    assertEquals(call.seen.length, before);
    transceiver.direction = "recvonly";
    await call.negotiate(offerer);
    await play(3);
    assertEquals([track.muted, call.tracks.length], [false, 2]);
    await end();
  }
});

Deno.test("W3C WebRTC section 5.2: setStreams moves the far track to other streams in a live call, and it goes on", async () => {
  const { call, sender, far: { track, stream }, events, play, end } = await videoCall();
  const ofStream = record(stream, "addtrack", "removetrack");
  await play(3);
  const needed = record(call.alice, "negotiationneeded");
  const [one, two] = [new MediaStream(), new MediaStream()];
  sender.setStreams(one, two);
  await call.advance(10);
  assertEquals(needed, ["negotiationneeded"]);
  await call.negotiate();
  const msids = [...call.bob.remoteDescription!.sdp.matchAll(/^a=msid:(\S+)/gm)].map(([, id]) =>
    id
  );
  assertEquals(msids, [one.id, two.id]);
  assertEquals(call.tracks.length, 2);
  assertEquals(call.tracks[1]!.streams.map(({ id }) => id), [one.id, two.id]);
  for (const moved of call.tracks[1]!.streams) assertEquals(moved.getTracks(), [track]);
  assertEquals([ofStream, stream.getTracks()], [["removetrack"], []]);
  assertEquals([track.muted, events], [false, ["unmute"]], "it is the same track, and goes on");

  // Without any stream, it fires no event, and is in none.
  sender.setStreams();
  await call.negotiate();
  assertEquals(call.tracks.length, 2);
  assertEquals(call.tracks[1]!.streams.flatMap((each) => each.getTracks()), []);
  const before = (await framesOf(call)) as number;
  await play(3);
  assertEquals(await framesOf(call), before + 3);
  await end();
});

async function framesOf({ bob }: Call): Promise<number> {
  const all = [...(await bob.getStats()).values()];
  return all.find(({ type }) => type === "inbound-rtp").framesReceived;
}

Deno.test("W3C WebRTC section 5.4: a transceiver that is stopped ends its own track, and the far one once that is negotiated", async () => {
  const { call, sending, far, events, play, end } = await videoCall();
  await play(3);
  const own = record(sending.receiver.track, "ended");
  sending.stop();
  assertEquals([sending.direction, sending.currentDirection], ["stopped", "sendonly"]);
  assertEquals(sending.stopped, false, "until that is negotiated");
  await call.advance(100);
  assertEquals([own, far.track.readyState], [["ended"], "live"]);
  assertEquals([far.track.muted, events], [true, ["unmute", "mute"]], "it has said goodbye");
  await call.negotiate();
  await call.advance(100);
  assertEquals([far.track.readyState, events.at(-1)], ["ended", "ended"]);
  assertEquals([far.stream.getTracks(), far.transceiver.currentDirection], [[], "stopped"]);
  assertEquals([sending.stopped, far.transceiver.stopped], [true, true]);
  await end();
});

Deno.test("W3C WebRTC section 9.3: a goodbye mutes the far track, and what arrives after it unmutes it", async () => {
  const { call, sending, far: { track }, events, play, end } = await videoCall();
  await play(3);
  // Her side ends without that Bob hears of it but by the goodbye (RFC 3550 section 6.6).
  sending.direction = "recvonly";
  await call.alice.setLocalDescription();
  await call.alice.setRemoteDescription(answerThat("inactive", call.bob.localDescription!.sdp));
  await call.advance(100);
  assertEquals([track.muted, track.readyState, events], [true, "live", ["unmute", "mute"]]);
  sending.direction = "sendonly";
  await call.alice.setLocalDescription();
  await call.alice.setRemoteDescription(answerThat("recvonly", call.bob.localDescription!.sdp));
  await play(3);
  assertEquals([track.muted, events], [false, ["unmute", "mute", "unmute"]]);
  await end();
});

function answerThat(direction: string, sdp: string): { type: "answer"; sdp: string } {
  return {
    type: "answer",
    sdp: sdp.replace(/^a=(sendrecv|recvonly|inactive)$/m, `a=${direction}`),
  };
}

Deno.test("W3C WebRTC section 4.4.2: a connection that closes ends its tracks; the far ones are muted by its goodbye", async () => {
  const { call, far: { track, receiver }, events, play, sending, end } = await videoCall();
  await play(3);
  const own = record(sending.receiver.track, "ended");
  call.alice.close();
  assertEquals(sending.receiver.track.readyState, "live", "it ends in a task");
  await call.advance(100);
  assertEquals([sending.receiver.track.readyState, own], ["ended", ["ended"]]);
  assertEquals([track.readyState, track.muted, events], ["live", true, ["unmute", "mute"]]);
  call.bob.close();
  await call.advance(100);
  assertEquals([track.readyState, events], ["ended", ["unmute", "mute", "ended"]]);
  assertEquals(receiver.track, track);
  await end();
});

Deno.test("a track that takes the place of another is asked for a key frame once, and not sent before it", async () => {
  const { call, sender, play, end } = await videoCall();
  await play(3);
  const other = new Source("video");
  await sender.replaceTrack(other.track);
  await call.advance(10);
  assertEquals(other.requests, [null]);
  const before = await framesOf(call);
  for (const keyFrame of [false, true, false]) {
    await other.write(vp8(other.index, keyFrame));
    await call.advance(40);
  }
  assertEquals(await framesOf(call), before + 2);
  other.track.stop();
  await end();
});

Deno.test("W3C WebRTC section 5.2: a replaced track goes on in the same stream of packets, and none is silence", async () => {
  const call = new Call();
  const [first, second] = [new Source("audio"), new Source("audio")];
  const sender = call.alice.addTrack(first.track);
  await call.negotiate();
  await call.connected();
  const play = async (source: Source) => {
    for (let i = 0; i < 5; i++) {
      await source.write(opus(i));
      await call.advance(20);
    }
  };
  await play(first);
  await sender.replaceTrack(second.track);
  await play(first);
  assertEquals(call.seen.length, 5, "the first is not sent any more");
  await play(second);
  await sender.replaceTrack(null);
  await play(second);
  assertEquals(call.seen.length, 10);
  assertEquals(new Set(call.seen.map(({ ssrc }) => ssrc)).size, 1);
  const numbers = call.seen.map(({ sequenceNumber }) => sequenceNumber);
  assertEquals(numbers.map((number) => number - numbers[0]!), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert(call.tracks[0]!.track.muted === false, "silence is no mute");
  for (const { track } of [first, second]) track.stop();
  await call.close();
});
