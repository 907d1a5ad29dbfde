import { canonicalIp } from "../../core/mod.ts";
import type { IceCandidate } from "../../ice/mod.ts";
import type { Network } from "../../transport/mod.ts";
import type { RTCIceCandidate } from "../rtc_ice_candidate.ts";
import type { Transport } from "./transport.ts";

/** ICE generations that are kept beside those in use: of descriptions on their way, which may have several transports. */
const MAX_GENERATIONS = 16;
/** Candidates of one generation: what the ICE agent takes. */
const MAX_CANDIDATES = 100;

interface Generation {
  readonly candidates: IceCandidate[];
  /** The texts of those that were admitted. */
  readonly admitted: Set<string>;
  lookups: number;
  ended: boolean;
}

/**
 * The other side's candidates, by the ufrag of their generation: they may come before the answer that puts the generation to use, and
 * their names may have to be looked up.
 */
export class RemoteCandidates {
  readonly #network: Network;
  readonly #generations = new Map<string, Generation>();
  /** What the application knows of a candidate that the agent was given. */
  readonly #shown = new WeakMap<IceCandidate, RTCIceCandidate>();
  readonly #closing = new AbortController();
  /** The generation that each transport uses. */
  readonly #applied = new Map<Transport, string>();

  constructor(network: Network) {
    this.#network = network;
  }

  /** Puts a generation to use: what has come for it goes to the transport's agent, and so does what will come. */
  apply(usernameFragment: string, transport: Transport): void {
    if (this.#applied.get(transport) === usernameFragment) return;
    for (const other of this.#applied.keys()) if (other.isClosed) this.#applied.delete(other);
    this.#applied.set(transport, usernameFragment);
    const generation = this.#generation(usernameFragment);
    for (const candidate of generation.candidates.splice(0)) {
      transport.addRemoteCandidate(candidate);
    }
    this.#announceEnd(usernameFragment, generation);
  }

  /** Whether there is room for a candidate, or it is known already. Those beyond are ignored, as the agent would ignore them. */
  admit(usernameFragment: string, text: string): boolean {
    const { admitted } = this.#generation(usernameFragment);
    if (admitted.size < MAX_CANDIDATES) admitted.add(text);
    return admitted.has(text);
  }

  /** Takes a candidate that was admitted; one whose name can't be looked up here is ignored, as if it had not answered. */
  add(usernameFragment: string, candidate: IceCandidate, shown: RTCIceCandidate): void {
    const generation = this.#generation(usernameFragment);
    const ip = canonicalIp(candidate.address);
    if (ip !== undefined) {
      return this.#give(usernameFragment, generation, { ...candidate, address: ip }, shown);
    }
    if (!/\.local$/i.test(candidate.address)) return; // RFC 8839 section 5.1 allows names; only mDNS ones are in use
    generation.lookups++;
    void this.#network.resolveMdns(candidate.address, this.#closing.signal).catch(() => undefined)
      .then((address) => {
        generation.lookups--;
        if (address !== undefined) {
          this.#give(usernameFragment, generation, { ...candidate, address }, shown);
        }
        this.#announceEnd(usernameFragment, generation);
      });
  }

  /** No more candidates of this generation will come. */
  end(usernameFragment: string): void {
    const generation = this.#generation(usernameFragment);
    generation.ended = true;
    this.#announceEnd(usernameFragment, generation);
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

  #give(
    usernameFragment: string,
    generation: Generation,
    candidate: IceCandidate,
    shown: RTCIceCandidate,
  ): void {
    if (this.#closing.signal.aborted) return;
    this.#shown.set(candidate, shown);
    const transports = this.#transportsOf(usernameFragment);
    for (const transport of transports) transport.addRemoteCandidate(candidate);
    if (transports.length === 0) generation.candidates.push(candidate);
  }

  #announceEnd(usernameFragment: string, { ended, lookups }: Generation): void {
    if (!ended || lookups > 0) return;
    for (const transport of this.#transportsOf(usernameFragment)) transport.endOfRemoteCandidates();
  }

  #transportsOf(usernameFragment: string): Transport[] {
    return [...this.#applied].filter(([, applied]) => applied === usernameFragment)
      .map(([transport]) => transport);
  }

  #generation(usernameFragment: string): Generation {
    let generation = this.#generations.get(usernameFragment);
    if (generation === undefined) {
      generation = { candidates: [], admitted: new Set(), lookups: 0, ended: false };
      this.#generations.set(usernameFragment, generation);
      const inUse = new Set(this.#applied.values());
      const others = [...this.#generations.keys()].filter((key) => !inUse.has(key));
      if (others.length > MAX_GENERATIONS) this.#generations.delete(others[0]!);
    }
    return generation;
  }
}
