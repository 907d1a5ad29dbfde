import { assertEquals } from "@std/assert";
import type {
  RTCCertificateStats,
  RTCDataChannel,
  RTCDataChannelStats,
  RTCIceCandidatePairStats,
  RTCIceCandidateStats,
  RTCPeerConnectionStats,
  RTCStatsReport,
  RTCTransportStats,
} from "../../mod.ts";
import type { Pair } from "./pair.ts";

interface Dictionaries {
  "peer-connection": RTCPeerConnectionStats;
  "data-channel": RTCDataChannelStats;
  transport: RTCTransportStats;
  "candidate-pair": RTCIceCandidatePairStats;
  "local-candidate": RTCIceCandidateStats;
  "remote-candidate": RTCIceCandidateStats;
  certificate: RTCCertificateStats;
}

/** The objects of one type. */
export function all<T extends keyof Dictionaries>(
  report: RTCStatsReport,
  type: T,
): Dictionaries[T][] {
  return [...report.values()].filter((stats) => stats.type === type);
}

/** The only object of its type. */
export function one<T extends keyof Dictionaries>(
  report: RTCStatsReport,
  type: T,
): Dictionaries[T] {
  const found = all(report, type);
  assertEquals(found.length, 1, type);
  return found[0]!;
}

/** Connects both ends, and opens a channel. */
export async function connected(pair: Pair): Promise<{ a: RTCDataChannel; b: RTCDataChannel }> {
  const channels = await pair.open("chat", { protocol: "p" });
  await pair.until(() =>
    pair.alice.connectionState === "connected" && pair.bob.connectionState === "connected"
  );
  return channels;
}

/** Reports of both ends. */
export async function both(pair: Pair): Promise<[RTCStatsReport, RTCStatsReport]> {
  return await Promise.all([pair.alice.getStats(), pair.bob.getStats()]);
}
