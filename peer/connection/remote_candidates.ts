import { canonicalIp } from "../../core/mod.ts";
import type { IceCandidate } from "../../ice/mod.ts";
import type { Network } from "../../transport/mod.ts";
import type { RTCIceCandidate } from "../rtc_ice_candidate.ts";
import { MAX_SECTIONS } from "../../rtp/mod.ts";
import type { Transport } from "./transport.ts";
import type { TransportTable } from "./transport_table.ts";

/** Generations of sections that are kept: of as many sections as a description can have those in use, and as many that are on their way. */
const MAX_GENERATIONS = 2 * MAX_SECTIONS;
/** Candidates of one generation of a section: what the ICE agent takes. */
const MAX_CANDIDATES = 100;

/** An ICE generation of a section. Sections that are not bundled may have the same ufrag, and yet each its own candidates. */
export interface SectionGeneration {
  readonly mid: string;
  readonly usernameFragment: string;
}

interface Generation extends SectionGeneration {
  readonly candidates: IceCandidate[];
  /** The texts of those that were admitted. */
  readonly admitted: Set<string>;
  lookups: number;
  ended: boolean;
}

/**
 * The other side's candidates, by section and generation: they may come before the answer that puts the generation to use, and their names
 * may have to be looked up.
 */
export class RemoteCandidates {
  readonly #network: Network;
  readonly #transports: TransportTable;
  readonly #generations = new Map<string, Generation>();
  /** What the application knows of a candidate that the agent was given. */
  readonly #shown = new WeakMap<IceCandidate, RTCIceCandidate>();
  readonly #closing = new AbortController();
  /** The ufrag of the generation that each transport uses. */
  readonly #applied = new Map<Transport, string>();

  constructor(network: Network, transports: TransportTable) {
    this.#network = network;
    this.#transports = transports;
  }

  /** Puts a generation to use: what has come for the transport's sections goes to its agent, and so does what will come. */
  apply(usernameFragment: string, transport: Transport): void {
    for (const other of this.#applied.keys()) if (other.isClosed) this.#applied.delete(other);
    this.#applied.set(transport, usernameFragment);
    for (const generation of this.#generationsOf(transport)) {
      for (const candidate of generation.candidates.splice(0)) {
        transport.addRemoteCandidate(candidate);
      }
    }
    this.#announceEnd(transport);
  }

  /** Whether there is room for a candidate, or it is known already. Those beyond are ignored, as the agent would ignore them. */
  admit(section: SectionGeneration, text: string): boolean {
    const { admitted } = this.#generation(section);
    if (admitted.size < MAX_CANDIDATES) admitted.add(text);
    return admitted.has(text);
  }

  /** Takes a candidate that was admitted; one whose name can't be looked up here is ignored, as if it had not answered. */
  add(section: SectionGeneration, candidate: IceCandidate, shown: RTCIceCandidate): void {
    const generation = this.#generation(section);
    const ip = canonicalIp(candidate.address);
    if (ip !== undefined) return this.#give(generation, { ...candidate, address: ip }, shown);
    if (!/\.local$/i.test(candidate.address)) return; // RFC 8839 section 5.1 allows names; only mDNS ones are in use
    generation.lookups++;
    void this.#network.resolveMdns(candidate.address, this.#closing.signal).catch(() => undefined)
      .then((address) => {
        generation.lookups--;
        if (address !== undefined) this.#give(generation, { ...candidate, address }, shown);
        this.#announceEnd(this.#transportOf(generation));
      });
  }

  /** No more candidates of this generation will come. */
  end(section: SectionGeneration): void {
    const generation = this.#generation(section);
    generation.ended = true;
    this.#announceEnd(this.#transportOf(generation));
  }

  /** The candidate as the application gave it. */
  shown(candidate: IceCandidate): RTCIceCandidate | undefined {
    return this.#shown.get(candidate);
  }

  /** Ends every look-up. */
  close(): void {
    this.#closing.abort();
    this.#generations.clear();
    this.#applied.clear();
  }

  #give(generation: Generation, candidate: IceCandidate, shown: RTCIceCandidate): void {
    if (this.#closing.signal.aborted) return;
    this.#shown.set(candidate, shown);
    const transport = this.#transportOf(generation);
    if (transport === undefined) generation.candidates.push(candidate);
    else transport.addRemoteCandidate(candidate);
  }

  /** Of bundled sections, those that tell candidates have to have ended; the others may say so or not. */
  #announceEnd(transport: Transport | undefined): void {
    if (transport === undefined) return;
    const generations = this.#generationsOf(transport);
    const isOver = generations.some(({ ended }) => ended) &&
      generations.every(({ ended, admitted, lookups }) =>
        lookups === 0 && (ended || admitted.size === 0)
      );
    if (isOver) transport.endOfRemoteCandidates();
  }

  /** The transport that uses a generation, if one does. */
  #transportOf({ mid, usernameFragment }: SectionGeneration): Transport | undefined {
    const transport = this.#transports.of(mid);
    if (transport === undefined) return undefined;
    return this.#applied.get(transport) === usernameFragment ? transport : undefined;
  }

  /** Of the sections that use a transport. */
  #generationsOf(transport: Transport): Generation[] {
    return [...this.#generations.values()].filter((each) => this.#transportOf(each) === transport);
  }

  #generation({ mid, usernameFragment }: SectionGeneration): Generation {
    const key = `${usernameFragment} ${mid}`; // neither has a space
    let generation = this.#generations.get(key);
    if (generation === undefined) {
      generation = {
        ...{ mid, usernameFragment },
        ...{ candidates: [], admitted: new Set(), lookups: 0, ended: false },
      };
      this.#generations.set(key, generation);
      if (this.#generations.size > MAX_GENERATIONS) this.#forgetOldest();
    }
    return generation;
  }

  #forgetOldest(): void {
    for (const [key, generation] of this.#generations) {
      if (this.#transportOf(generation) !== undefined) continue;
      this.#generations.delete(key);
      return;
    }
  }
}
