import { emptyOutputs, type Millis } from "../../core/stage/mod.ts";
import type { Datagram, TransportAddress } from "../../core/wire/mod.ts";
import { nodeProvider } from "../../core/crypto/node_provider.ts";
import {
  BINDING,
  ERROR_CODE,
  ICE_CONTROLLED,
  ICE_CONTROLLING,
  IceAgent,
  type IceAgentOptions,
  type IceEvent,
  isStun,
  parseStun,
  PRIORITY,
  shortTermKey,
  StunBuilder,
  type StunMessage,
  USE_CANDIDATE,
  USERNAME,
  XOR_MAPPED_ADDRESS,
} from "../../ice/mod.ts";
import { seededCrypto, udp } from "./agent_pair.ts";

export const LOCAL: TransportAddress = udp("192.0.2.1");
export const REMOTE: TransportAddress = udp("192.0.2.2");
export const REMOTE_PARAMETERS = {
  usernameFragment: "peer",
  password: "passwordpasswordpassword",
};

/** How a check of the scripted peer differs from a correct one. */
export interface CheckOptions {
  from?: TransportAddress;
  username?: string | undefined;
  password?: string | undefined;
  role?: "controlling" | "controlled";
  tieBreaker?: bigint;
  useCandidate?: boolean;
  priority?: number;
  fingerprint?: boolean;
  method?: number;
  extra?: (builder: StunBuilder) => void;
}

/** A message that the agent has sent. */
export interface SentStun {
  readonly message: StunMessage;
  readonly datagram: Datagram;
}

/** An agent, and a peer that says exactly what a test wants it to say. */
export class ScriptedPeer {
  now: Millis = 1000;
  readonly agent: IceAgent;
  readonly above: Uint8Array[] = [];
  readonly events: IceEvent[] = [];
  readonly data: Datagram[] = [];
  /** STUN that the agent has sent and no test has taken yet. */
  #stun: SentStun[] = [];
  #ids = 0;

  constructor(options: Partial<IceAgentOptions> = {}) {
    this.agent = new IceAgent({ crypto: seededCrypto(5), role: "controlled", ...options });
    this.agent.addBase(LOCAL, this.now);
    this.agent.endOfBases(this.now);
    this.drain();
  }

  /** The agent learns the peer's parameters, and unless told otherwise its one candidate. */
  signal(candidate = true): void {
    this.agent.setRemoteParameters(REMOTE_PARAMETERS, this.now);
    if (candidate) this.agent.addRemoteCandidate(hostCandidate(REMOTE), this.now);
    this.drain();
  }

  /** Moves time on, serving the agent's deadlines. */
  advance(millis: Millis): void {
    const until = this.now + millis;
    for (let at; (at = this.agent.nextTimeout) !== undefined && at <= until;) {
      this.now = Math.max(this.now, at);
      this.agent.handleTimeout(this.now);
      this.drain();
    }
    this.now = until;
  }

  /** Gives bytes to the agent. */
  deliver(data: Uint8Array, from = REMOTE, to = LOCAL): void {
    this.agent.handleInbound([{ data, local: to, remote: from }], this.now);
    this.drain();
  }

  /** Takes what STUN the agent has sent since. */
  take(): SentStun[] {
    return this.#stun.splice(0);
  }

  /** Takes the checks among it. */
  takeRequests(): SentStun[] {
    return this.take().filter(({ message }) => message.messageClass === "request");
  }

  /** Sends a check to the agent; returns the answer, if there is one. */
  check(options: CheckOptions = {}): StunMessage | undefined {
    const before = this.#stun.length;
    const data = this.writeCheck(options);
    const id = parseStun(data)!.transactionId;
    this.deliver(data, options.from);
    const at = this.#stun.findIndex(({ message }, i) =>
      i >= before && message.messageClass !== "request" && same(message.transactionId, id)
    );
    return at < 0 ? undefined : this.#stun.splice(at, 1)[0]!.message;
  }

  /** A check as the peer would write it. */
  writeCheck(options: CheckOptions = {}): Uint8Array {
    const { usernameFragment, password } = this.agent.localParameters;
    const ours = this.agent.role === "controlling" ? "controlled" : "controlling";
    const {
      username = `${usernameFragment}:${REMOTE_PARAMETERS.usernameFragment}`,
      role = ours,
      tieBreaker = 1n,
      fingerprint = true,
    } = options;
    const id = new Uint8Array(12);
    new DataView(id.buffer).setUint32(0, ++this.#ids);
    const builder = new StunBuilder("request", options.method ?? BINDING, id);
    if (!("username" in options) || options.username !== undefined) builder.add(USERNAME, username);
    builder.add(PRIORITY, options.priority ?? 1_853_824_767);
    builder.add(role === "controlling" ? ICE_CONTROLLING : ICE_CONTROLLED, tieBreaker);
    if (options.useCandidate) builder.add(USE_CANDIDATE, true);
    options.extra?.(builder);
    const key = "password" in options ? options.password : password;
    if (key !== undefined) builder.integrity(nodeProvider, shortTermKey(key));
    if (fingerprint) builder.fingerprint();
    return builder.finish();
  }

  /** Answers a check of the agent's with success; the options make the answer a forged one. */
  succeed(
    { message, datagram }: SentStun,
    options: { password?: string | undefined; from?: TransportAddress; mapped?: TransportAddress } =
      {},
  ): void {
    const builder = new StunBuilder("success", BINDING, message.transactionId)
      .add(XOR_MAPPED_ADDRESS, options.mapped ?? datagram.local);
    const key = "password" in options ? options.password : REMOTE_PARAMETERS.password;
    if (key !== undefined) builder.integrity(nodeProvider, shortTermKey(key));
    this.deliver(builder.fingerprint().finish(), options.from ?? datagram.remote, datagram.local);
  }

  /** Answers a check of the agent's with an error. */
  refuse(
    { message, datagram }: SentStun,
    code: number,
    password: string | undefined = REMOTE_PARAMETERS.password,
  ): void {
    const builder = new StunBuilder("error", BINDING, message.transactionId)
      .add(ERROR_CODE, { code, reason: "no" });
    if (password !== "") builder.integrity(nodeProvider, shortTermKey(password));
    this.deliver(builder.fingerprint().finish(), datagram.remote, datagram.local);
  }

  /** Connects: the peer nominates, or is nominated, and everything is answered. */
  connect(): void {
    this.signal();
    for (let round = 0; this.agent.selectedPair === undefined && round < 10; round++) {
      for (const request of this.takeRequests()) this.succeed(request);
      if (this.agent.role === "controlled") this.check({ useCandidate: true });
    }
    this.take();
  }

  drain(): void {
    const out = emptyOutputs<Datagram, Uint8Array, IceEvent>();
    this.agent.poll(out);
    this.above.push(...out.above);
    this.events.push(...out.events);
    for (const datagram of out.below) {
      if (isStun(datagram.data)) this.#stun.push({ message: parseStun(datagram.data)!, datagram });
      else this.data.push(datagram);
    }
  }
}

export function hostCandidate(address: TransportAddress, priority = 2_130_706_431) {
  return {
    foundation: "1",
    component: 1,
    protocol: address.protocol,
    priority,
    address: address.ip,
    port: address.port,
    type: "host",
  } as const;
}

export function errorOf(message: StunMessage | undefined): number | undefined {
  return message?.get(ERROR_CODE)?.code;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}
