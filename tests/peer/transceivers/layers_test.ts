import { assertEquals } from "@std/assert";
import { RTCPeerConnection } from "../../../mod.ts";
import { layersOf } from "../../../peer/transceivers/scalability.ts";

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
  assertEquals(modes.map(layersOf).map(({ spatial, temporal }) => [spatial, temporal]), [
    ...[[1, 1], [1, 3], [2, 2], [3, 3], [2, 3], [2, 1]],
  ]);
});
