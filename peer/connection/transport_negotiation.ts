import type { IceParameters } from "../../ice/mod.ts";
import { groupsOf, iceCredentialsOf, type SessionDescription, setupOf } from "../../sdp/mod.ts";
import { transportMids } from "../jsep/media/mod.ts";
import { readRemoteTransport } from "../jsep/remote.ts";
import { midOf, needsTransport, transportSection } from "../jsep/sections.ts";
import type { Side } from "../jsep/signaling_state.ts";
import type { Configuration } from "./configuration.ts";
import type { RemoteCandidates } from "./remote_candidates.ts";
import type { Transport } from "./transport.ts";
import type { TransportTable } from "./transport_table.ts";

/** What the transports' part of negotiation needs of its connection. */
export interface TransportNegotiationHost {
  readonly transports: TransportTable;
  readonly configuration: Configuration;
  /** The credentials of a transport that has gathered ahead, or new ones. */
  iceOfNewTransport(others: readonly IceParameters[]): IceParameters;
  createTransport(role: "controlling" | "controlled", localParameters: IceParameters): Transport;
}

/** Gives sections their transports, and transports what descriptions say of them (RFC 9429 sections 5.9 to 5.11, RFC 9143). */
export class TransportNegotiation {
  readonly #host: TransportNegotiationHost;
  readonly #remoteCandidates: RemoteCandidates;

  constructor(host: TransportNegotiationHost, remoteCandidates: RemoteCandidates) {
    this.#host = host;
    this.#remoteCandidates = remoteCandidates;
  }

  /** Every section of an offer that could be accepted gets a transport: one of its own, or that of the section which speaks for it. */
  offer(side: Side, session: SessionDescription): void {
    const tags = transportMids(aliveGroups(session, groupsOf(session, "BUNDLE")));
    for (const index of aliveIndices(session)) {
      const mid = midOf(session, index);
      // What we offer with a transport of its own has one until the answer; what is offered to us bundled, we bundle.
      const isOwn = side === "local" && iceCredentialsOf(session, session.media[index]!);
      const tag = isOwn ? mid : tags.get(mid) ?? mid;
      this.#host.transports.offer(
        mid,
        tag,
        () => this.#continued(side, session, tags, tag) ?? this.#create(side, session, tag),
      );
    }
  }

  /** Hands our own credentials to the transports, which gather candidates. */
  applyLocal(session: SessionDescription): void {
    const done = new Set<Transport>();
    for (const index of aliveIndices(session)) {
      const transport = this.#host.transports.of(midOf(session, index));
      if (transport === undefined || done.has(transport)) continue;
      const credentials = iceCredentialsOf(session, session.media[index]!);
      if (credentials === undefined) continue;
      done.add(transport);
      transport.applyLocal(credentials, this.#host.configuration);
    }
  }

  /** An answer settles which transport each section uses. */
  answer(answer: SessionDescription): void {
    this.#host.transports.answer(tagsOf(answer));
  }

  /** It settles both sides' roles as well: the transports connect. */
  connect(side: Side, answer: SessionDescription, offer: SessionDescription): void {
    const { transports } = this.#host;
    const [remote, type] = side === "remote"
      ? [answer, "answer"] as const
      : [offer, "offer"] as const;
    for (const tag of new Set(tagsOf(answer).values())) {
      const transport = transports.of(tag);
      const index = indexOfMid(answer, tag);
      if (transport === undefined || index < 0) continue;
      const { ice, fingerprints } = readRemoteTransport(remote, index, type);
      const answererIsClient = setupOf(answer, transportSection(answer, index)) !== "passive";
      const dtlsRole = (side === "local") === answererIsClient ? "client" : "server";
      transport.applyRemote({ ice, fingerprints, dtlsRole });
      this.#remoteCandidates.apply(ice.usernameFragment, transport);
    }
  }

  /**
   * The transport that the bundle of an offered section which now speaks for it has already. A browser that uses the place of a stopped
   * section again has the new one come first: Firefox with the credentials of the bundle, Chromium with those of a new transport.
   */
  #continued(
    side: Side,
    session: SessionDescription,
    tags: ReadonlyMap<string, string>,
    tag: string,
  ): Transport | undefined {
    if (side === "local") return undefined;
    const { ice } = readRemoteTransport(session, indexOfMid(session, tag), "offer");
    return Array.from(
      tags,
      ([mid, other]) => other === tag ? this.#host.transports.of(mid) : undefined,
    ).find((transport) =>
      transport?.remoteParameters?.usernameFragment === ice.usernameFragment &&
      transport.remoteParameters.password === ice.password
    );
  }

  #create(side: Side, session: SessionDescription, tag: string): Transport {
    const index = indexOfMid(session, tag);
    if (side === "local") {
      const section = transportSection(session, index);
      return this.#host.createTransport("controlling", iceCredentialsOf(session, section)!);
    }
    const { transports } = this.#host;
    // RFC 8445 section 6.1.1: the offerer controls, unless it is lite and can't.
    const isLite = readRemoteTransport(session, index, "offer").ice.iceLite === true;
    return this.#host.createTransport(
      isLite ? "controlling" : "controlled",
      // RFC 9429 section 5.3.1: what is not bundled has credentials of its own.
      this.#host.iceOfNewTransport(transports.inUse.map(({ localParameters }) => localParameters)),
    );
  }
}

function* aliveIndices(session: SessionDescription): Generator<number> {
  for (const [index, media] of session.media.entries()) if (needsTransport(media)) yield index;
}

/** The section of an answer that speaks for each one which was accepted. */
function tagsOf(answer: SessionDescription): Map<string, string> {
  const groups = transportMids(groupsOf(answer, "BUNDLE"));
  return new Map(Array.from(aliveIndices(answer), (index) => {
    const mid = midOf(answer, index);
    return [mid, groups.get(mid) ?? mid];
  }));
}

/** Groups without what is rejected: the first that remains speaks for the others. */
function aliveGroups(session: SessionDescription, groups: ReturnType<typeof groupsOf>) {
  const alive = new Set(Array.from(aliveIndices(session), (index) => midOf(session, index)));
  return groups.map(({ semantics, mids }) => ({
    semantics,
    mids: mids.filter((mid) => alive.has(mid)),
  }));
}

function indexOfMid(session: SessionDescription, mid: string): number {
  return session.media.findIndex((_, index) => midOf(session, index) === mid);
}
