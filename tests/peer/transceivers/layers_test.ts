import { assertEquals } from "@std/assert";
import { type EncodedChunk, MediaStreamTrackProcessor } from "../../../media/mod.ts";
import { RTCPeerConnection } from "../../../mod.ts";
import { layersOf } from "../../../peer/transceivers/scalability.ts";
import { DEPENDENCY_DESCRIPTOR_URI } from "../../../rtp/mod.ts";
import { Call, Source, vp8 } from "../call.ts";

/** Whether the offer of a connection with one sender of these encodings has dependency descriptors. */
async function asksForDescriptors(
  sendEncodings: { rid?: string; scalabilityMode?: string }[],
): Promise<boolean> {
  const pc = new RTCPeerConnection();
  pc.addTransceiver("video", { sendEncodings });
  const { sdp } = await pc.createOffer();
  pc.close();
  return sdp!.includes("#dependency-descriptor");
}

Deno.test("what has layers is offered with dependency descriptors, by which a server chooses", async () => {
  assertEquals(await asksForDescriptors([{}]), false);
  assertEquals(await asksForDescriptors([{ scalabilityMode: "L1T1" }]), false);
  assertEquals(await asksForDescriptors([{ scalabilityMode: "L1T2" }]), true);
  assertEquals(await asksForDescriptors([{ rid: "a" }, { rid: "b" }]), true);
});

Deno.test("descriptors that are offered are taken, and given up where the application wants none", async () => {
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  a.addTransceiver("video", { sendEncodings: [{ scalabilityMode: "L1T3" }] });
  const transceiver = b.addTransceiver("video");
  await b.setRemoteDescription(await a.createOffer());
  const answered = async () => (await b.createAnswer()).sdp!.includes("#dependency-descriptor");
  assertEquals(await answered(), true);
  const [own] = b.getTransceivers().filter((one) => one.mid !== null);
  own!.setHeaderExtensionsToNegotiate(own!.getHeaderExtensionsToNegotiate());
  assertEquals(await answered(), false);
  assertEquals(transceiver.mid, null);
  a.close();
  b.close();
});

Deno.test("W3C WebRTC SVC section 6: the layers of a mode", () => {
  const modes = ["L1T1", "L1T3", "L2T2h", "L3T3_KEY", "L2T3_KEY_SHIFT", "S2T1"];
  assertEquals(modes.map(layersOf), [
    { spatial: 1, temporal: 1, interLayer: "full" },
    { spatial: 1, temporal: 3, interLayer: "full" },
    { spatial: 2, temporal: 2, interLayer: "full" },
    { spatial: 3, temporal: 3, interLayer: "key" },
    { spatial: 2, temporal: 3, interLayer: "key" },
    { spatial: 2, temporal: 1, interLayer: "none" },
  ]);
});

for (const codec of ["vp8", "vp9"]) {
  Deno.test(`the temporal layers of ${codec} are told by its own packets, without any dependency descriptor`, async () => {
    const call = new Call();
    const video = new Source("video", codec);
    const { sender } = call.alice.addTransceiver(video.track, {
      sendEncodings: [{ scalabilityMode: "L1T2" }],
    });
    const wanted = call.alice.getTransceivers()[0]!.getHeaderExtensionsToNegotiate();
    call.alice.getTransceivers()[0]!.setHeaderExtensionsToNegotiate(
      wanted.map((one) =>
        one.uri === DEPENDENCY_DESCRIPTOR_URI ? { ...one, direction: "stopped" } : one
      ),
    );
    await call.negotiate();
    await call.connected();
    const chunks: EncodedChunk[] = [];
    void new MediaStreamTrackProcessor({ track: call.tracks[0]!.track }).readable.pipeTo(
      new WritableStream({ write: (chunk) => void chunks.push(chunk) }),
    );
    const layers = [0, 1, 0, 1];
    for (const [i, temporalIndex] of layers.entries()) {
      await video.write({ ...vp8(i, i === 0), metadata: { temporalIndex } });
      await call.advance(40);
    }
    await call.advance(100);
    assertEquals(chunks.map(({ metadata }) => metadata?.temporalIndex), layers);
    const sync = codec === "vp8" ? true : undefined;
    assertEquals(chunks.map(({ metadata }) => metadata?.layerSync), [
      ...[undefined, sync, undefined, sync],
    ]);
    assertEquals(chunks.map(({ metadata }) => metadata?.frameId), Array(4).fill(undefined));
    assertEquals(sender.getParameters().encodings[0]!.scalabilityMode, "L1T2");
    video.track.stop();
    await call.close();
  });
}
