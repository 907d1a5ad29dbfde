import type { CryptoProvider } from "../../core/crypto/provider.ts";
import { nodeProvider } from "../../core/crypto/node_provider.ts";
import { addressKey, type Datagram, type TransportAddress } from "../../core/wire/mod.ts";
import {
  IceAgent,
  type IceAgentOptions,
  type IceCandidate,
  type IceEvent,
  type IceRole,
  isStun,
  parseStun,
  StunBuilder,
  XOR_MAPPED_ADDRESS,
} from "../../ice/mod.ts";
import { type End, LayerPair, type LinkModel } from "../support/layer_pair.ts";
import { Random } from "../support/random.ts";

export function udp(ip: string, port = 5000): TransportAddress {
  return { ip, port, protocol: "udp" };
}

/** node:crypto with randomness from a seed. */
export function seededCrypto(seed: number, tieBreaker?: Uint8Array<ArrayBuffer>): CryptoProvider {
  const random = new Random(seed);
  let first = tieBreaker;
  return {
    ...nodeProvider,
    random(length) {
      const bytes = length === 8 && first !== undefined ? first : random.bytes(length);
      if (bytes === first) first = undefined;
      return bytes;
    },
  };
}

/** Where the one STUN server of these tests is. */
export const STUN_SERVER = udp("203.0.113.1", 3478);

/** A port-restricted NAT (RFC 4787); a symmetric one takes another port for every destination. */
export class Nat {
  readonly #out = new Map<string, TransportAddress>();
  readonly #in = new Map<string, TransportAddress>();
  readonly #open = new Set<string>();
  #nextPort = 40_000;

  constructor(readonly ip: string, readonly symmetric = false) {}

  outward(local: TransportAddress, remote: TransportAddress): TransportAddress {
    const key = addressKey(local) + (this.symmetric ? addressKey(remote) : "");
    let mapped = this.#out.get(key);
    if (mapped === undefined) {
      mapped = udp(this.ip, this.#nextPort++);
      this.#out.set(key, mapped);
      this.#in.set(addressKey(mapped), local);
    }
    this.#open.add(addressKey(mapped) + addressKey(remote));
    return mapped;
  }

  inward(mapped: TransportAddress, source: TransportAddress): TransportAddress | undefined {
    if (!this.#open.has(addressKey(mapped) + addressKey(source))) return undefined;
    return this.#in.get(addressKey(mapped));
  }
}

export interface AgentPairOptions {
  link?: LinkModel;
  seed?: number;
  bases?: Partial<Record<End, readonly TransportAddress[]>>;
  nats?: Partial<Record<End, Nat>>;
  roles?: Partial<Record<End, IceRole>>;
  timings?: IceAgentOptions["timings"];
  /** The ends that know of renomination, and whose parameters say so. */
  renomination?: Record<End, boolean>;
  /** The end that is lite. */
  lite?: End;
  /** Both agents begin with the tie-breaker 0x1111111111111111. */
  sameTieBreaker?: boolean;
}

const other = (end: End): End => end === "a" ? "b" : "a";

/** Two agents on a small Internet: it routes by address, translates, answers for a STUN server, and can be tapped. */
export class AgentPair extends LayerPair<Datagram, Uint8Array, IceEvent, IceAgent> {
  /** What crosses the wire after translation; returns what is delivered. */
  tap: (packet: Datagram, from: End) => Datagram | undefined = (packet) => packet;
  /** Whether the STUN server answers. */
  serverAnswers = true;
  readonly bases: Record<End, readonly TransportAddress[]>;
  readonly nats: Partial<Record<End, Nat>>;

  constructor(options: AgentPairOptions = {}) {
    const seed = options.seed ?? 1;
    const { roles, timings = {} } = options;
    const tieBreaker = options.sameTieBreaker ? new Uint8Array(8).fill(0x11) : undefined;
    const make = (role: IceRole, seed: number, end: End) => {
      const crypto = seededCrypto(seed, tieBreaker);
      // The username fragment takes 8 bytes as well, and must not be the tie-breaker.
      const localParameters = {
        usernameFragment: `seed${seed}`,
        password: `passwordpassword${seed + 100_000}`,
        ...(options.renomination?.[end] && { renomination: true }),
      };
      const lite = options.lite === end;
      const renomination = options.renomination?.[end] ?? false;
      return new IceAgent({ crypto, role, lite, timings, localParameters, renomination });
    };
    const a = make(roles?.a ?? "controlling", seed, "a");
    const b = make(roles?.b ?? "controlled", seed + 1000, "b");
    super(a, b, {
      seed,
      ...(options.link && { link: options.link }),
    });
    this.bases = {
      a: options.bases?.a ?? [udp("192.0.2.1")],
      b: options.bases?.b ?? [udp("192.0.2.2")],
    };
    this.nats = options.nats ?? {};
    this.filter = (packet, from) => this.#route(packet, from);
  }

  /** Opens the sockets of an end. */
  gather(end: End, withServer = false): void {
    if (withServer) {
      const server = { address: STUN_SERVER, url: "stun:stun.example.org" };
      this.run(end, (agent, now) => agent.addServer(server, now));
    }
    for (const base of this.bases[end]) this.run(end, (agent, now) => agent.addBase(base, now));
    this.run(end, (agent, now) => agent.endOfBases(now));
  }

  /** Tells an end the other's parameters. */
  signalParameters(to: End): void {
    const parameters = this[other(to)].localParameters;
    this.run(to, (agent, now) => agent.setRemoteParameters(parameters, now));
  }

  /** Tells an end the candidates that the other has so far. */
  signalCandidates(to: End, keep: (candidate: IceCandidate) => boolean = () => true): void {
    for (const candidate of this[other(to)].localCandidates.filter(keep)) {
      this.run(to, (agent, now) => agent.addRemoteCandidate(candidate, now));
    }
  }

  /** Tells an end everything, and that it is everything. */
  signalAll(to: End): void {
    this.signalParameters(to);
    this.signalCandidates(to);
    this.run(to, (agent, now) => agent.endOfRemoteCandidates(now));
  }

  /** Gathers and signals both ways, as without trickle. */
  start(): void {
    this.gather("a");
    this.gather("b");
    this.signalAll("a");
    this.signalAll("b");
  }

  /** Starts, and waits for both ends to have a path. */
  connect(limit?: number): void {
    this.start();
    this.untilConnected(limit);
  }

  untilConnected(limit?: number): void {
    this.until(() => isUp(this.a) && isUp(this.b), limit);
  }

  /** Sends data from an end. */
  send(end: End, ...data: readonly number[]): void {
    this.run(end, (agent, now) => agent.handleOutbound([Uint8Array.from(data)], now));
  }

  /** The states that an end has gone through. */
  states(end: End): string[] {
    return this.events[end].flatMap((event) => event.type === "state" ? [event.state] : []);
  }

  #route(packet: Datagram, from: End): Datagram | undefined {
    const { data, local, remote } = packet;
    const source = this.nats[from]?.outward(local, remote) ?? local;
    if (remote.ip === STUN_SERVER.ip) return void this.#answer(data, packet, source, from);
    const to = other(from);
    const nat = this.nats[to];
    const target = nat?.ip === remote.ip ? nat.inward(remote, source) : remote;
    if (target === undefined) return undefined;
    const reachable = nat === undefined || nat.ip === remote.ip || sameSite(this.nats[from], nat);
    if (!reachable || !this.#isBase(to, target)) return undefined;
    return this.tap({ data, local: target, remote: source }, from);
  }

  #isBase(end: End, { ip, port }: TransportAddress): boolean {
    return this.bases[end].some((base) => base.ip === ip && base.port === port);
  }

  #answer(data: Uint8Array, packet: Datagram, source: TransportAddress, from: End): void {
    const request = parseStun(data);
    if (!this.serverAnswers || request === undefined) return;
    const answer = new StunBuilder("success", request.method, request.transactionId)
      .add(XOR_MAPPED_ADDRESS, source).finish();
    this.inject(other(from), { data: answer, local: packet.local, remote: packet.remote });
  }
}

function sameSite(a: Nat | undefined, b: Nat | undefined): boolean {
  return a === b;
}

export function isUp(agent: IceAgent): boolean {
  return agent.state === "connected" || agent.state === "completed";
}

/** The STUN messages among what an end has sent. */
export function stunSent(pair: AgentPair, end: End) {
  return pair.sent[end].flatMap(({ data }) => isStun(data) ? [parseStun(data)!] : []);
}
