import { assertEquals, assertStrictEquals } from "@std/assert";
import type { MediaStreamEvent, RTCTrackEvent } from "../../../peer/mod.ts";
import { RemoteTracks } from "../../../peer/transceivers/mod.ts";
import { Host } from "./host.ts";

/** A connection's events as they fire, in words. */
function observed() {
  const { table } = new Host();
  const target = new EventTarget();
  const log: string[] = [];
  target.addEventListener("track", (event) => {
    const { streams, track, transceiver } = event as RTCTrackEvent;
    log.push(`track ${track.kind} ${streams.map(({ id }) => id)} ${transceiver.direction}`);
    for (const stream of streams) assertEquals(stream.getTracks().includes(track), true);
  });
  for (const type of ["addstream", "removestream"]) {
    target.addEventListener(type, (event) => {
      log.push(`${type} ${(event as MediaStreamEvent).stream!.id}`);
    });
  }
  const apply = (steps: (tracks: RemoteTracks) => void) => {
    const tracks = new RemoteTracks(table);
    steps(tracks);
    tracks.fire(target);
    return log.splice(0);
  };
  const create = (kind: "audio" | "video") => {
    const transceiver = table.create({ kind, direction: "recvonly" });
    const { track, source } = transceiver.receiver;
    track.onmute = () => void log.push(`mute ${kind}`);
    source.setMutedNow(false);
    return transceiver;
  };
  const watch = (id: string) => {
    const stream = table.streams.get(id);
    stream.onaddtrack = ({ track }) => void log.push(`addtrack ${id} ${track.kind}`);
    stream.onremovetrack = ({ track }) => void log.push(`removetrack ${id} ${track.kind}`);
    return stream;
  };
  return { table, apply, create, watch };
}

Deno.test("W3C WebRTC section 5.1.1: streams are complete before track fires, and tracks come in order", () => {
  const { apply, create, watch } = observed();
  const [audio, video] = [create("audio"), create("video")];
  const stream = watch("s");
  assertEquals(
    apply((tracks) => {
      tracks.process(audio, "sendrecv", ["s"]);
      tracks.process(video, "recvonly", ["s", "s"]);
    }),
    [
      "addtrack s audio",
      "addtrack s video",
      "addstream s",
      "track audio s recvonly",
      "track video s recvonly",
    ],
  );
  assertStrictEquals(audio.receiver.associatedRemoteMediaStreams[0], stream);
  assertEquals(apply((tracks) => tracks.process(audio, "sendrecv", ["s"])), []);
});

Deno.test("W3C WebRTC section 5.1.1: a track that is no longer sent is muted, then leaves its streams", () => {
  const { apply, create, watch } = observed();
  const audio = create("audio");
  watch("s");
  apply((tracks) => tracks.process(audio, "recvonly", ["s"]));
  audio.receptive = true;
  assertEquals(apply((tracks) => tracks.process(audio, "inactive", [])), [
    "mute audio",
    "removetrack s audio",
    "removestream s",
  ]);
  assertEquals([audio.receptive, audio.firedDirection], [false, "inactive"]);
  assertEquals(apply((tracks) => tracks.process(audio, "inactive", [])), []);
  // The stream of the same name is the same stream.
  assertEquals(apply((tracks) => tracks.process(audio, "recvonly", ["s"])), [
    "addtrack s audio",
    "addstream s",
    "track audio s recvonly",
  ]);
});

Deno.test("W3C WebRTC section 5.1.1: track fires for a new stream, and without any stream, but not for a stream that goes", () => {
  const { apply, create, watch } = observed();
  const audio = create("audio");
  for (const id of ["s", "t"]) watch(id);
  assertEquals(apply((tracks) => tracks.process(audio, "recvonly", [])), ["track audio  recvonly"]);
  apply((tracks) => tracks.process(audio, "recvonly", ["s"]));
  assertEquals(apply((tracks) => tracks.process(audio, "recvonly", ["s", "t"])), [
    "addtrack t audio",
    "addstream t",
    "track audio s,t recvonly",
  ]);
  assertEquals(apply((tracks) => tracks.process(audio, "recvonly", ["t"])), [
    "removetrack s audio",
    "removestream s",
  ]);
});

Deno.test("W3C WebRTC section 4.4.1.5: a local answer that doesn't receive takes the track from its streams", () => {
  const { apply, create, watch } = observed();
  const audio = create("audio");
  watch("s");
  assertEquals(apply((tracks) => tracks.stopReceiving(audio)), []);
  apply((tracks) => tracks.process(audio, "recvonly", ["s"]));
  assertEquals(apply((tracks) => tracks.stopReceiving(audio)), [
    "mute audio",
    "removetrack s audio",
    "removestream s",
  ]);
});
