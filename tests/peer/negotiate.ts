import type { RTCIceCandidate, RTCPeerConnection } from "../../mod.ts";

/** One offer and its answer, with candidates that trickle both ways. */
export async function negotiate(
  offerer: RTCPeerConnection,
  answerer: RTCPeerConnection,
): Promise<void> {
  trickle(offerer, answerer);
  trickle(answerer, offerer);
  await offerer.setLocalDescription();
  await answerer.setRemoteDescription(offerer.localDescription!);
  await answerer.setLocalDescription();
  await offerer.setRemoteDescription(answerer.localDescription!);
}

/** What is found before the other side has a description waits for it. */
function trickle(from: RTCPeerConnection, to: RTCPeerConnection): void {
  const held: RTCIceCandidate[] = [];
  const release = () => {
    if (to.remoteDescription === null) return;
    for (const candidate of held.splice(0)) void to.addIceCandidate(candidate).catch(() => {});
  };
  from.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate !== null) held.push(candidate);
    release();
  });
  to.addEventListener("signalingstatechange", release);
}
