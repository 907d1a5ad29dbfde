import { assert, assertEquals } from "@std/assert";
import { type EncodedChunk, MediaStreamTrackProcessor } from "../../../media/mod.ts";
import { Call, Source, type Stats, vp8 } from "../call.ts";

const RIDS = ["q", "h", "f"];

/** A call in which Alice sends three layers, each a size of its own, and what comes out of Bob's track. */
async function simulcast() {
  const call = new Call();
  const video = new Source("video");
  const { sender } = call.alice.addTransceiver(video.track, {
    direction: "sendonly",
    sendEncodings: RIDS.map((rid) => ({ rid })),
  });
  await call.negotiate();
  await call.connected();
  const chunks: EncodedChunk[] = [];
  const [{ track }] = call.tracks as [typeof call.tracks[0]];
  void new MediaStreamTrackProcessor({ track }).readable.pipeTo(
    new WritableStream({ write: (chunk) => void chunks.push(chunk) }),
  );
  /** Sends so many pictures in all layers. */
  const play = async (pictures: number, keyFrame = false) => {
    for (let i = 0; i < pictures; i++) {
      for (const [layer, rid] of RIDS.entries()) {
        const chunk = vp8(video.index, keyFrame && i === 0, 200 * (layer + 1));
        await video.write({
          ...chunk,
          timestamp: call.net.clock.now() * 1000,
          metadata: { rid },
        });
      }
      await call.advance(40);
    }
    await call.advance(100);
    return chunks.splice(0);
  };
  const stats = async (type: string): Promise<Stats[]> => {
    const report = await (type === "outbound-rtp" ? call.alice : call.bob).getStats();
    return ([...report.values()] as Stats[]).filter((each) => each.type === type);
  };
  const end = async () => {
    video.track.stop();
    await call.close();
  };
  return { call, video, sender, play, stats, end };
}

/** How many chunks there are of each layer. */
const counts = (chunks: readonly EncodedChunk[]) =>
  RIDS.map((rid) => chunks.filter(({ metadata }) => metadata?.rid === rid).length);

Deno.test("RFC 8853: three layers are sent as streams of their own, and arrive as three layers of one track", async () => {
  const { call, play, stats, end } = await simulcast();
  const chunks = await play(10, true);
  assertEquals(counts(chunks), [10, 10, 10]);
  for (const { metadata, data } of chunks) {
    assertEquals(data.length, 200 * (RIDS.indexOf(metadata!.rid!) + 1));
  }
  const outbound = await stats("outbound-rtp");
  assertEquals(
    outbound.map(({ rid, encodingIndex, active, framesSent }) => [
      rid,
      encodingIndex,
      active,
      framesSent,
    ]),
    [["q", 0, true, 10], ["h", 1, true, 10], ["f", 2, true, 10]],
  );
  const inbound = await stats("inbound-rtp");
  assertEquals(inbound.map(({ framesReceived }) => framesReceived), [10, 10, 10]);
  assertEquals(
    inbound.map(({ ssrc }) => ssrc).sort(),
    outbound.map(({ ssrc }) => ssrc).sort(),
  );
  assertEquals(call.tracks.length, 1);
  await end();
});

Deno.test("W3C WebRTC section 5.2: layers are paused one by one, and each goes on with a key frame of its own", async () => {
  const { call, video, sender, play, stats, end } = await simulcast();
  await play(5, true);
  const parameters = sender.getParameters();
  parameters.encodings[1]!.active = false;
  await sender.setParameters(parameters);
  assertEquals(counts(await play(5)), [5, 0, 5]);
  assertEquals((await stats("outbound-rtp")).map(({ active }) => active), [true, false, true]);
  video.requests.length = 0;
  const again = sender.getParameters();
  again.encodings[1]!.active = true;
  await sender.setParameters(again);
  await call.advance(10);
  assert(video.requests.length > 0 && video.requests.every((rid) => rid === "h"));
  assertEquals(counts(await play(5)), [5, 0, 5], "it waits for that");
  assertEquals(counts(await play(5, true)), [5, 5, 5]);
  await end();
});

Deno.test("RFC 4585 section 6.3.1: what is lost of one layer asks for a key frame of that layer only", async () => {
  const { call, video, play, stats, end } = await simulcast();
  await play(5, true);
  const [q] = await stats("outbound-rtp");
  video.requests.length = 0;
  // Part of it is lost, and all that is sent again.
  call.loses = ({ ssrc }) => ssrc === q!.ssrc || ssrc === q!.rtxSsrc;
  await play(5);
  call.loses = ({ ssrc }) => ssrc === q!.rtxSsrc;
  await play(30);
  assert(video.requests.length > 0);
  assertEquals(video.requests.filter((rid) => rid !== "q"), []);
  await end();
});

Deno.test("RFC 9429 section 5.10: what the other side wants at most is shared by all layers, and the largest goes first", async () => {
  const { call, play, stats, end } = await simulcast();
  await call.alice.setLocalDescription();
  await call.bob.setRemoteDescription(call.alice.localDescription!);
  await call.bob.setLocalDescription();
  const { type, sdp } = call.bob.localDescription!;
  const limited = sdp.replace(/^(c=.*)$/m, "$1\r\nb=TIAS:150000");
  await call.alice.setRemoteDescription({ type, sdp: limited });
  await play(100, true); // 40, 80 and 120 kb/s
  assertEquals(counts(await play(50, true)), [50, 50, 0]);
  const targets = (await stats("outbound-rtp")).map(({ targetBitrate }) => targetBitrate);
  assertEquals(targets, [150_000, 0, 0]);
  await end();
});
