import { emptyOutputs, type Millis } from "../../../core/stage/mod.ts";
import { addressKey, type Datagram, type TransportAddress } from "../../../core/wire/mod.ts";
import { IceAgent, type IceAgentOptions, type IceEvent } from "../../../ice/mod.ts";
import { seededCrypto, udp } from "../agent_pair.ts";
import { PASSWORD, TurnServer, USER } from "./turn_server.ts";

/** An agent with the addresses that it has, and what has come of it. */
export interface Member {
  readonly agent: IceAgent;
  readonly bases: TransportAddress[];
  readonly received: Uint8Array[];
  readonly events: IceEvent[];
  readonly sent: Datagram[];
}

interface InFlight {
  readonly at: Millis;
  readonly deliver: () => void;
}

/** One-way delay in milliseconds. */
const DELAY = 10;

/** Agents and TURN servers on a network that delivers everything that `passes`, in virtual time. */
export class TurnNet {
  now: Millis = 1000;
  readonly members: Member[] = [];
  readonly servers: TurnServer[] = [];
  /** What the network lets through; relayed datagrams ask too. */
  passes: (from: TransportAddress, to: TransportAddress) => boolean = () => true;
  #inFlight: InFlight[] = [];

  server(ip = "203.0.113.1", relayIps?: { 4?: string; 6?: string }): TurnServer {
    const server = new TurnServer(udp(ip, 3478), relayIps);
    this.servers.push(server);
    return server;
  }

  agent(bases: TransportAddress[], options: Partial<IceAgentOptions> = {}): Member {
    const seed = this.members.length + 1;
    const agent = new IceAgent({
      crypto: seededCrypto(seed),
      role: seed === 1 ? "controlling" : "controlled",
      ...options,
    });
    const member = { agent, bases, received: [], events: [], sent: [] };
    this.members.push(member);
    return member;
  }

  run<T>(member: Member, mutate: (agent: IceAgent, now: Millis) => T): T {
    const result = mutate(member.agent, this.now);
    this.#drain(member);
    return result;
  }

  /** Opens the bases, with a TURN server each. */
  gather(member: Member, ...servers: TurnServer[]): void {
    for (const server of servers) {
      this.run(member, (agent, now) => agent.addTurnServer(turnServer(server), now));
    }
    for (const base of member.bases) this.run(member, (agent, now) => agent.addBase(base, now));
    this.run(member, (agent, now) => agent.endOfBases(now));
  }

  /** Tells an agent everything of another one. */
  signal(to: Member, from: Member): void {
    this.run(to, (agent, now) => agent.setRemoteParameters(from.agent.localParameters, now));
    for (const candidate of from.agent.localCandidates) {
      this.run(to, (agent, now) => agent.addRemoteCandidate(candidate, now));
    }
    this.run(to, (agent, now) => agent.endOfRemoteCandidates(now));
  }

  /** Signals both ways, and waits for a path. */
  connect(a: Member, b: Member, limit?: Millis): void {
    this.signal(a, b);
    this.signal(b, a);
    this.until(() => [a, b].every(isUp), limit);
  }

  send(member: Member, data: Uint8Array): void {
    this.run(member, (agent, now) => agent.handleOutbound([data], now));
  }

  /** Delivers a datagram to an agent, from wherever it says. */
  deliver(member: Member, datagram: Datagram): void {
    this.run(member, (agent, now) => agent.handleInbound([datagram], now));
  }

  advance(millis: Millis): void {
    const until = this.now + millis;
    for (let next; (next = this.#next()) !== undefined && next <= until;) this.#step(next);
    this.now = until;
  }

  until(condition: () => boolean, limit: Millis = 60_000): void {
    const end = this.now + limit;
    while (!condition()) {
      const next = this.#next();
      if (next === undefined || next > end) {
        throw new Error(`Did not happen within ${limit} ms (now ${this.now}): ${condition}`);
      }
      this.#step(next);
    }
  }

  #next(): Millis | undefined {
    const times = this.#inFlight.map(({ at }) => at);
    for (const { agent } of this.members) {
      if (agent.nextTimeout !== undefined) times.push(agent.nextTimeout);
    }
    return times.length === 0 ? undefined : Math.max(this.now, Math.min(...times));
  }

  #step(time: Millis): void {
    this.now = time;
    const due = this.#inFlight.filter(({ at }) => at <= time);
    this.#inFlight = this.#inFlight.filter(({ at }) => at > time);
    for (const { deliver } of due) deliver();
    for (const member of this.members) {
      const { nextTimeout } = member.agent;
      if (nextTimeout === undefined || nextTimeout > time) continue;
      this.run(member, (agent) => agent.handleTimeout(time));
      const after = member.agent.nextTimeout;
      if (after !== undefined && after <= time) throw new Error(`nextTimeout ${after} <= ${time}`);
    }
  }

  #drain(member: Member): void {
    const out = emptyOutputs<Datagram, Uint8Array, IceEvent>();
    member.agent.poll(out);
    member.received.push(...out.above);
    member.events.push(...out.events);
    for (const datagram of out.below) {
      member.sent.push(datagram);
      this.#send(datagram.data, datagram.local, datagram.remote);
    }
  }

  #send(data: Uint8Array, from: TransportAddress, to: TransportAddress): void {
    if (!this.passes(from, to)) return;
    this.#inFlight.push({ at: this.now + DELAY, deliver: () => this.#arrive(data, from, to) });
  }

  #arrive(data: Uint8Array, from: TransportAddress, to: TransportAddress): void {
    for (const server of this.servers) {
      const sent = addressKey(server.address) === addressKey(to)
        ? server.handle(data, from, this.now)
        : server.handlePeer(data, to, from, this.now);
      for (const each of sent) this.#send(each.data, each.from, each.to);
    }
    const member = this.members.find(({ bases }) =>
      bases.some((base) => addressKey(base) === addressKey(to))
    );
    if (member !== undefined) this.deliver(member, { data, local: to, remote: from });
  }
}

export function turnServer({ address }: TurnServer, credential = PASSWORD) {
  return { address, url: `turn:${address.ip}`, username: USER, credential };
}

export function isUp({ agent }: Member): boolean {
  return agent.state === "connected" || agent.state === "completed";
}

/** The errors that a member's agent has told of. */
export function errorsOf({ events }: Member) {
  return events.flatMap((event) =>
    event.type === "candidate-error" ? [[event.code, event.text] as const] : []
  );
}
