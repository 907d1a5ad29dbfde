import type { IceParameters } from "../../ice/mod.ts";
import { findAll, groupsOf, type SessionDescription } from "../../sdp/mod.ts";
import { createAnswer } from "../jsep/answer.ts";
import type { AppliedDescription } from "../jsep/applied_description.ts";
import {
  type Addition,
  HeaderExtensionIds,
  layOutSections,
  type MediaWishes,
  type MLine,
  type NegotiatedMedia,
  type Numbering,
  PayloadTypes,
  readSections,
  receiveSimulcast,
  type RemoteMedia,
} from "../jsep/media/mod.ts";
import { createOffer, type OfferSection, type SectionTransport } from "../jsep/offer.ts";
import { dataSectionIndex, isRejected, type LocalEnd, midOf } from "../jsep/sections.ts";
import type { TransceiverSlots, TransceiverTable } from "../transceivers/mod.ts";
import type { Configuration } from "./configuration.ts";
import type { TransportTable } from "./transport_table.ts";

/** What descriptions of this end are made from. */
export interface DescriptionWriterHost {
  readonly end: LocalEnd;
  readonly cname: string;
  readonly configuration: Configuration;
  readonly transceivers: TransceiverTable;
  readonly transports: TransportTable;
  /** Whether data channels are wanted. */
  readonly wantsData: boolean;
  readonly currentLocal: AppliedDescription | null;
  readonly currentRemote: AppliedDescription | null;
  readonly pendingLocal: AppliedDescription | null;
  readonly pendingRemote: AppliedDescription | null;
}

/** An offer, and the transceivers that its sections stand for, by mid: they have their mids once it is applied. */
export interface WrittenOffer {
  readonly session: SessionDescription;
  readonly owners: ReadonlyMap<string, TransceiverSlots>;
}

/** What a section of an offer is for. */
type Owner = TransceiverSlots | "data";

/** Writes offers and answers from what the connection's transceivers and channels want (RFC 9429 sections 5.2 and 5.3). */
export class DescriptionWriter {
  readonly numbering: Numbering = {
    payloadTypes: new PayloadTypes(),
    extensionIds: new HeaderExtensionIds(),
  };
  readonly #host: DescriptionWriterHost;

  constructor(host: DescriptionWriterHost) {
    this.#host = host;
  }

  /** Makes an offer; `iceOf` tells the ICE generation of each section that speaks for a transport, and which section comes first in its bundle. */
  offer(version: number, iceOf: (mid: string, tag: string) => IceParameters): WrittenOffer {
    const { end, configuration } = this.#host;
    const owners = new Map<string, TransceiverSlots>();
    const session = createOffer(end, {
      version,
      sections: this.#offerSections(owners),
      policy: configuration.bundlePolicy,
      bundled: this.#negotiatedBundle(),
      numbering: this.numbering,
      transportOf: (mid, tag) => this.#withCandidates(mid, iceOf(mid, tag)),
    });
    return { session, owners };
  }

  /** Answers the pending remote offer. */
  answer(version: number, iceOf: (mid: string) => IceParameters): SessionDescription {
    const { end, configuration, pendingRemote, transceivers, transports } = this.#host;
    return createAnswer(end, {
      version,
      offer: pendingRemote!.session,
      policy: configuration.bundlePolicy,
      numbering: this.numbering,
      wishesOf: (mid) => {
        const transceiver = transceivers.byMid(mid);
        // One that is being stopped is inactive until an offer of ours says so.
        const isThere = transceiver !== undefined && !transceiver.stopped;
        if (!isThere) return undefined;
        const extensions = transceiver.acceptableHeaderExtensions;
        return { ...this.#wishesOf(transceiver), extensions };
      },
      transportOf: (mid) => ({ ice: iceOf(mid), dtlsRole: transports.of(mid)?.dtlsRole }),
    });
  }

  /** The ids of header extensions are those that an application has written into a description of ours. */
  adoptExtensions(sections: readonly RemoteMedia[]): void {
    for (const { mid, extensions } of sections) this.numbering.extensionIds.adopt(mid, extensions);
  }

  #wishesOf({ kind, direction, sender, ...transceiver }: TransceiverSlots): MediaWishes {
    const { sendEncodings, sources, track, associatedMediaStreamIds: streamIds } = sender;
    return {
      ...{ kind, direction, streamIds, sources, cname: this.#host.cname },
      preferences: transceiver.preferredCodecs,
      extensions: transceiver.headerExtensionsToNegotiate,
      rids: sendEncodings.flatMap(({ rid }) => rid === undefined ? [] : [rid]),
      ...(track !== null && { trackId: track.id }),
    };
  }

  #offerSections(owners: Map<string, TransceiverSlots>): OfferSection[] {
    const { currentLocal, currentRemote } = this.#host;
    const lines = this.#lines();
    const placements = layOutSections(lines, this.#additions(lines));
    const answer = this.#lastAnswer();
    const answered = answer === undefined ? [] : readSections(answer.session);
    return placements.map(({ mid, owner, isRecycled }, index): OfferSection => {
      if (isRecycled) {
        this.numbering.payloadTypes.forget(mid);
        this.numbering.extensionIds.forget(mid);
      }
      const line = isRecycled ? undefined : lines[index];
      const isNegotiated = line !== undefined && !line.isRejected;
      if (owner === undefined) {
        const like = (currentLocal ?? currentRemote)!.session.media[index]!;
        return { mid, isNegotiated: false, content: { type: "rejected", like } };
      }
      if (owner === "data") return { mid, isNegotiated, content: { type: "data" } };
      owners.set(mid, owner);
      const wishes = this.#wishesOf(owner);
      const section = isNegotiated ? answered[index] : undefined;
      const writer = answer === currentLocal ? "receiver" : "sender";
      const negotiated = section && negotiatedOf(section, writer);
      return {
        ...{ mid, isNegotiated },
        content: { type: "media", wishes, ...(negotiated && { negotiated }) },
      };
    });
  }

  /** The sections that have a place already: those of the last answer. */
  #lines(): MLine<Owner>[] {
    const { currentLocal, currentRemote } = this.#host;
    if (currentLocal === null) return [];
    const data = dataSectionIndex(currentLocal.session);
    return currentLocal.session.media.map((section, index) => {
      const mid = midOf(currentLocal.session, index);
      const remote = currentRemote?.session.media[index];
      const rejected = isRejected(section) || (remote !== undefined && isRejected(remote));
      return {
        mid,
        isRejected: rejected,
        owner: index === data && !rejected ? "data" : this.#ownerOf(mid),
      };
    });
  }

  #ownerOf(mid: string): TransceiverSlots | undefined {
    const transceiver = this.#host.transceivers.byMid(mid);
    return transceiver === undefined || transceiver.stopping || transceiver.stopped
      ? undefined
      : transceiver;
  }

  /** What has no section yet, in the order in which it was made. */
  #additions(lines: readonly MLine<Owner>[]): Addition<Owner>[] {
    const { transceivers, wantsData, configuration, pendingLocal } = this.#host;
    const placed = new Set(lines.map(({ owner }) => owner));
    const additions = transceivers.active.filter((transceiver) =>
      !transceiver.stopping && !placed.has(transceiver)
    ).map((owner): Addition<Owner> => owner.mid === null ? { owner } : { owner, mid: owner.mid });
    if (!wantsData || placed.has("data")) return additions;
    const pending = pendingLocal === null ? -1 : dataSectionIndex(pendingLocal.session);
    const data: Addition<Owner> = pending < 0
      ? { owner: "data" }
      : { owner: "data", mid: midOf(pendingLocal!.session, pending) };
    // WebRTC Extensions section 6: then it comes before audio and video.
    return configuration.alwaysNegotiateDataChannels ? [data, ...additions] : [...additions, data];
  }

  /** The current description that is an answer. */
  #lastAnswer(): AppliedDescription | undefined {
    const { currentLocal, currentRemote } = this.#host;
    return [currentLocal, currentRemote].find((description) => description?.type === "answer") ??
      undefined;
  }

  #negotiatedBundle(): readonly string[] {
    const answer = this.#lastAnswer();
    return answer === undefined ? [] : groupsOf(answer.session, "BUNDLE")[0]?.mids ?? [];
  }

  /** Candidates of a generation that goes on are told again. */
  #withCandidates(mid: string, ice: IceParameters): SectionTransport {
    const { currentLocal, pendingLocal, transports } = this.#host;
    const transport = transports.of(mid);
    if (transport === undefined) return { ice };
    for (const description of [pendingLocal, currentLocal]) {
      const index = description?.speakerOf(
        ice.usernameFragment,
        (other) => transports.of(other) === transport,
      );
      if (index === undefined) continue;
      const { attributes } = description!.session.media[index]!;
      return { ice, candidates: findAll(attributes, "candidate") };
    }
    return { ice };
  }
}

/** What an answer, written by the receiver or by the sender of what we receive, has settled of a section. */
function negotiatedOf(section: RemoteMedia, writer: "sender" | "receiver"): NegotiatedMedia {
  const payloadTypes = section.formats.map(({ payloadType }) => payloadType);
  return { ...section, received: receiveSimulcast(section, writer, payloadTypes) };
}
