import type {
  RTCDataChannelInit,
  RTCIceCandidateInit,
  RTCSessionDescriptionInit,
} from "../../../mod.ts";
import { StackChannel } from "./channel.ts";
import type { StackProcess } from "./process.ts";
import type { Command, ConnectionState, Happening } from "./protocol.ts";

const NEW: ConnectionState = {
  connection: "new",
  ice: "new",
  gathering: "new",
  signaling: "stable",
  local: null,
};

/** The event of each part of the state, in the order of RTCPeerConnection. */
const STATE_EVENTS = {
  signaling: "signalingstatechange",
  gathering: "icegatheringstatechange",
  ice: "iceconnectionstatechange",
  connection: "connectionstatechange",
} as const;

/** A connection of another stack, with as much of `RTCPeerConnection` as the scenarios use. */
export class StackConnection extends EventTarget {
  readonly #process: StackProcess;
  readonly #number: number;
  readonly #channels = new Map<number, StackChannel>();
  #state: ConnectionState = NEW;
  #current: RTCSessionDescriptionInit | null = null;
  #restart = false;
  #created: Promise<void> = Promise.resolve();
  #earlyCandidates: RTCIceCandidateInit[] | undefined;

  constructor(process: StackProcess) {
    super();
    this.#process = process;
    this.#number = process.register((happening) => this.#happened(happening));
    void this.#do({ do: "open" });
  }

  get connectionState(): string {
    return this.#state.connection;
  }

  get iceConnectionState(): string {
    return this.#state.ice;
  }

  get iceGatheringState(): string {
    return this.#state.gathering;
  }

  get signalingState(): string {
    return this.#state.signaling;
  }

  get localDescription(): RTCSessionDescriptionInit | null {
    return this.#state.local;
  }

  /** The description that was last in force. */
  get currentLocalDescription(): RTCSessionDescriptionInit | null {
    return this.#current;
  }

  createDataChannel(label: string, init: RTCDataChannelInit = {}): StackChannel {
    const number = this.#channels.size + 1;
    this.#created = this.#do({ do: "createDataChannel", channel: number, label, init });
    return this.#add(number, label);
  }

  /** Resolves once the program has every channel that was created. */
  get created(): Promise<void> {
    return this.#created;
  }

  createOffer(): Promise<RTCSessionDescriptionInit> {
    const iceRestart = this.#restart;
    this.#restart = false;
    return this.#ask({ do: "createOffer", iceRestart }) as Promise<RTCSessionDescriptionInit>;
  }

  createAnswer(): Promise<RTCSessionDescriptionInit> {
    return this.#ask({ do: "createAnswer" }) as Promise<RTCSessionDescriptionInit>;
  }

  /** Some stacks tell of candidates before this is done; here they come after it, when the caller has sent the description. */
  async setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
    const early: RTCIceCandidateInit[] = this.#earlyCandidates = [];
    await this.#ask({ do: "setLocalDescription", description });
    setTimeout(() => {
      this.#earlyCandidates = undefined;
      for (const candidate of early) this.#tellCandidate(candidate);
    });
  }

  async setRemoteDescription({ type, sdp }: RTCSessionDescriptionInit): Promise<void> {
    await this.#ask({ do: "setRemoteDescription", description: { type, sdp: sdp! } });
  }

  async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    await this.#ask({ do: "addIceCandidate", candidate });
  }

  /** From now on each track that comes is sent back; if this side offers, it asks for audio and video. */
  async sendBack(offers: boolean): Promise<void> {
    await this.#ask({ do: "sendBack", offers });
  }

  /** The next offer restarts ICE. */
  restartIce(): void {
    this.#restart = true;
  }

  close(): void {
    this.#state = { ...this.#state, connection: "closed", ice: "closed", signaling: "closed" };
    void this.#do({ do: "close" });
  }

  #ask(command: Command): Promise<unknown> {
    return this.#process.request(this.#number, command);
  }

  /** For what answers nothing: nobody waits, so a failure is kept for the end of the scenario. */
  async #do(command: Command): Promise<void> {
    await this.#ask(command).catch((error) => this.#process.failures.push(error));
  }

  #add(number: number, label: string): StackChannel {
    const channel = new StackChannel(label, (command) => this.#do({ ...command, channel: number }));
    this.#channels.set(number, channel);
    return channel;
  }

  #happened(happening: Happening): void {
    switch (happening.event) {
      case "state":
        return this.#state.connection === "closed" ? undefined : this.#enter(happening);
      case "candidate":
        if (this.#earlyCandidates) return void this.#earlyCandidates.push(happening.candidate);
        return this.#tellCandidate(happening.candidate);
      case "datachannel": {
        const channel = this.#add(happening.channel, happening.label);
        return void this.dispatchEvent(Object.assign(new Event("datachannel"), { channel }));
      }
      default:
        this.#channels.get(happening.channel)?.happened(happening);
    }
  }

  #tellCandidate(candidate: RTCIceCandidateInit): void {
    const event = { candidate: { ...candidate, toJSON: () => candidate } };
    this.dispatchEvent(Object.assign(new Event("icecandidate"), event));
  }

  #enter(state: ConnectionState): void {
    const before = this.#state;
    this.#state = state;
    if (state.signaling === "stable") this.#current = state.local;
    for (const [part, event] of Object.entries(STATE_EVENTS)) {
      const key = part as keyof typeof STATE_EVENTS;
      if (state[key] !== before[key]) this.dispatchEvent(new Event(event));
    }
  }
}
