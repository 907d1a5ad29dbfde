import { assert, assertEquals, assertThrows } from "@std/assert";
import type { RTCConfiguration, RTCPeerConnection } from "../../mod.ts";
import { MAX_POOLED } from "../../peer/connection/candidate_pool.ts";
import { createPeerConnection } from "../../peer/rtc_peer_connection.ts";
import { type Host, stunResponder, VirtualNetwork } from "../net/mod.ts";
import { settle } from "../support/virtual_clock.ts";
import { Pair } from "./pair.ts";

const SERVER = "203.0.113.10", OTHER_SERVER = "203.0.113.11";
const servers = (ip = SERVER) => ({ iceServers: [{ urls: `stun:${ip}` }] });

/** One host behind a NAT, with a STUN server outside. */
class Lone {
  readonly net = new VirtualNetwork({ seed: 7 });
  readonly host: Host;
  /** To which STUN servers packets went. */
  readonly asked: string[] = [];
  readonly pcs: RTCPeerConnection[] = [];

  private constructor() {
    this.host = this.net.nat("full-cone", { outside: "203.0.113.1" }).host("192.168.0.2");
    this.net.tap = ({ source, destination }) => {
      if (source.ip === "192.168.0.2") this.asked.push(destination.ip);
    };
  }

  static async create(): Promise<Lone> {
    const lone = new Lone();
    for (const ip of [SERVER, OTHER_SERVER]) await lone.net.server(ip, 3478, stunResponder);
    return lone;
  }

  connect(configuration: RTCConfiguration): RTCPeerConnection {
    const pc = createPeerConnection({ network: this.host }, configuration);
    this.pcs.push(pc);
    return pc;
  }

  async close(): Promise<void> {
    for (const pc of this.pcs) pc.close();
    await this.net.clock.advance(1000);
    await settle();
    assertEquals(this.host.sockets, []);
    this.net.clock.assertIdle();
  }
}

/** Of the UDP candidates in the local description. */
function types(pc: RTCPeerConnection): string[] {
  const found = pc.localDescription!.sdp.matchAll(/^a=candidate:\S+ 1 udp .* typ (\w+)/gm);
  return Array.from(found, ([, type]) => type!).sort();
}

Deno.test("a pool gathers at once, and hands its candidates over when a description asks for them (RFC 9429 section 3.5.4)", async () => {
  const lone = await Lone.create();
  const pc = lone.connect({ ...servers(), iceCandidatePoolSize: 1 });
  const told: string[] = [];
  for (const type of ["icecandidate", "icegatheringstatechange"]) {
    pc.addEventListener(type, () => told.push(pc.iceGatheringState));
  }
  await lone.net.clock.advance(5000);
  assertEquals(lone.host.sockets.length, 1);
  assert(lone.asked.includes(SERVER));
  assertEquals([told, pc.iceGatheringState], [[], "new"]);
  lone.asked.length = 0;
  pc.createDataChannel("x");
  await pc.setLocalDescription();
  await settle(); // no time passes
  assertEquals(pc.iceGatheringState, "complete");
  assertEquals(types(pc), ["host", "srflx"]);
  assertEquals(new Set(told), new Set(["gathering", "complete"]));
  assertEquals([lone.asked, lone.host.sockets.length], [[], 1]);
  await lone.close();
});

Deno.test("without a pool, nothing is opened before a local description", async () => {
  const lone = await Lone.create();
  lone.connect(servers());
  await lone.net.clock.advance(1000);
  assertEquals([lone.host.sockets.length, lone.asked], [0, []]);
  await lone.close();
});

Deno.test("pooled candidates are kept alive in the NAT for as long as they may be needed", async () => {
  const lone = await Lone.create();
  const pc = lone.connect({ ...servers(), iceCandidatePoolSize: 1 });
  await lone.net.clock.advance(600_000);
  assert(lone.asked.length > 20, `${lone.asked.length} packets`);
  pc.createDataChannel("x");
  await pc.setLocalDescription();
  await settle();
  assertEquals(types(pc), ["host", "srflx"]);
  await lone.close();
});

Deno.test("a pool that is too small, and one that had no time, are made up for by gathering as usual", async () => {
  const lone = await Lone.create();
  const pc = lone.connect({
    ...servers(),
    iceCandidatePoolSize: 1,
    bundlePolicy: "max-compat",
  });
  pc.addTransceiver("audio");
  pc.createDataChannel("x");
  await pc.setLocalDescription();
  await lone.net.clock.until(() => pc.iceGatheringState === "complete");
  assertEquals(types(pc), ["host", "host", "srflx", "srflx"]);
  assertEquals(lone.host.sockets.length, 2);
  await lone.close();
});

Deno.test("each section that has a transport of its own takes one from the pool", async () => {
  const lone = await Lone.create();
  const pc = lone.connect({ ...servers(), iceCandidatePoolSize: 2, bundlePolicy: "max-compat" });
  await lone.net.clock.advance(1000);
  const before = lone.asked.length;
  pc.addTransceiver("audio");
  pc.createDataChannel("x");
  await pc.createOffer();
  await pc.setLocalDescription();
  await settle();
  assertEquals(types(pc), ["host", "host", "srflx", "srflx"]);
  assertEquals([lone.host.sockets.length, lone.asked.length], [2, before]);
  await lone.close();
});

Deno.test("an answer takes its transport from the pool, too, and an answer ends the pool (RFC 9429 section 5.11)", async () => {
  const pair = new Pair({ configuration: { iceCandidatePoolSize: 3 } });
  await pair.advance(1000);
  const sockets = () => [pair.hosts.alice.sockets.length, pair.hosts.bob.sockets.length];
  assertEquals(sockets(), [3, 3]);
  const { a, b } = await pair.open();
  const heard: string[] = [];
  b.onmessage = ({ data }) => heard.push(data);
  a.send("over a pooled transport");
  await pair.until(() => heard.length === 1);
  assertEquals(sockets(), [1, 1]);
  assertEquals(pair.alice.sctp!.transport.iceTransport.role, "controlling");
  assertEquals(pair.bob.sctp!.transport.iceTransport.role, "controlled");
  pair.alice.setConfiguration({ ...servers(), iceCandidatePoolSize: 3 });
  await pair.advance(1000);
  assertEquals(sockets(), [1, 1]);
  await pair.close();
});

Deno.test("setConfiguration resizes the pool until there is a local description, and never after (W3C WebRTC section 4.4.1.6)", async () => {
  const lone = await Lone.create();
  const pc = lone.connect({});
  for (const iceCandidatePoolSize of [3, 1, 0, 2]) {
    pc.setConfiguration({ iceCandidatePoolSize });
    await lone.net.clock.advance(100);
    assertEquals(lone.host.sockets.length, iceCandidatePoolSize);
  }
  pc.createDataChannel("x");
  await pc.setLocalDescription();
  for (const again of [false, true]) {
    // Rolling back does not undo that it was set.
    if (again) await pc.setLocalDescription({ type: "rollback" });
    const error = assertThrows(
      () => pc.setConfiguration({ iceCandidatePoolSize: 3 }),
      DOMException,
    );
    assertEquals(error.name, "InvalidModificationError");
  }
  pc.setConfiguration({ iceCandidatePoolSize: 2 });
  await lone.close();
});

Deno.test("a pool is gathered anew from other servers (RFC 9429 section 4.1.18)", async () => {
  const lone = await Lone.create();
  const pc = lone.connect({ ...servers(), iceCandidatePoolSize: 1 });
  await lone.net.clock.advance(1000);
  pc.setConfiguration({ ...servers(OTHER_SERVER), iceCandidatePoolSize: 1 });
  await lone.net.clock.advance(1000);
  assertEquals(new Set(lone.asked), new Set([SERVER, OTHER_SERVER]));
  assertEquals(lone.host.sockets.length, 1);
  const urls: (string | null)[] = [];
  pc.onicecandidate = ({ candidate }) => {
    if (candidate?.type === "srflx") urls.push(candidate.url);
  };
  pc.createDataChannel("x");
  await pc.setLocalDescription();
  await settle();
  assertEquals(urls, [`stun:${OTHER_SERVER}`]);
  await lone.close();
});

Deno.test("a pool does not tell what a policy that came later forbids (RFC 8828 section 5.2)", async () => {
  const lone = await Lone.create();
  const offerer = lone.connect({});
  offerer.createDataChannel("x");
  await offerer.setLocalDescription();
  const pc = lone.connect({ ...servers(), iceCandidatePoolSize: 1 });
  await lone.net.clock.advance(1000);
  await pc.setRemoteDescription(offerer.localDescription!); // takes the transport out of the pool
  pc.setConfiguration({ ...servers(), iceCandidatePoolSize: 1, iceTransportPolicy: "relay" });
  const told: string[] = [];
  pc.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) told.push(candidate.candidate);
  };
  await pc.setLocalDescription();
  await lone.net.clock.advance(1000);
  assertEquals([told, types(pc)], [[], []]);
  await lone.close();
});

Deno.test("a pool is bounded, whatever was asked for, and goes with its connection", async () => {
  const lone = await Lone.create();
  const pc = lone.connect({ iceCandidatePoolSize: 255 });
  assertEquals(pc.getConfiguration().iceCandidatePoolSize, 255);
  await lone.net.clock.advance(100);
  assertEquals(lone.host.sockets.length, MAX_POOLED);
  await lone.close();
});
