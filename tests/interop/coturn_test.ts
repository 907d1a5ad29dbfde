import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { nodeProvider as crypto } from "../../core/crypto/node_provider.ts";
import { toHex } from "../../core/wire/mod.ts";
import type {
  RTCConfiguration,
  RTCDataChannel,
  RTCPeerConnection,
  RTCPeerConnectionIceErrorEvent,
} from "../../mod.ts";
import { createPeerConnection } from "../../peer/rtc_peer_connection.ts";
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

test("100 MB go through relays unharmed", async () => {
  const coturn = await Coturn.start();
  const pair = new RelayedPair(coturn, { iceServers: [server(coturn.url("udp"))] });
  try {
    const { a, b } = await pair.open();
    const start = performance.now();
    const [sent, received] = await transfer(a, b, 100_000_000);
    // deno-lint-ignore no-console
    console.log(
      `100 MB through two relays in ${((performance.now() - start) / 1000).toFixed(1)} s`,
    );
    assertEquals(received, sent);
  } finally {
    await pair.close();
    await coturn.close();
  }
});

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
