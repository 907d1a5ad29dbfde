import { type Converter, enumeration } from "../webidl/convert.ts";

/** How important an encoding or a data channel is among others (WebRTC Priority Control section 3). */
export type RTCPriorityType = "very-low" | "low" | "medium" | "high";

/** `RTCPriorityType`. */
export const priorityType: Converter<RTCPriorityType> = enumeration("RTCPriorityType", [
  "very-low",
  "low",
  "medium",
  "high",
]);

/** The priorities of RFC 8831 section 6.4, from below normal to extra high, in the words of WebRTC Priority Control section 4. */
const CHANNEL_PRIORITIES: ReadonlyMap<RTCPriorityType, number> = new Map([
  ["very-low", 128],
  ["low", 256],
  ["medium", 512],
  ["high", 1024],
]);

/** The priority that a DATA_CHANNEL_OPEN tells the peer. */
export function channelPriorityOf(type: RTCPriorityType): number {
  return CHANNEL_PRIORITIES.get(type)!;
}

/** A peer's priority of any 16 bits: the lowest step that reaches it, and at most "high". */
export function priorityTypeOf(channelPriority: number): RTCPriorityType {
  for (const [type, priority] of CHANNEL_PRIORITIES) if (channelPriority <= priority) return type;
  return "high";
}
