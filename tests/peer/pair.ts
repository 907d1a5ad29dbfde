import { assertEquals } from "@std/assert";
import type { Millis } from "../../core/stage/mod.ts";
import type {
  RTCConfiguration,
  RTCDataChannel,
  RTCDataChannelInit,
  RTCIceCandidate,
  RTCPeerConnection,
  RTCSessionDescriptionInit,
} from "../../mod.ts";
import { createRTCPeerConnection, type PeerConnectionSettings } from "../../peer/settings.ts";
import { type Host, VirtualNetwork } from "../net/mod.ts";
import { settle } from "../support/virtual_clock.ts";

/** Which end of a {@linkcode Pair}. */
export type End = "alice" | "bob";

/** How a {@linkcode Pair} is set up. */
export interface PairOptions {
  seed?: number;
  configuration?: RTCConfiguration;
  /** Whether candidates are signalled one by one; true by default. */
  trickle?: boolean;
  /** Of either end, beside its network. */
  settings?: Partial<Record<End, PeerConnectionSettings>>;
  /** What stands between the peers, instead of a plain wire. */
  hosts?: (net: VirtualNetwork) => { alice: Host; bob: Host };
}

/** Two whole connections on a virtual network, in virtual time. */
export class Pair {
  readonly net: VirtualNetwork;
  readonly hosts: Record<End, Host>;
  readonly alice: RTCPeerConnection;
  readonly bob: RTCPeerConnection;
  readonly #trickle: boolean;

  constructor(options: PairOptions = {}) {
    this.net = new VirtualNetwork({ seed: options.seed ?? 1 });
    this.hosts = options.hosts?.(this.net) ??
      { alice: this.net.host("198.51.100.1"), bob: this.net.host("198.51.100.2") };
    const connect = (end: End) => {
      const settings = { network: this.hosts[end], ...options.settings?.[end] };
      return new (createRTCPeerConnection(settings))(options.configuration);
    };
    [this.alice, this.bob] = [connect("alice"), connect("bob")];
    this.#trickle = options.trickle ?? true;
    if (this.#trickle) {
      relayCandidates(this.alice, this.bob);
      relayCandidates(this.bob, this.alice);
    }
  }

  /** One offer of `from` and its answer. */
  async negotiate(from: End = "alice"): Promise<void> {
    const [offerer, answerer] = from === "alice" ? [this.alice, this.bob] : [this.bob, this.alice];
    await offerer.setLocalDescription();
    if (!this.#trickle) await this.gathered(offerer);
    await answerer.setRemoteDescription(offerer.localDescription!);
    await answerer.setLocalDescription();
    if (!this.#trickle) await this.gathered(answerer);
    await offerer.setRemoteDescription(answerer.localDescription!);
  }

  /** A channel of Alice's, and Bob's end of it, once both are open. */
  async open(
    label = "channel",
    init: RTCDataChannelInit = {},
  ): Promise<{ a: RTCDataChannel; b: RTCDataChannel }> {
    const a = this.alice.createDataChannel(label, init);
    let b: RTCDataChannel | undefined;
    const listen = ({ channel }: { channel: RTCDataChannel }) => {
      if (channel.label === label) b = channel;
    };
    this.bob.addEventListener("datachannel", listen);
    if (this.alice.currentLocalDescription === null) await this.negotiate();
    await this.until(() => a.readyState === "open" && b?.readyState === "open");
    this.bob.removeEventListener("datachannel", listen);
    return { a, b: b! };
  }

  /** Lets virtual time go by until `condition` holds. */
  until(condition: () => boolean, limit?: Millis): Promise<void> {
    return this.net.clock.until(condition, limit);
  }

  /** Lets virtual time go by. */
  advance(millis: Millis): Promise<void> {
    return this.net.clock.advance(millis);
  }

  /** Lets time go by until a connection has all its candidates. */
  gathered(pc: RTCPeerConnection): Promise<void> {
    return this.until(() => pc.iceGatheringState === "complete");
  }

  /** Closes both, and checks that no timer and no socket is left. */
  async close(): Promise<void> {
    this.alice.close();
    this.bob.close();
    await this.advance(1000);
    await settle();
    assertEquals(
      this.hosts.alice.sockets.length + this.hosts.bob.sockets.length,
      0,
      "sockets left open",
    );
    this.net.clock.assertIdle();
  }
}

function relayCandidates(from: RTCPeerConnection, to: RTCPeerConnection): void {
  const held: RTCIceCandidate[] = [];
  const release = () => {
    if (to.remoteDescription === null) return;
    for (const candidate of held.splice(0)) {
      to.addIceCandidate(candidate).catch(ignoreLate(to, candidate));
    }
  };
  from.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate === null) return;
    held.push(candidate);
    release();
  });
  to.addEventListener("signalingstatechange", release);
}

/** A candidate may come too late: for a connection that has closed, or an offer that was rolled back. */
const ignoreLate =
  (pc: RTCPeerConnection, { usernameFragment }: RTCIceCandidate) => (error: unknown) => {
    const awaited = pc.remoteDescription?.sdp.includes(`a=ice-ufrag:${usernameFragment}\r\n`);
    if (pc.signalingState !== "closed" && awaited) throw error;
  };

/** Everything that a channel brings, as it comes. */
export function collect(channel: RTCDataChannel): (string | ArrayBuffer)[] {
  const messages: (string | ArrayBuffer)[] = [];
  channel.addEventListener("message", ({ data }) => messages.push(data));
  return messages;
}

/** The types of the events that fire, in their order. */
export function record(target: EventTarget, ...types: string[]): string[] {
  const fired: string[] = [];
  for (const type of types) target.addEventListener(type, () => fired.push(type));
  return fired;
}

/** A description without the lines that match. */
export function without(
  description: RTCSessionDescriptionInit,
  line: RegExp,
): RTCSessionDescriptionInit {
  const lines = description.sdp!.split("\r\n").filter((text) => !line.test(text));
  return { type: description.type, sdp: lines.join("\r\n") };
}

/** A description in which the second section, which is the one for data, is rejected. */
export function rejectingData({ type, sdp }: RTCSessionDescriptionInit): RTCSessionDescriptionInit {
  return {
    type,
    sdp: sdp!.replace(/^a=group:BUNDLE.*/m, "a=group:BUNDLE 0").replace(
      /^m=application \d+/m,
      "m=application 0",
    ),
  };
}
