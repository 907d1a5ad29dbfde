import { assertEquals } from "@std/assert";
import type { InboundStatistics, OutboundStatistics } from "../../../rtp/mod.ts";
import { select } from "../../../peer/stats/selection.ts";
import { type RTCStats, StatsCollector, StatsIds } from "../../../peer/stats/stats.ts";
import { addTransceiver, type StreamIds } from "../../../peer/stats/transceiver.ts";
import type { TransceiverSlots } from "../../../peer/transceivers/mod.ts";
import { Host, trackOf } from "../transceivers/host.ts";

const OUTBOUND: OutboundStatistics = {
  ssrc: 0,
  rtxSsrc: undefined,
  rid: undefined,
  active: true,
  payloadType: 96,
  packetsSent: 12,
  bytesSent: 3456,
  headerBytesSent: 240,
  retransmittedPacketsSent: 2,
  retransmittedBytesSent: 345,
  framesSent: 7,
  keyFramesSent: 1,
  rate: { at: () => 30 },
  limitation: {
    reason: "bandwidth",
    since: 700,
    durations: { none: 4000, bandwidth: 100, other: 20 },
  },
  totalPacketSendDelay: 50,
  nackCount: 3,
  pliCount: 4,
  firCount: 5,
  lastPacketSentAt: 950,
  arrivals: { lost: 5, recovered: 2, ect1: 0, ce: 1 },
  remote: {
    packetsLost: -1,
    fractionLost: 0.25,
    jitter: 0.02,
    packetsReceived: 11,
    reportedAt: 850,
    roundTrip: { latest: 40, total: 90, count: 2 },
  },
};

const INBOUND: InboundStatistics = {
  ssrc: 77,
  rid: undefined,
  payloadType: 97,
  packetsReceived: 100,
  bytesReceived: 9000,
  headerBytesReceived: 1200,
  packetsLost: 3,
  jitter: 0.01,
  lastPacketReceivedAt: 900,
  packetsDiscarded: 1,
  retransmittedPacketsReceived: 2,
  retransmittedBytesReceived: 180,
  fecPacketsReceived: 0,
  fecBytesReceived: 0,
  fecPacketsDiscarded: 0,
  reportedLosses: { lost: 9, recovered: 8 },
  nackCount: 6,
  pliCount: 1,
  firCount: 0,
  framesReceived: 30,
  keyFramesReceived: 2,
  framesDropped: 4,
  framesAssembledFromMultiplePackets: 20,
  ...{ rtxSsrc: 78, fecSsrc: undefined },
  jitterBufferTarget: 0,
  remoteRoundTrip: { latest: 30, total: 70, count: 2 },
  // RFC 5905: half a second after the epoch of Unix.
  remoteClock: {
    ntpTimestamp: (2_208_988_800n << 32n) | (1n << 31n),
    rtpTimestamp: 0,
    arrival: 800,
  },
  remotePacketsSent: 103,
  remoteBytesSent: 9300,
  remoteReportsSent: 2,
};

const codec = (payloadType: number) => ({ payloadType, mimeType: "video/VP8", clockRate: 90000 });

/** A report about a transceiver that sends and receives, made at 1000 of the clock and 5000 of the wall. */
function report(transceiver: TransceiverSlots, ids = new StatsIds(), more: object = {}) {
  const stats = new StatsCollector(ids, 5000);
  const transportId = stats.add<RTCStats>("transport", transceiver.host, {});
  const streams: StreamIds = new Map();
  const [source] = transceiver.sender.sources;
  addTransceiver(stats, transceiver, {
    figures: {
      inbound: [{ ...INBOUND, ...more }],
      outbound: [{ ...OUTBOUND, ssrc: source!.ssrc, ...more }],
    },
    transportId,
    now: 1000,
    wallTime: (at) => at + 4000,
  }, streams);
  return { entries: stats.entries, streams };
}

function video(): TransceiverSlots {
  const track = trackOf("video");
  const transceiver = new Host().table.create({ kind: "video", direction: "sendrecv", track });
  transceiver.mid = "m";
  transceiver.sender.sendCodecs = [codec(96)];
  transceiver.receiver.receiveCodecs = [codec(97)];
  return transceiver;
}

/** The object of a type, with the members that tests compare. */
// deno-lint-ignore no-explicit-any
function of(entries: ReadonlyMap<string, RTCStats>, type: string): any {
  const found = [...entries.values()].filter((stats) => stats.type === type);
  assertEquals(found.length, 1, type);
  return found[0];
}

Deno.test("webrtc-stats section 8: a stream that is sent refers to its source, codec, transport and the other side's report", () => {
  const transceiver = video();
  const { entries, streams } = report(transceiver);
  const outbound = of(entries, "outbound-rtp");
  const remote = of(entries, "remote-inbound-rtp");
  assertEquals(streams.get(transceiver.sender), [outbound.id]);
  assertEquals([outbound.remoteId, remote.localId], [remote.id, outbound.id]);
  assertEquals(entries.get(outbound.mediaSourceId), of(entries, "media-source"));
  assertEquals(of(entries, "media-source").trackIdentifier, transceiver.sender.track!.id);
  assertEquals(
    (entries.get(outbound.codecId) as unknown as { payloadType: number }).payloadType,
    96,
  );
  assertEquals(outbound.transportId, of(entries, "transport").id);
  assertEquals([outbound.mid, outbound.encodingIndex, outbound.active], ["m", 0, true]);
  assertEquals([outbound.totalPacketSendDelay, outbound.framesEncoded], [0.05, 7]);
  assertEquals(outbound.qualityLimitationReason, "bandwidth");
  assertEquals(outbound.framesPerSecond, 30);
  assertEquals(outbound.qualityLimitationDurations, {
    ...{ none: 4, cpu: 0, bandwidth: 0.4, other: 0.02 },
  });
  assertEquals([remote.roundTripTime, remote.totalRoundTripTime], [0.04, 0.09]);
  assertEquals([remote.packetsLost, remote.fractionLost, remote.jitter], [-1, 0.25, 0.02]);
  assertEquals(remote.timestamp, 4850, "when it came");
  assertEquals([remote.packetsReportedAsLost, remote.packetsReportedAsLostButRecovered], [5, 2]);
  assertEquals([remote.packetsReceivedWithEct1, remote.packetsReceivedWithCe], [0, 1]);
});

Deno.test("webrtc-stats section 8: a stream that is received tells of itself, and of the sender report when that came", () => {
  const transceiver = video();
  const { entries } = report(transceiver);
  const inbound = of(entries, "inbound-rtp");
  const remote = of(entries, "remote-outbound-rtp");
  assertEquals(inbound.trackIdentifier, transceiver.receiver.track.id);
  assertEquals([inbound.lastPacketReceivedTimestamp, inbound.timestamp], [4900, 5000]);
  assertEquals([inbound.framesDecoded, inbound.framesDropped], [26, 4]);
  assertEquals(inbound.rtxSsrc, 78);
  assertEquals([inbound.packetsReportedAsLost, inbound.packetsReportedAsLostButRecovered], [9, 8]);
  assertEquals([remote.timestamp, remote.remoteTimestamp], [4800, 500]);
  assertEquals([remote.packetsSent, remote.bytesSent, remote.reportsSent], [103, 9300, 2]);
  assertEquals([remote.roundTripTime, remote.totalRoundTripTime], [0.03, 0.07]);
  assertEquals(remote.roundTripTimeMeasurements, 2);
  assertEquals([inbound.remoteId, remote.localId], [remote.id, inbound.id]);
});

Deno.test("webrtc-stats section 8: what nobody has reported or used yet is left out", () => {
  const nothing = { remote: undefined, remoteClock: undefined, payloadType: undefined };
  const { entries } = report(video(), undefined, nothing);
  const types = [...entries.values()].map(({ type }) => type).sort();
  assertEquals(types, ["codec", "inbound-rtp", "media-source", "outbound-rtp", "transport"]);
  for (const type of ["inbound-rtp", "outbound-rtp"]) {
    const stats = of(entries, type);
    assertEquals(["remoteId" in stats, "rid" in stats], [false, false]);
  }
  assertEquals("codecId" in of(entries, "inbound-rtp"), false);
  assertEquals(of(entries, "codec").payloadType, 96, "what would be sent");
});

Deno.test("webrtc-stats section 8: members of video are no members of audio", () => {
  const transceiver = new Host().table.create({ kind: "audio", direction: "sendrecv" });
  const { entries } = report(transceiver);
  const [inbound, outbound] = [of(entries, "inbound-rtp"), of(entries, "outbound-rtp")];
  for (const member of ["framesReceived", "framesDecoded", "pliCount", "firCount"]) {
    assertEquals(member in inbound, false, member);
  }
  assertEquals(["framesSent" in outbound, "mediaSourceId" in outbound], [false, false]);
  assertEquals(inbound.packetsDiscarded, 1);
});

Deno.test("W3C WebRTC section 8.4: an object's id stays, and is no other's", () => {
  const [one, other] = [video(), video()];
  const ids = new StatsIds();
  const [first, again, alien] = [one, one, other].map((
    transceiver,
  ) => [...report(transceiver, ids).entries.keys()]);
  assertEquals(first, again);
  const common = first!.filter((id) => alien!.includes(id));
  assertEquals(common, []);
});

Deno.test("W3C WebRTC section 8.5: a selection has the streams and all that they refer to, and nothing else", () => {
  const transceiver = video();
  const { entries, streams } = report(transceiver);
  const typesOf = (ids: readonly string[]) =>
    [...select(entries, ids).values()].map(({ type }) => type).sort();
  assertEquals(typesOf(streams.get(transceiver.sender)!), [
    "codec",
    "media-source",
    "outbound-rtp",
    "remote-inbound-rtp",
    "transport",
  ]);
  assertEquals(typesOf(streams.get(transceiver.receiver)!), [
    "codec",
    "inbound-rtp",
    "remote-outbound-rtp",
    "transport",
  ]);
  assertEquals(typesOf([]), []);
});
