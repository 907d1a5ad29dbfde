import { type Direction, reverseDirection } from "../../../sdp/mod.ts";

export type { Direction };

/** The direction of a transceiver (W3C WebRTC, `RTCRtpTransceiverDirection`). */
export type TransceiverDirection = Direction | "stopped";

/** Whether whoever says this direction sends. */
export function sends(direction: Direction): boolean {
  return direction === "sendrecv" || direction === "sendonly";
}

/** Whether whoever says this direction receives. */
export function receives(direction: Direction): boolean {
  return direction === "sendrecv" || direction === "recvonly";
}

/** The direction in which one sends, receives, does both or neither. */
export function directionFrom(sending: boolean, receiving: boolean): Direction {
  if (sending) return receiving ? "sendrecv" : "sendonly";
  return receiving ? "recvonly" : "inactive";
}

/** What two directions, both seen from the same side, have in common. */
export function intersectDirections(one: Direction, other: Direction): Direction {
  return directionFrom(sends(one) && sends(other), receives(one) && receives(other));
}

/** The direction of an answer: what was offered, seen from this side, as far as this side wants it (RFC 9429 section 5.3.1). */
export function answerDirection(offered: Direction, own: Direction): Direction {
  return intersectDirections(reverseDirection(offered), own);
}

/** Whether an answer may have this direction (RFC 3264 section 6.1). */
export function isAnswerTo(offered: Direction, answered: Direction): boolean {
  return answerDirection(offered, answered) === answered;
}

/**
 * What has been negotiated, seen from this side (W3C WebRTC, `[[CurrentDirection]]`): the answer's direction where the answer is ours,
 * its reverse where it is the other side's.
 */
export function negotiatedDirection(answered: Direction, side: "local" | "remote"): Direction {
  return side === "local" ? answered : reverseDirection(answered);
}
