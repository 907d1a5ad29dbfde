import type { Attribute, MediaDescription, SessionDescription } from "../model.ts";

/** Who sends media (RFC 8866 section 6.7), seen from the side that wrote the description. */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** The direction that these attributes tell; undefined if they tell none. */
export function findDirection(attributes: readonly Attribute[]): Direction | undefined {
  for (const { name } of attributes) {
    switch (name) {
      case "sendrecv":
      case "sendonly":
      case "recvonly":
      case "inactive":
        return name;
    }
  }
  return undefined;
}

/** The direction of a section: its own, else the session's, else "sendrecv" (RFC 8866 section 6.7). */
export function directionOf(session: SessionDescription, media: MediaDescription): Direction {
  return findDirection(media.attributes) ?? findDirection(session.attributes) ?? "sendrecv";
}

/** The direction as the other side sees it (RFC 3264 section 6.1). */
export function reverseDirection(direction: Direction): Direction {
  switch (direction) {
    case "sendonly":
      return "recvonly";
    case "recvonly":
      return "sendonly";
    default:
      return direction;
  }
}
