import type { RTCStats } from "./stats.ts";

/** The stats selection algorithm (W3C WebRTC section 8.5): some objects, and all that they refer to, directly or not. */
export function select(
  entries: ReadonlyMap<string, RTCStats>,
  ids: readonly string[],
): ReadonlyMap<string, RTCStats> {
  const selected = new Map<string, RTCStats>();
  const pending = [...ids];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const stats = entries.get(id);
    if (stats === undefined || selected.has(id)) continue;
    selected.set(id, stats);
    for (const [member, value] of Object.entries(stats)) {
      // A reference is a member whose name ends in Id (webrtc-stats section 4.1).
      if (member.endsWith("Id") && typeof value === "string") pending.push(value);
    }
  }
  return selected;
}
