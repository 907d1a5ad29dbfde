import type { Certificate, Millis } from "../../core/mod.ts";
import type { DtlsEndpoint } from "../../dtls/mod.ts";
import type { IceAgent, IceCandidate, IcePair } from "../../ice/mod.ts";
import type { TransportStatistics } from "../../rtp/mod.ts";
import { SRTP_PROTECTION_PROFILES } from "../../srtp/mod.ts";
import type { DtlsTransportSlots, RTCDtlsTransportState } from "../rtc_dtls_transport.ts";
import type { IceTransportSlots, RTCIceRole, RTCIceTransportState } from "../rtc_ice_transport.ts";
import { addLocalCandidate, addRemoteCandidate } from "./candidate.ts";
import { addCandidatePair } from "./candidate_pair.ts";
import { addCertificates } from "./certificate.ts";
import type { RTCStats, StatsCollector } from "./stats.ts";

/** Which end of the DTLS handshake this is; unknown before it begins. */
export type RTCDtlsRole = "client" | "server" | "unknown";

/** Of a DTLS transport and the ICE transport under it (webrtc-stats section 8.17). */
export interface RTCTransportStats extends RTCStats {
  /** Always this. */
  type: "transport";
  /** Packets sent, not counting STUN. */
  packetsSent: number;
  /** Packets received, not counting STUN. */
  packetsReceived: number;
  /** Bytes of their payload. */
  bytesSent: number;
  /** Bytes of their payload. */
  bytesReceived: number;
  /** As `RTCIceTransport.role`. */
  iceRole: RTCIceRole;
  /** The ufrag of this end; missing before there is a local description. */
  iceLocalUsernameFragment?: string;
  /** As `RTCDtlsTransport.state`. */
  dtlsState: RTCDtlsTransportState;
  /** As `RTCIceTransport.state`. */
  iceState: RTCIceTransportState;
  /** The pair that carries the packets. */
  selectedCandidatePairId?: string;
  /** The certificate of this end. */
  localCertificateId: string;
  /** The certificate of the other end, once DTLS is connected. */
  remoteCertificateId?: string;
  /** The version agreed on, as four upper-case hexadecimal digits. */
  tlsVersion?: string;
  /** The registered name of the cipher suite agreed on. */
  dtlsCipher?: string;
  /** Which end of the DTLS handshake this is. */
  dtlsRole: RTCDtlsRole;
  /** The registered name of the SRTP protection profile agreed on. */
  srtpCipher?: string;
  /** How often another pair came to carry the packets, the first one included. */
  selectedCandidatePairChanges: number;
  /** RFC 8888 reports that were sent. */
  ccfbMessagesSent: number;
  /** RFC 8888 reports that came. */
  ccfbMessagesReceived: number;
}

/** A transport, as far as its statistics go. */
export interface InspectedTransport {
  /** What stands for it from report to report. */
  readonly inspected: object;
  readonly iceSlots: IceTransportSlots;
  readonly dtlsSlots: DtlsTransportSlots;
  readonly agent: IceAgent;
  readonly endpoint: DtlsEndpoint;
  /** As the descriptions have settled it. */
  readonly dtlsRole: "client" | "server" | undefined;
  readonly certificate: Certificate;
  readonly selectedPairChanges: number;
  /** Of the media that goes over it, where there is some. */
  readonly media: TransportStatistics | undefined;
  /** A time of the connection's clock, in milliseconds of Unix time. */
  wallTime(at: Millis): number;
  /** The address of a remote candidate as the application has told it. */
  remoteAddress(candidate: IceCandidate): string | null;
}

/** Adds what is known of a transport, and of all that belongs to it. */
export function addTransport(stats: StatsCollector, transport: InspectedTransport): void {
  const { inspected, iceSlots, dtlsSlots, agent, endpoint, dtlsRole, certificate, media } =
    transport;
  const { packetsSent, packetsReceived, bytesSent, bytesReceived } = agent.traffic;
  const { selectedPair } = agent;
  const local = [{ inspected: certificate, der: certificate.der }];
  const remote = dtlsSlots.remoteCertificates.map((der) => ({ inspected: der, der }));
  const transportId = stats.add<RTCTransportStats>("transport", inspected, {
    packetsSent,
    packetsReceived,
    bytesSent,
    bytesReceived,
    iceRole: iceSlots.role,
    iceLocalUsernameFragment: iceSlots.localParameters?.usernameFragment,
    dtlsState: dtlsSlots.state,
    iceState: iceSlots.state,
    selectedCandidatePairId: selectedPair && stats.id("candidate-pair", selectedPair),
    localCertificateId: addCertificates(stats, local)!,
    remoteCertificateId: addCertificates(stats, remote),
    tlsVersion: endpoint.tlsVersion?.toString(16).toUpperCase().padStart(4, "0"),
    dtlsCipher: endpoint.cipherSuite,
    dtlsRole: dtlsRole ?? "unknown",
    srtpCipher: SRTP_PROTECTION_PROFILES.find(({ id }) => id === endpoint.srtpProfile)?.name,
    selectedCandidatePairChanges: transport.selectedPairChanges,
    ccfbMessagesSent: media?.congestionReports.sent ?? 0,
    ccfbMessagesReceived: media?.congestionReports.received ?? 0,
  });
  const pairs = new Set(agent.pairs);
  if (selectedPair !== undefined) pairs.add(selectedPair); // after a restart one of the session before
  for (const pair of pairs) {
    const { wallTime } = transport;
    const availableOutgoingBitrate = pair === selectedPair
      ? media?.availableOutgoingBitrate
      : undefined;
    addCandidatePair(stats, pair, { transportId, availableOutgoingBitrate, wallTime });
  }
  addCandidates(stats, transport, pairs, transportId);
}

/** The candidates of the present session, and whatever else a pair refers to. */
function addCandidates(
  stats: StatsCollector,
  { agent, remoteAddress }: InspectedTransport,
  pairs: ReadonlySet<IcePair>,
  transportId: string,
): void {
  const locals = new Set([...agent.localCandidates, ...[...pairs].map(({ local }) => local)]);
  for (const candidate of locals) {
    // What the peer says it sees of this end is never announced.
    const address = candidate.type === "prflx" ? null : candidate.address;
    addLocalCandidate(stats, candidate, { transportId, address });
  }
  const present = new Set(agent.remoteCandidates);
  const remotes = new Set([...present, ...[...pairs].map(({ remote }) => remote)]);
  for (const candidate of remotes) {
    addRemoteCandidate(stats, candidate, {
      transportId,
      address: remoteAddress(candidate),
      // What is learnt from a check is of the generation that its description has told.
      usernameFragment: present.has(candidate)
        ? agent.remoteParameters?.usernameFragment
        : undefined,
    });
  }
}
