import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { MediaStream } from "../../../media/media_stream.ts";
import { Host, tasks, trackOf } from "./host.ts";

const OPTIONS = { direction: "sendrecv", streams: [], sendEncodings: [] } as const;

Deno.test("W3C WebRTC section 5.1: addTrack makes a transceiver, and takes one that has never sent", () => {
  const { table } = new Host();
  const stream = new MediaStream();
  const first = table.addTrack(trackOf("audio"), [stream, stream], "test");
  assertEquals(table.all[0]!.sender.associatedMediaStreamIds, [stream.id]);
  table.removeTrack(first, "test");
  assertEquals([table.all[0]!.direction, first.track], ["recvonly", null]);
  assert(table.addTrack(trackOf("video"), [], "test") !== first);
  assertStrictEquals(table.addTrack(trackOf("audio"), [], "test"), first);
  assertEquals(table.all.map(({ direction }) => direction), ["sendrecv", "sendrecv"]);
  assertEquals(table.all[0]!.sender.associatedMediaStreamIds, []);

  table.all[0]!.sender.hasSent = true;
  table.removeTrack(first, "test");
  assert(table.addTrack(trackOf("audio"), [], "test") !== first);
});

Deno.test("W3C WebRTC section 5.1: a track is sent once by addTrack, and as often as one likes by addTransceiver", () => {
  const { table } = new Host();
  const track = trackOf("audio");
  table.addTransceiver(track, { ...OPTIONS, streams: [], sendEncodings: [] }, "test");
  table.addTransceiver(track, { ...OPTIONS, streams: [], sendEncodings: [] }, "test");
  const error = assertThrows(() => table.addTrack(track, [], "test"), DOMException);
  assertEquals(error.name, "InvalidAccessError");
  table.all[0]!.stopped = table.all[1]!.stopped = true;
  table.addTrack(track, [], "test");
});

Deno.test("W3C WebRTC section 5.1: removeTrack takes this connection's senders only, and does nothing for one that has no track", () => {
  const [one, other] = [new Host(), new Host()];
  const foreign = other.table.addTrack(trackOf("audio"), [], "test");
  const error = assertThrows(() => one.table.removeTrack(foreign, "test"), DOMException);
  assertEquals(error.name, "InvalidAccessError");
  const sender = one.table.addTrack(trackOf("audio"), [], "test");
  one.table.all[0]!.object.direction = "sendonly";
  one.table.removeTrack(sender, "test");
  const { needed } = one;
  one.table.removeTrack(sender, "test");
  assertEquals([one.needed, one.table.all[0]!.direction], [needed, "inactive"]);
});

Deno.test("a closed connection adds and removes nothing", () => {
  const host = new Host();
  const sender = host.table.addTrack(trackOf("audio"), [], "test");
  host.isClosed = true;
  const calls = [
    () => host.table.addTrack(trackOf("audio"), [], "test"),
    () => host.table.removeTrack(sender, "test"),
    () =>
      host.table.addTransceiver("audio", { ...OPTIONS, streams: [], sendEncodings: [] }, "test"),
    () => host.table.all[0]!.object.stop(),
    () => sender.setStreams(),
  ];
  for (const call of calls) {
    assertEquals(assertThrows(call, DOMException).name, "InvalidStateError", `${call}`);
  }
});

Deno.test("W3C WebRTC section 5.4: a transceiver that is stopped says so, and its track ends in a task", async () => {
  const host = new Host();
  const { object, receiver } = host.table.create({ kind: "audio", direction: "sendrecv" });
  let ended = 0;
  receiver.track.onended = () => ended++;
  object.stop();
  object.stop();
  assertEquals([object.direction, object.currentDirection], ["stopped", null]);
  assertEquals([host.needed, receiver.track.readyState], [1, "live"]);
  await tasks();
  assertEquals([ended, receiver.track.readyState], [1, "ended"]);
  assertThrows(() => object.direction = "inactive", DOMException);
});

Deno.test("W3C WebRTC section 5.4: a direction is set to another, but not to stopped, and anything else is ignored", () => {
  const host = new Host();
  const { object } = host.table.create({ kind: "audio", direction: "sendrecv" });
  object.direction = "sendrecv";
  assertEquals(host.needed, 0);
  object.direction = "recvonly";
  object.direction = "upwards" as never;
  assertEquals([host.needed, object.direction], [1, "recvonly"]);
  assertThrows(() => object.direction = "stopped", TypeError);
});

Deno.test("WebRTC Extensions section 4: header extensions are those of the first transceiver of the kind, and mid is needed", () => {
  const { table } = new Host();
  const first = table.create({ kind: "audio", direction: "sendrecv" }).object;
  const wanted = first.getHeaderExtensionsToNegotiate();
  const at = wanted.findIndex(({ direction, uri }) =>
    direction === "sendrecv" && !uri.includes("mid")
  );
  wanted[at]!.direction = "stopped";
  first.setHeaderExtensionsToNegotiate(wanted);
  const second = table.create({ kind: "audio", direction: "sendrecv" }).object;
  assertEquals(second.getHeaderExtensionsToNegotiate(), wanted);

  const refused = [
    wanted.slice(1),
    [...wanted].reverse(),
    wanted.map((each) => ({ ...each, direction: "stopped" as const })),
    wanted.map((each) => ({ ...each, direction: "recvonly" as const })),
  ];
  for (const extensions of refused) {
    const error = assertThrows(
      () => first.setHeaderExtensionsToNegotiate(extensions),
      DOMException,
    );
    assertEquals(error.name, "InvalidModificationError");
  }
  assertEquals(first.getHeaderExtensionsToNegotiate(), wanted);
});

Deno.test("each encoding has an RTP source of its own, and none is given twice", () => {
  const { table } = new Host();
  for (let count = 0; count < 20; count++) table.create({ kind: "video", direction: "sendrecv" });
  const ssrcs = table.all.flatMap(({ sender }) =>
    sender.sources.flatMap((each) => [each.ssrc, each.rtx])
  );
  assertEquals(new Set(ssrcs).size, 40);
  const { sender } = table.all[0]!;
  const before = sender.sources;
  sender.sendEncodings = [...sender.sendEncodings, ...sender.sendEncodings];
  table.provideSources(table.all[0]!);
  assertEquals([sender.sources[0], sender.sources.length], [before[0], 2]);
});
