import { assert, assertEquals } from "@std/assert";
import {
  type RTCPeerConnection,
  type RTCRtpTransceiver,
  RTCSessionDescription,
} from "../../../mod.ts";
import { createRTCPeerConnection } from "../../../peer/settings.ts";
import { receives, sends } from "../../../peer/jsep/media/mod.ts";
import { reverseDirection } from "../../../sdp/mod.ts";
import { type Host, VirtualNetwork } from "../../net/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { settle } from "../../support/virtual_clock.ts";
import { PerfectPeer, type Signal } from "./perfect_peer.ts";
import { RandomOperations } from "./random_operations.ts";

type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** Two connections that negotiate perfectly, while somebody makes calls at random and delivers signals when it likes. */
class RandomCall {
  readonly #random: Random;
  readonly #net: VirtualNetwork;
  readonly #hosts: readonly Host[];
  readonly #operations: RandomOperations;
  readonly peers: readonly [PerfectPeer, PerfectPeer];
  readonly log: string[] = [];
  /** The labels of the channels that either side was told of. */
  readonly #announced: string[] = [];
  /** What has come on channels, whatever side they are of. */
  readonly #heard: string[] = [];

  /** Without bundling, every section has a transport of its own: at one end, all on one port. */
  constructor(seed: number, readonly bundles: boolean) {
    this.#random = new Random(seed);
    this.#net = new VirtualNetwork({ seed });
    this.#operations = new RandomOperations(this.#random);
    this.#hosts = [this.#net.host("198.51.100.1"), this.#net.host("198.51.100.2")];
    const [impolite, polite] = this.#hosts.map((network, index) => {
      const settings = bundles || index === 1 ? { network } : { network, udpPort: 3478 };
      const Connection = createRTCPeerConnection(settings);
      const pc = new Connection({ bundlePolicy: bundles ? "balanced" : "max-compat" });
      return new PerfectPeer(pc, index === 1);
    });
    this.peers = [impolite!, polite!];
    for (const { pc } of this.peers) {
      pc.ondatachannel = ({ channel }) => {
        this.#announced.push(channel.label);
        channel.onmessage = ({ data }) => {
          this.#heard.push(data);
          channel.send(data);
        };
      };
    }
  }

  /** Makes a call on one side, or delivers a signal, or lets some of what is queued happen. */
  async step(): Promise<void> {
    const from = this.#random.below(2);
    const peer = this.peers[from]!;
    if (this.#random.chance(0.4)) {
      this.log.push(`${from}: ${await this.#operations.run(peer.pc)}`);
    } else if (peer.signals.length > 0) {
      this.#deliver(from, peer.signals.shift()!);
    }
    for (let turns = this.#random.below(4); turns > 0; turns--) await Promise.resolve();
    if (this.#random.chance(0.3)) await settle();
    if (this.#random.chance(0.1)) await this.#net.clock.advance(this.#random.below(2000)); // signalling is slow
    this.#checkErrors();
  }

  #deliver(from: number, signal: Signal): void {
    this.log.push(`${from} signals ${nameOf(signal)}`);
    this.peers[1 - from]!.receive(this.bundles ? signal : withoutBundle(signal));
  }

  #checkErrors(): void {
    for (const { errors } of this.peers) if (errors.length > 0) throw errors[0];
  }

  /** Delivers what is signalled until there is no more. */
  async converge(): Promise<void> {
    const isDone = () =>
      this.peers.every(({ pc, isBusy, signals }) =>
        pc.signalingState === "stable" && !isBusy && signals.length === 0
      );
    for (let quiet = 0, rounds = 0; quiet < 3; rounds++) {
      assert(rounds < 300, "it does not converge");
      quiet = isDone() ? quiet + 1 : 0;
      for (const [from, { signals }] of this.peers.entries()) {
        for (const signal of signals.splice(0)) this.#deliver(from, signal);
      }
      await this.#net.clock.advance(20);
      await settle();
      this.#checkErrors();
    }
  }

  /** What was negotiated connects, and every channel is there on both sides. */
  async checkConnection(): Promise<void> {
    const { channels } = this.#operations;
    const until = (condition: () => boolean) => this.#net.clock.until(condition, 120_000);
    const isUsed = this.peers.some(({ pc }) =>
      pc.sctp !== null || pc.getTransceivers().some(({ direction }) => direction !== "stopped")
    );
    if (!isUsed) return;
    await until(() => this.peers.every(({ pc }) => pc.connectionState === "connected"));
    await until(() => channels.every(({ readyState }) => readyState === "open"));
    this.#heard.length = 0;
    for (const channel of channels) {
      channel.onmessage = ({ data }) => this.#heard.push(data);
      channel.send(channel.label);
    }
    await until(() => this.#heard.length === 2 * channels.length);
    assertEquals(this.#announced.toSorted(), channels.map(({ label }) => label).sort());
    const twice = channels.flatMap(({ label }) => [label, label]);
    assertEquals(this.#heard.toSorted(), twice.sort());
  }

  /** Whatever track is to be sent arrives. */
  async checkMedia(): Promise<void> {
    const [a, b] = this.peers.map(({ pc }) => pc) as [RTCPeerConnection, RTCPeerConnection];
    const before = [await packetsReceived(a), await packetsReceived(b)];
    for (let frame = 0; frame < 10; frame++) {
      this.#operations.write();
      await this.#net.clock.advance(33);
    }
    await this.#net.clock.advance(200);
    const after = [await packetsReceived(a), await packetsReceived(b)];
    for (const [from, pc] of [a, b].entries()) {
      for (const mid of pc.getTransceivers().filter(isSending).map(({ mid }) => mid!)) {
        const [first = 0, last = 0] = [before, after].map((ends) => ends[1 - from]!.get(mid));
        assert(last > first, `nothing of the section ${mid} comes from ${from}`);
      }
    }
  }

  async close(): Promise<void> {
    for (const { pc } of this.peers) pc.close();
    const late: string[] = [];
    for (const { pc } of this.peers) {
      for (const type of EVENTS) pc.addEventListener(type, () => late.push(type));
    }
    this.#operations.close();
    await this.#net.clock.advance(10_000);
    await settle();
    assertEquals(late, [], "events after close");
    assertEquals(this.#hosts.flatMap(({ sockets }) => sockets), []);
    this.#net.clock.assertIdle();
  }
}

/** By the mid of their section. */
async function packetsReceived(pc: RTCPeerConnection): Promise<Map<string, number>> {
  const packets = new Map<string, number>();
  for (const stats of (await pc.getStats()).values()) {
    if (stats.type !== "inbound-rtp") continue;
    packets.set(stats.mid, (packets.get(stats.mid) ?? 0) + stats.packetsReceived);
  }
  return packets;
}

function withoutBundle(signal: Signal): Signal {
  if (!("description" in signal)) return signal;
  const { type, sdp } = signal.description;
  return {
    description: new RTCSessionDescription({
      type,
      sdp: sdp.replace(/^a=group:BUNDLE.*\r\n/m, ""),
    }),
  };
}

function isSending({ sender, currentDirection }: RTCRtpTransceiver): boolean {
  const { encodings } = sender.getParameters();
  const isActive = encodings.some(({ active }) => active);
  return sender.track !== null && isActive && sends(currentDirection as Direction);
}

function nameOf(signal: Signal): string {
  return "description" in signal
    ? `${signal.description.type} of ${signal.description.sdp.match(/ice-ufrag:\S+/)}`
    : `candidate of ${signal.candidate?.usernameFragment}`;
}

const EVENTS = [
  ...["negotiationneeded", "signalingstatechange", "track", "datachannel", "icecandidate"],
  ...["connectionstatechange", "iceconnectionstatechange", "icegatheringstatechange"],
];

/** What both sides must agree upon once they have negotiated. */
function checkAgreement([a, b]: readonly [RTCPeerConnection, RTCPeerConnection]): void {
  const sections = (sdp: string) => sdp.match(/^m=\S+ \d+/gm);
  const kinds = (sdp: string) => sections(sdp)?.map((line) => line.split(" ")[0]);
  for (const pc of [a, b]) {
    assertEquals(pc.signalingState, "stable");
    assertEquals([pc.pendingLocalDescription, pc.pendingRemoteDescription], [null, null]);
  }
  if (a.currentLocalDescription === null) {
    assertEquals(b.currentLocalDescription, null);
    return;
  }
  assertEquals(kinds(a.localDescription!.sdp), kinds(b.localDescription!.sdp));
  // Candidates that come later are added to both, but only the own description has a default one of them. Where they end without a word of
  // the section, they do in all of the peer's, bundled ones too.
  const withoutDefaults = ({ sdp }: { sdp: string }) =>
    sdp.replace(/^(m=\S+) [1-9]\d*/gm, "$1 9").replace(/^c=.*/gm, "c=")
      .replaceAll(/^a=(end-of-candidates|group:BUNDLE.*)\r\n/gm, "");
  assertEquals(withoutDefaults(a.localDescription!), withoutDefaults(b.remoteDescription!));
  const used = (pc: RTCPeerConnection) =>
    new Map(
      pc.getTransceivers().filter(({ direction }) => direction !== "stopped")
        .map((transceiver) => [transceiver.mid!, transceiver]),
    );
  const [ours, theirs] = [used(a), used(b)];
  assert(!ours.has(null!) && !theirs.has(null!), "a transceiver has no section");
  assertEquals([...ours.keys()].sort(), [...theirs.keys()].sort());
  for (const [mid, one] of ours) checkTransceivers(one, theirs.get(mid)!);
  assertEquals(a.sctp === null, b.sctp === null);
}

function checkTransceivers(one: RTCRtpTransceiver, other: RTCRtpTransceiver): void {
  assertEquals(one.receiver.track.kind, other.receiver.track.kind);
  const current = one.currentDirection as Direction;
  assertEquals(other.currentDirection, reverseDirection(current));
  const [wanted, offered] = [one.direction as Direction, other.direction as Direction];
  assertEquals(sends(current), sends(wanted) && receives(offered));
  assertEquals(receives(current), receives(wanted) && sends(offered));
  const types = (transceiver: RTCRtpTransceiver) =>
    transceiver.sender.getParameters().codecs.map(({ payloadType }) => payloadType);
  assertEquals(types(one).sort(), types(other).sort());
  assert(types(one).length > 0);
  assertEquals(one.receiver.track.readyState, "live");
  assert(one.sender.transport !== null && one.sender.transport === one.receiver.transport);
}

const SEQUENCES = 40;
const STEPS = 40;

Deno.test("random calls on two connections, with collisions of offers, always end in agreement", async () => {
  const seed = seedForRun("negotiation");
  let ignored = 0;
  for (let sequence = 0; sequence < SEQUENCES; sequence++) {
    const call = new RandomCall(seed + sequence, sequence % 4 > 0);
    const [a, b] = call.peers;
    try {
      for (let step = 0; step < STEPS; step++) await call.step();
      await call.converge();
      checkAgreement([a.pc, b.pc]);
      await call.checkConnection();
      await call.checkMedia();
      // Once more, to see that what was agreed upon can be changed.
      for (let step = 0; step < STEPS / 4; step++) await call.step();
      await call.converge();
      checkAgreement([a.pc, b.pc]);
      await call.checkConnection();
      await call.checkMedia();
      await call.close();
    } catch (error) {
      throw new Error(`Sequence ${sequence}: ${call.log.slice(-30).join(", ")}`, { cause: error });
    }
    ignored += a.ignored;
  }
  assert(ignored > 0, "no offers have collided");
});
