import type { SessionDescription } from "../../sdp/mod.ts";
import type { AppliedDescription } from "../jsep/applied_description.ts";
import {
  acceptedRids,
  codecDictionaryMatch,
  findTransceiver,
  negotiatedDirection,
  type Numbering,
  readSections,
  receives,
  type RemoteMedia,
  requestedRids,
  sendFormats,
  sends,
} from "../jsep/media/mod.ts";
import { isRejected, midOf } from "../jsep/sections.ts";
import type { Side } from "../jsep/signaling_state.ts";
import type { EncodingParameters } from "../rtc_rtp_parameters.ts";
import {
  defaultEncoding,
  RemoteTracks,
  stopTransceiver,
  type TransceiverSlots,
  type TransceiverTable,
  withNegotiatedModes,
} from "../transceivers/mod.ts";
import type { NegotiatedSection } from "../media/section.ts";
import { codecsOf, expect, negotiate, type SectionPair, settle } from "./negotiated_sections.ts";
import type { TransportTable } from "./transport_table.ts";

/** What a description that is being applied is part of. */
export interface NegotiationStep {
  readonly side: Side;
  readonly type: "offer" | "answer" | "pranswer";
  readonly session: SessionDescription;
  /** The other side's part of the exchange, for an answer. */
  readonly offer: SessionDescription | undefined;
  /** The transceivers that the sections of an offer of ours were written for, by mid. */
  readonly owners: ReadonlyMap<string, TransceiverSlots>;
}

/** What the media's part of negotiation needs of its connection. */
export interface MediaNegotiationHost {
  readonly transceivers: TransceiverTable;
  readonly transports: TransportTable;
  /** The RTP source's name. */
  readonly cname: string;
  /** Which numbers stand for what in descriptions of ours. */
  readonly writer: { readonly numbering: Numbering };
}

/** Applies descriptions to transceivers (W3C WebRTC section 4.4.1.5, the steps for each media description). */
export class MediaNegotiation {
  readonly #host: MediaNegotiationHost;
  /** The stream of tracks for which the other side names none (RFC 9429 section 5.10). */
  readonly #defaultStreamId = crypto.randomUUID();
  /** Transceivers that the pending remote offer has made, and those that the pending offer has associated with a section. */
  #created = new Set<TransceiverSlots>();
  #associated = new Set<TransceiverSlots>();
  /** Sections of the pending local offer of which there was none before. */
  #expected = new Set<string>();
  /** What the latest answer has settled of each section, and what is expected of those that have none yet. */
  #sections = new Map<string, NegotiatedSection>();

  constructor(host: MediaNegotiationHost) {
    this.#host = host;
  }

  /** An offer leaves the stable state: what can be rolled back is kept. */
  begin(): void {
    this.#created.clear();
    this.#associated.clear();
    this.#expected.clear();
    for (const { sender, receiver } of this.#host.transceivers.all) {
      const [lone, ...others] = sender.sendEncodings;
      const isRidless = others.length === 0 && lone?.rid === undefined;
      sender.lastStableStateTransport = sender.transport;
      sender.lastStableRidlessSendEncodings = isRidless ? sender.sendEncodings : null;
      receiver.lastStableStateTransport = receiver.transport;
      receiver.lastStableStateAssociatedRemoteMediaStreams = receiver.associatedRemoteMediaStreams;
      receiver.lastStableStateReceiveCodecs = receiver.receiveCodecs;
    }
  }

  /** What the latest answer has settled of each section, and what is expected of those that have none yet, by mid. */
  get sections(): ReadonlyMap<string, NegotiatedSection> {
    return this.#sections;
  }

  /** Applies a description. What it returns is told to the application after `signalingstatechange`. */
  apply(step: NegotiationStep): RemoteTracks {
    const tracks = new RemoteTracks(this.#host.transceivers);
    const offered = step.offer === undefined ? [] : readSections(step.offer);
    for (const section of readSections(step.session)) {
      if (section === undefined) continue;
      if (step.side === "local") this.#applyLocal(section, offered[section.index], step, tracks);
      else this.#applyRemote(section, offered[section.index], step, tracks);
    }
    return tracks;
  }

  /** Undoes what the pending offer has done. */
  rollBack(wasRemote: boolean): RemoteTracks {
    const tracks = new RemoteTracks(this.#host.transceivers);
    for (const transceiver of this.#host.transceivers.all) {
      const { sender, receiver } = transceiver;
      if (this.#associated.has(transceiver)) transceiver.mid = null;
      sender.transport = sender.lastStableStateTransport;
      const hasRids = sender.sendEncodings.some(({ rid }) => rid !== undefined);
      if (sender.lastStableRidlessSendEncodings !== null && hasRids) {
        sender.sendEncodings = sender.lastStableRidlessSendEncodings;
      }
      receiver.transport = receiver.lastStableStateTransport;
      receiver.receiveCodecs = receiver.lastStableStateReceiveCodecs;
      if (wasRemote) {
        const msids = receiver.lastStableStateAssociatedRemoteMediaStreams.map(({ id }) => id);
        tracks.process(transceiver, transceiver.currentDirection, msids);
      }
      if (!this.#created.has(transceiver)) continue;
      if (transceiver.isUsedByTrack) {
        sender.sendEncodings = [defaultEncoding(transceiver.kind)];
        transceiver.isAddedByTrack = true; // as if addTrack had made it
      } else {
        stopTransceiver(transceiver);
        this.#host.transceivers.remove(transceiver);
      }
    }
    for (const mid of this.#expected) this.#sections.delete(mid);
    this.#created.clear();
    this.#associated.clear();
    this.#expected.clear();
    return tracks;
  }

  /** An answer has completed the negotiation: what is stopped, and whose section both sides know to be so, is gone. */
  complete(local: AppliedDescription | null, remote: AppliedDescription | null): void {
    this.#created.clear();
    this.#associated.clear();
    const rejected = new Set([...rejectedMids(local), ...rejectedMids(remote)]);
    for (const transceiver of this.#host.transceivers.all) {
      const { stopping, stopped, mid, sender } = transceiver;
      // No section will ever tell the other side that it is stopped: without this, negotiation would be needed for ever.
      if (stopping && mid === null) {
        stopTransceiver(transceiver);
        this.#host.transceivers.remove(transceiver);
        continue;
      }
      if (stopped && mid !== null && rejected.has(mid)) {
        this.#host.transceivers.remove(transceiver);
        this.#sections.delete(mid);
        transceiver.mid = null; // RFC 9429 section 5.11
        continue;
      }
      if (sender.sendCodecs.length > 0) {
        const encodings = sender.sendEncodings.map((encoding) => {
          const { codec, ...rest } = encoding;
          const isThere = codec === undefined ||
            sender.sendCodecs.some((one) => codecDictionaryMatch(codec, one, true));
          return isThere ? encoding : rest;
        });
        sender.sendEncodings = withNegotiatedModes(encodings, sender.sendCodecs);
      }
    }
  }

  #applyLocal(
    section: RemoteMedia,
    offered: RemoteMedia | undefined,
    { type, owners }: NegotiationStep,
    tracks: RemoteTracks,
  ): void {
    const transceiver = this.#host.transceivers.byMid(section.mid) ?? owners.get(section.mid);
    if (transceiver === undefined) return;
    if (transceiver.mid === null) {
      transceiver.mid = section.mid;
      this.#associated.add(transceiver);
    }
    if (transceiver.stopped) return;
    const { receiver } = transceiver;
    const direction = section.isRejected ? "inactive" : section.direction;
    this.#useTransport(transceiver);
    transceiver.receptive = receives(direction);
    receiver.receiveCodecs = receives(direction)
      ? codecsOf(section.kind, sendFormats(section.kind, section.formats, offered?.formats))
      : [];
    if (type === "offer") {
      if (receives(direction)) this.#expect(section);
      return;
    }
    const rids = section.rids.filter(({ direction }) => direction === "send").map(({ id }) => id);
    // An answer with one layer left does not name it (RFC 8853 section 5.3.2), but the offer did.
    this.#keepEncodings(
      transceiver,
      rids.length > 0 ? rids : offered ? requestedRids(offered) : [],
    );
    if (section.isRejected) this.#reject(transceiver);
    else if (offered !== undefined) {
      this.#settle(transceiver, { local: section, remote: offered, answerer: "local" });
    }
    if (!receives(direction)) tracks.stopReceiving(transceiver);
    transceiver.currentDirection = transceiver.firedDirection = direction;
    if (sends(direction)) transceiver.sender.hasSent = true;
  }

  #applyRemote(
    section: RemoteMedia,
    offered: RemoteMedia | undefined,
    { type }: NegotiationStep,
    tracks: RemoteTracks,
  ): void {
    const transceiver = this.#transceiverFor(section, type === "offer");
    if (transceiver === undefined) return;
    const { receiver, sender } = transceiver;
    if (type !== "offer" && sender.sendEncodings.length > 1) {
      const own = sender.sendEncodings.map(({ rid }) => rid!);
      this.#keepEncodings(transceiver, acceptedRids(section, own));
    }
    transceiver.mid ??= section.mid;
    const direction = section.isRejected
      ? "inactive"
      : negotiatedDirection(section.direction, "remote");
    const msids = receives(direction) ? section.streamIds ?? [this.#defaultStreamId] : [];
    tracks.process(transceiver, direction, msids);
    receiver.receiveCodecs = codecsOf(
      section.kind,
      sendFormats(section.kind, offered?.formats ?? section.formats, section.formats),
    );
    if (type !== "offer") {
      if (offered !== undefined && !section.isRejected) {
        const { payloadTypes } = this.#host.writer.numbering;
        payloadTypes.adoptAnswer(section.mid, section.kind, section.formats);
        this.#settle(transceiver, { local: offered, remote: section, answerer: "remote" });
      }
      transceiver.currentDirection = direction;
      if (sends(direction)) sender.hasSent = true;
      this.#useTransport(transceiver);
    }
    if (section.isRejected && !transceiver.stopped) stopTransceiver(transceiver);
  }

  /** The transceiver that stands for a section of the other side (RFC 9429 section 5.10). */
  #transceiverFor(section: RemoteMedia, isOffer: boolean): TransceiverSlots | undefined {
    const { transceivers } = this.#host;
    const { mid, kind, isRejected, direction } = section;
    if (!isOffer) return transceivers.byMid(mid);
    const rids = kind === "video" ? requestedRids(section) : [];
    const proposed = rids.map((rid, index): EncodingParameters => ({
      ...{ rid, active: true, adaptivePtime: false, priority: "low" },
      scaleResolutionDownBy: 2 ** (rids.length - index - 1),
    }));
    const found = findTransceiver(
      transceivers.all.map((slots) => ({
        slots,
        kind: slots.kind,
        mid: slots.mid,
        isAddedByTrack: slots.isAddedByTrack,
        isStopped: slots.stopped || (slots.stopping && slots.mid === null),
      })),
      { mid, kind, offersToReceive: !isRejected && receives(direction) },
    )?.slots;
    if (found === undefined) {
      // A section that is refused from the beginning has nothing for anybody.
      return isRejected ? undefined : this.#create(section, proposed);
    }
    if (found.mid === null) this.#associated.add(found);
    const [lone, ...others] = found.sender.sendEncodings;
    if (proposed.length > 0 && others.length === 0 && lone?.rid === undefined) {
      found.sender.sendEncodings = proposed;
      found.sender.lastReturnedParameters = null;
      transceivers.provideSources(found);
    }
    return found;
  }

  #create({ kind }: RemoteMedia, sendEncodings: EncodingParameters[]): TransceiverSlots {
    const { transceivers } = this.#host;
    const created = transceivers.create({ kind, direction: "recvonly", sendEncodings });
    this.#created.add(created);
    this.#associated.add(created);
    return created;
  }

  #useTransport(transceiver: TransceiverSlots): void {
    const transport = this.#host.transports.of(transceiver.mid!);
    if (transport === undefined) return;
    transceiver.sender.transport = transceiver.receiver.transport = transport.dtls;
  }

  /** Only those layers remain that both sides know; if these are none, the first one (W3C WebRTC section 4.4.1.5). */
  #keepEncodings({ sender }: TransceiverSlots, rids: readonly string[]): void {
    if (sender.sendEncodings.length < 2) return;
    const known = new Set(rids);
    const kept = [...sender.sendEncodings.keys()].filter((index) =>
      known.has(sender.sendEncodings[index]!.rid!)
    );
    const indices = kept.length > 0 ? kept : [0];
    sender.sources = indices.map((index) => sender.sources[index]!);
    sender.sendEncodings = indices.map((index) => sender.sendEncodings[index]!);
  }

  #expect(section: RemoteMedia): void {
    if (this.#sections.has(section.mid) && !this.#expected.has(section.mid)) return;
    this.#sections.set(section.mid, expect(section));
    this.#expected.add(section.mid);
  }

  /** What it had to negotiate is for another time. */
  #reject({ mid, sender }: TransceiverSlots): void {
    this.#sections.delete(mid!);
    sender.sendCodecs = [];
    sender.lastReturnedParameters = null;
  }

  #settle(transceiver: TransceiverSlots, pair: SectionPair): void {
    const section = negotiate(pair);
    this.#expected.delete(section.mid);
    this.#sections.set(section.mid, section);
    settle(transceiver, section);
  }
}

function rejectedMids(description: AppliedDescription | null): string[] {
  const session = description?.session;
  return session?.media.flatMap((media, index) =>
    isRejected(media) ? [midOf(session, index)] : []
  ) ?? [];
}
