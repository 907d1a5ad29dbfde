import { MANDATORY_EXTENSIONS } from "../jsep/media/mod.ts";
import type { RTCRtpHeaderExtensionCapability } from "../rtc_rtp_parameters.ts";

/** Throws the InvalidModificationError of `setHeaderExtensionsToNegotiate` (WebRTC Extensions section 4.3). */
export function checkHeaderExtensions(
  wanted: readonly RTCRtpHeaderExtensionCapability[],
  known: readonly RTCRtpHeaderExtensionCapability[],
  context: string,
): void {
  const isSame = wanted.length === known.length &&
    wanted.every(({ uri }, index) => uri === known[index]!.uri);
  if (!isSame) {
    throw invalidModification(`${context}: extensions can't be added, left out or moved`);
  }
  const given = wanted.find(({ uri, direction }) =>
    MANDATORY_EXTENSIONS.has(uri) && direction !== "sendrecv"
  );
  if (given !== undefined) {
    throw invalidModification(`${context}: ${given.uri} is needed in both directions`);
  }
}

function invalidModification(message: string): DOMException {
  return new DOMException(message, "InvalidModificationError");
}
