import type {
  RTCDataChannelInit,
  RTCIceCandidateInit,
  RTCPeerConnection,
  RTCPeerConnectionState,
  RTCSessionDescriptionInit,
} from "../../../mod.ts";
import { describe, pattern, sha256, until } from "./data.ts";
import { Mailbox } from "./mailbox.ts";

/** What two sides tell each other through the test. */
export type Signal =
  | { readonly description: RTCSessionDescriptionInit }
  | { readonly candidate: RTCIceCandidateInit };

/** How a {@linkcode Side} is set up. */
export interface SideOptions {
  /** Candidates travel one by one; otherwise the description waits until all are in it. */
  readonly trickle: boolean;
}

/**
 * One end of a connection. This very source runs in a browser's page and in Deno, so that a scenario cannot tell the two apart;
 * it may therefore use only what exists at both, and the modules that page.ts ships.
 */
export class Side {
  readonly pc: RTCPeerConnection;
  /** Every connection state that was reached, in order. */
  readonly states: string[] = [];
  /** The candidates that were gathered, as lines. */
  readonly candidates: string[] = [];
  /** The candidates that the other side told of, as lines. */
  readonly remoteCandidates: string[] = [];
  /** Mailboxes by label. */
  readonly mailboxes: Map<string, Mailbox> = new Map();
  /** The labels of the channels that the other side opened. */
  readonly announced: string[] = [];
  /** Helpers for the functions of a scenario, which can't import. */
  readonly pattern = pattern;
  readonly sha256 = sha256;
  readonly describe = describe;
  readonly until = until;

  #signal: (signal: Signal) => void;
  /** Whether candidates travel one by one. */
  trickle: boolean;
  #received: Promise<void> = Promise.resolve();

  constructor(pc: RTCPeerConnection, signal: (signal: Signal) => void, options: SideOptions) {
    this.pc = pc;
    this.#signal = signal;
    this.trickle = options.trickle;
    pc.addEventListener("connectionstatechange", () => this.states.push(pc.connectionState));
    pc.addEventListener("datachannel", ({ channel }) => {
      this.announced.push(channel.label);
      this.mailboxes.set(channel.label, new Mailbox(channel));
    });
    pc.addEventListener("icecandidate", ({ candidate }) => {
      if (!candidate) return;
      if (candidate.candidate) this.candidates.push(candidate.candidate);
      if (this.trickle) this.#signal({ candidate: candidate.toJSON() });
    });
  }

  /** Opens a channel. */
  open(label: string, init?: RTCDataChannelInit): Mailbox {
    const mailbox = new Mailbox(this.pc.createDataChannel(label, init));
    this.mailboxes.set(label, mailbox);
    return mailbox;
  }

  /** The open channel of that label, from whichever side. */
  async mailbox(label: string): Promise<Mailbox> {
    await until(this.pc, ["datachannel"], () => this.mailboxes.has(label));
    const mailbox = this.mailboxes.get(label)!;
    await mailbox.opened();
    return mailbox;
  }

  /** Makes an offer and sends it. */
  async offer(): Promise<void> {
    await this.pc.setLocalDescription(await this.pc.createOffer());
    await this.#describe();
  }

  /** Takes what the other side sent, one signal after the other, and answers an offer. */
  receive(signal: Signal): Promise<void> {
    return this.#received = this.#received.then(() => this.#apply(signal));
  }

  /** Waits for one of these connection states. */
  async reached(...states: RTCPeerConnectionState[]): Promise<RTCPeerConnectionState> {
    const { pc } = this;
    await until(pc, ["connectionstatechange"], () => states.includes(pc.connectionState));
    return pc.connectionState;
  }

  /** The state of everything, for the message of a failed test. */
  report(): string {
    const { pc } = this;
    const channels = Array.from(
      this.mailboxes.values(),
      ({ channel, events, waiting }) =>
        `${channel.label.slice(0, 20)}: ${channel.readyState}, ${waiting} waiting, ` +
        `${channel.bufferedAmount} buffered, events ${events.join(" ")}`,
    );
    return [
      `connection ${pc.connectionState} (${
        this.states.join(" ")
      }), ice ${pc.iceConnectionState}, ` +
      `signaling ${pc.signalingState}, sctp ${pc.sctp?.state}, dtls ${pc.sctp?.transport.state}`,
      `candidates ${this.candidates.join(" | ")}; of the other side ${
        this.remoteCandidates.join(" | ")
      }`,
      ...channels.slice(0, 4),
    ].join("\n    ");
  }

  async #apply(signal: Signal): Promise<void> {
    if ("candidate" in signal) {
      this.remoteCandidates.push(signal.candidate.candidate ?? "");
      return await this.pc.addIceCandidate(signal.candidate);
    }
    await this.pc.setRemoteDescription(signal.description);
    if (signal.description.type !== "offer") return;
    await this.pc.setLocalDescription(await this.pc.createAnswer());
    await this.#describe();
  }

  async #describe(): Promise<void> {
    const { pc } = this;
    if (!this.trickle) {
      await until(pc, ["icegatheringstatechange"], () => pc.iceGatheringState === "complete");
    }
    const { type, sdp } = pc.localDescription!;
    this.#signal({ description: { type, sdp } });
  }
}
