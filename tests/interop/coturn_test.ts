import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { nodeProvider as crypto } from "../../core/crypto/node_provider.ts";
import { toHex } from "../../core/wire/mod.ts";
import { type Datagram, Stage } from "../../core/mod.ts";
import { IceAgent, type IceEvent, type IceTimings } from "../../ice/mod.ts";
import type {
  RTCConfiguration,
  RTCDataChannel,
  RTCPeerConnection,
  RTCPeerConnectionIceErrorEvent,
} from "../../mod.ts";
import { createPeerConnection } from "../../peer/rtc_peer_connection.ts";
import { SocketGroup, SystemNetwork } from "../../transport/mod.ts";
import { TrackedNetwork } from "../support/tracked_network.ts";
import { PASSWORD, USER } from "../ice/turn/turn_server.ts";
import { Coturn, coturnIsHere } from "./coturn.ts";

// RFC 8656, held against the TURN server that most services run.

if (!coturnIsHere) {
  // deno-lint-ignore no-console
  console.log("coturn is not on this machine: interoperability with it is not checked");
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !coturnIsHere, fn });
}

/** Two connections of this process that may only meet on relays, and a channel between them. */
class RelayedPair {
  readonly alice: RTCPeerConnection;
  readonly bob: RTCPeerConnection;
  readonly errors: RTCPeerConnectionIceErrorEvent[] = [];
  readonly #network: TrackedNetwork;

  constructor(coturn: Coturn, configuration: RTCConfiguration) {
    const network = new TrackedNetwork({
      addresses: ["127.0.0.1"],
      caCerts: [coturn.certificate],
    });
    this.#network = network;
    const make = () =>
      createPeerConnection({ network }, { iceTransportPolicy: "relay", ...configuration });
    this.alice = make();
    this.bob = make();
    this.alice.addEventListener("icecandidateerror", (event) => this.errors.push(event));
  }

  /** Sets the local description, and waits for all its candidates. */
  async gather(pc: RTCPeerConnection): Promise<void> {
    const complete = new Promise<void>((resolve) => {
      pc.onicecandidate = ({ candidate }) => candidate === null && resolve();
    });
    await pc.setLocalDescription();
    await complete;
  }

  async negotiate(): Promise<void> {
    const { alice, bob } = this;
    await this.gather(alice);
    await bob.setRemoteDescription(alice.localDescription!);
    await this.gather(bob);
    await alice.setRemoteDescription(bob.localDescription!);
  }

  async open(): Promise<{ a: RTCDataChannel; b: RTCDataChannel }> {
    const a = this.alice.createDataChannel("channel");
    a.binaryType = "arraybuffer";
    const incoming = fired<{ channel: RTCDataChannel }>(this.bob, "datachannel");
    const open = fired(a, "open");
    await this.negotiate();
    const { channel: b } = await incoming;
    await open;
    return { a, b };
  }

  async close(): Promise<void> {
    this.alice.close();
    this.bob.close();
    await this.#network.closed();
  }
}

function fired<T>(target: EventTarget, type: string, limit = 30_000): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${type} within ${limit} ms`)), limit);
    target.addEventListener(type, (event) => {
      clearTimeout(timer);
      resolve(event as T);
    }, { once: true });
  });
}

const server = (...urls: string[]) => ({ urls, username: USER, credential: PASSWORD });

/** Sends so many random bytes from one end to the other; both ends' digests of them. */
async function transfer(from: RTCDataChannel, to: RTCDataChannel, size: number): Promise<string[]> {
  const chunk = 16_384;
  const digests: Uint8Array[] = [new Uint8Array(32), new Uint8Array(32)];
  const absorb = (which: number, data: Uint8Array) => {
    digests[which] = crypto.hash("sha-256", digests[which]!, data);
  };
  let received = 0;
  to.binaryType = "arraybuffer";
  const complete = new Promise<void>((resolve) => {
    to.onmessage = ({ data }) => {
      absorb(1, new Uint8Array(data));
      if ((received += data.byteLength) >= size) resolve();
    };
  });
  from.bufferedAmountLowThreshold = 8 * chunk;
  for (let sent = 0; sent < size; sent += chunk) {
    const data = crypto.random(chunk);
    absorb(0, data);
    from.send(data);
    if (from.bufferedAmount > 32 * chunk) await fired(from, "bufferedamountlow");
  }
  await complete;
  return digests.map(toHex);
}

for (const transport of ["udp", "tcp", "tls"] as const) {
  test(`two peers meet on coturn over ${transport}, and 4 MiB arrive unharmed`, async () => {
    const coturn = await Coturn.start();
    const pair = new RelayedPair(coturn, { iceServers: [server(coturn.url(transport))] });
    try {
      const { a, b } = await pair.open();
      const [sent, received] = await transfer(a, b, 4 << 20);
      assertEquals(received, sent);
      const { local, remote } = pair.alice.sctp!.transport.iceTransport
        .getSelectedCandidatePair()!;
      assertEquals([local.type, remote.type], ["relay", "relay"]);
      assertEquals([local.relayProtocol, local.url], [transport, coturn.url(transport)]);
      await pair.close();
      await coturn.said(/session .*: delete/); // given back, not left to expire
    } finally {
      await pair.close();
      await coturn.close();
    }
  });
}

test("all ways to the server are tried at once; the one over UDP is preferred", async () => {
  const coturn = await Coturn.start();
  const urls = (["tls", "tcp", "udp"] as const).map((transport) => coturn.url(transport));
  const pair = new RelayedPair(coturn, { iceServers: [server(...urls)] });
  try {
    await pair.open();
    const candidates = pair.alice.sctp!.transport.iceTransport.getLocalCandidates();
    const protocols = candidates.map(({ relayProtocol }) => String(relayProtocol)).sort();
    assertEquals(protocols, ["tcp", "tls", "udp"]);
    const best = candidates.toSorted((a, b) => b.priority! - a.priority!)[0];
    assertEquals(best?.relayProtocol, "udp");
  } finally {
    await pair.close();
    await coturn.close();
  }
});

test("a wrong password is an icecandidateerror 401 for each way to the server", async () => {
  const coturn = await Coturn.start();
  const urls = (["udp", "tcp", "tls"] as const).map((transport) => coturn.url(transport));
  const pair = new RelayedPair(coturn, {
    iceServers: [{ urls, username: USER, credential: "wrong" }],
  });
  try {
    pair.alice.createDataChannel("x");
    await pair.gather(pair.alice);
    assertEquals(pair.errors.map(({ url }) => url).sort(), urls.toSorted());
    assertEquals(pair.errors.map(({ errorCode }) => errorCode), [401, 401, 401]);
  } finally {
    await pair.close();
    await coturn.close();
  }
});

test("TLS with a certificate that nobody vouches for is an icecandidateerror 701", async () => {
  const coturn = await Coturn.start();
  const network = new TrackedNetwork({ addresses: ["127.0.0.1"] });
  const pc = createPeerConnection({ network }, { iceServers: [server(coturn.url("tls"))] });
  try {
    const error = fired<RTCPeerConnectionIceErrorEvent>(pc, "icecandidateerror");
    pc.createDataChannel("x");
    await pc.setLocalDescription();
    const { errorCode, errorText } = await error;
    assertEquals(errorCode, 701);
    assert(/certificate|UnknownIssuer/i.test(errorText), errorText);
  } finally {
    pc.close();
    await network.closed();
    await coturn.close();
  }
});

test("a quota that is used up is an icecandidateerror 486", async () => {
  const coturn = await Coturn.start("user-quota=1");
  const pair = new RelayedPair(coturn, { iceServers: [server(coturn.url("udp"))] });
  try {
    pair.bob.createDataChannel("x");
    await pair.gather(pair.bob);
    pair.alice.createDataChannel("x");
    await pair.gather(pair.alice);
    assertEquals(pair.errors.map(({ errorCode }) => errorCode), [486]);
  } finally {
    await pair.close();
    await coturn.close();
  }
});

test("after coturn was restarted, an ICE restart gets other relays, and nothing is lost", async () => {
  const coturn = await Coturn.start();
  const pair = new RelayedPair(coturn, { iceServers: [server(coturn.url("udp"))] });
  try {
    const { a, b } = await pair.open();
    const { local: before } = pair.alice.sctp!.transport.iceTransport.getSelectedCandidatePair()!;
    await coturn.kill();
    await coturn.run();
    const heard = fired<MessageEvent>(b, "message");
    a.send("sent into the void");
    pair.alice.restartIce();
    await pair.negotiate();
    assertEquals((await heard).data, "sent into the void");
    const { local: after } = pair.alice.sctp!.transport.iceTransport.getSelectedCandidatePair()!;
    assertNotEquals(after.port, before.port);
  } finally {
    await pair.close();
    await coturn.close();
  }
});

/** An agent of its own on a socket of its own, with timings that a connection would not let anybody set. */
class LoneAgent {
  readonly received: Uint8Array[] = [];
  readonly events: IceEvent[] = [];
  readonly stage: Stage<Datagram, Uint8Array, IceEvent, IceAgent>;
  readonly #sockets = new SocketGroup();
  readonly #writer: WritableStreamDefaultWriter<readonly Uint8Array[]>;
  readonly #flow: Promise<unknown>;
  #waiting: (() => void)[] = [];

  private constructor(role: "controlling" | "controlled", timings: Partial<IceTimings>) {
    this.stage = new Stage(new IceAgent({ crypto, role, timings }), {
      onEvent: (event) => {
        this.events.push(event);
        this.#wake();
      },
    });
    const up = this.#sockets.readable.pipeThrough(this.stage.inbound).pipeTo(
      new WritableStream({
        write: (batch) => {
          this.received.push(...batch);
          this.#wake();
        },
      }),
    );
    const down = this.stage.outbound.readable.pipeTo(this.#sockets.writable);
    this.#writer = this.stage.outbound.writable.getWriter();
    this.#flow = Promise.allSettled([up, down]);
  }

  static async with(
    role: "controlling" | "controlled",
    timings: Partial<IceTimings> = {},
    set: (agent: IceAgent, now: number) => void,
    hostName?: string,
  ): Promise<LoneAgent> {
    const lone = new LoneAgent(role, timings);
    const socket = await new SystemNetwork().openUdp("127.0.0.1");
    lone.#sockets.add(socket);
    lone.stage.run((agent, now) => {
      set(agent, now);
      agent.addBase(socket.local, now, hostName === undefined ? {} : { hostName });
      agent.endOfBases(now);
    });
    await lone.until(() => lone.agent.gatheringState === "complete");
    return lone;
  }

  get agent(): IceAgent {
    return this.stage.run((agent) => agent);
  }

  hear(other: LoneAgent): void {
    const { localParameters, localCandidates } = other.agent;
    this.stage.run((agent, now) => {
      agent.setRemoteParameters(localParameters, now);
      for (const candidate of localCandidates) agent.addRemoteCandidate(candidate, now);
      agent.endOfRemoteCandidates(now);
    });
  }

  send(data: Uint8Array): Promise<void> {
    return this.#writer.write([data]);
  }

  async until(condition: () => boolean, limit = 20_000): Promise<void> {
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      this.#wake();
    }, limit);
    try {
      while (!condition()) {
        if (expired) throw new Error(`Did not happen within ${limit} ms: ${condition}`);
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.#writer.close();
    this.#sockets.close();
    await this.#flow;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

const turn = (coturn: Coturn) => ({
  address: { ip: "127.0.0.1", port: coturn.port, protocol: "udp" } as const,
  url: coturn.url("udp"),
  username: USER,
  credential: PASSWORD,
});

test("coturn as a STUN server gives a server-reflexive candidate", async () => {
  const coturn = await Coturn.start();
  const { address } = turn(coturn);
  const url = `stun:127.0.0.1:${coturn.port}`;
  const agent = await LoneAgent.with(
    "controlling",
    {},
    (agent, now) => agent.addServer({ address, url }, now),
    "hidden.local",
  );
  const found = agent.agent.localCandidates.map((each) => [each.type, each.address, each.url]);
  assertEquals(found, [["host", "hidden.local", undefined], ["srflx", "127.0.0.1", url]]);
  await agent.close();
  await coturn.close();
});

test("permissions, channels and the allocation outlive their lifetimes, and nonces go stale", async () => {
  const coturn = await Coturn.start(
    ...["permission-lifetime=3", "channel-lifetime=3", "stale-nonce=2", "max-allocate-lifetime=10"],
  );
  const timings = { permissionRefresh: 1200, channelRefresh: 1500 };
  const set = (agent: IceAgent, now: number) => {
    agent.setTransportPolicy("relay");
    agent.addTurnServer(turn(coturn), now);
  };
  const a = await LoneAgent.with("controlling", timings, set);
  const b = await LoneAgent.with("controlled", timings, set);
  try {
    a.hear(b);
    b.hear(a);
    await a.until(() => a.agent.state === "completed" || a.agent.state === "connected");
    await b.until(() => b.agent.state === "completed" || b.agent.state === "connected");
    for (let i = 0; i < 80; i++) {
      await a.send(Uint8Array.of(200, i));
      await b.until(() => b.received.length > i);
      await new Promise((resolve) => setTimeout(resolve, 100)); // coturn's clock is a real one
    }
    assertEquals(b.received.map((data) => data[1]), Array.from({ length: 80 }, (_, i) => i));
    assert(/stale nonce|Stale Nonce/i.test(coturn.log), "the nonce never went stale");
    assert(/REFRESH processed/.test(coturn.log), "the allocation was never refreshed");
  } finally {
    await a.close();
    await b.close();
    await coturn.close();
  }
});
