import type { ChannelItem } from "../../sctp/mod.ts";
import { RTCDataChannelEvent } from "../events/rtc_data_channel_event.ts";
import { RTCErrorEvent } from "../events/rtc_error_event.ts";
import {
  type ChannelHost,
  type ChannelMessage,
  type ChannelParameters,
  type ChannelSlots,
  channelSlots,
  RTCDataChannel,
} from "../rtc_data_channel.ts";
import { channelPriorityOf, priorityTypeOf } from "../rtc_priority_type.ts";
import { RTCError, type RTCErrorDetailType } from "../rtc_error.ts";
import type { SctpTransportSlots } from "../rtc_sctp_transport.ts";
import { queueTask } from "../../webidl/task.ts";
import { construct } from "../../webidl/construct.ts";
import { ChannelRecords } from "./channel_records.ts";

/** The largest id (RFC 8832 section 6: 65535 is not used). */
export const MAX_CHANNEL_ID = 65534;

/** What the channels need of their connection. */
export interface ChannelsHost {
  /** Where `datachannel` fires. */
  readonly target: EventTarget;
  readonly isClosed: boolean;
  /** The association's slots, once there is one. */
  readonly sctp: SctpTransportSlots | undefined;
  /** Puts items on the pipeline. */
  sendItems(items: readonly ChannelItem[]): void;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The data channels of one connection: ids, announcing, closing, messages (W3C WebRTC section 6.2). */
export class DataChannelTable implements ChannelHost {
  /** What statistics tell of. */
  readonly records: ChannelRecords = new ChannelRecords();
  readonly #host: ChannelsHost;
  /** [[DataChannels]], in the order in which they came to be. */
  readonly #channels = new Set<RTCDataChannel>();
  readonly #byId = new Map<number, RTCDataChannel>();
  #parity: 0 | 1 | undefined;
  #nextId = 0;
  /** Messages of a peer that was the quicker one: they are here before the task that opens a negotiated channel, and wait for it. */
  readonly #early = new WeakMap<RTCDataChannel, { kind: "text" | "binary"; bytes: Uint8Array }[]>();
  #outbox: ChannelItem[] = [];
  #wanted = false;

  constructor(host: ChannelsHost) {
    this.#host = host;
  }

  /** Whether there is to be a data section: the application has created a channel, and none was refused since. */
  get wanted(): boolean {
    return this.#wanted;
  }

  get maxMessageSize(): number | undefined {
    return this.#host.sctp?.maxMessageSize ?? undefined;
  }

  get maxBufferSize(): number | undefined {
    return this.#host.sctp?.maxBufferSize ?? undefined;
  }

  /** Creates a channel for `createDataChannel`; throws an `OperationError` if its id can't be had. */
  create(parameters: ChannelParameters, id: number | null): RTCDataChannel {
    const sctp = this.#host.sctp;
    const assigned = id ?? (this.#parity === undefined ? null : this.#allocateId());
    const unusable = assigned === undefined || (assigned !== null && this.#byId.has(assigned));
    if (
      unusable ||
      (assigned !== null && sctp?.state === "connected" && assigned >= sctp.maxChannels!)
    ) {
      throw new DOMException(
        `RTCPeerConnection.createDataChannel: ${
          id === null ? "no id is free" : `the id ${id} is in use or out of range`
        }`,
        "OperationError",
      );
    }
    this.#wanted = true;
    const channel = this.#add(parameters, assigned);
    if (this.#parity !== undefined) this.#establish(channel);
    if (sctp?.state === "connected") queueTask(() => this.#announceOpen(channel));
    return channel;
  }

  /**
   * The DTLS roles are known: the client's channels have even ids, the server's odd ones (RFC 8832 section 6).
   *
   * Every channel's underlying data transport is created now, before the association is there: what DCEP has to say then travels with the
   * association's own set-up, and no message for a negotiated channel comes too early.
   */
  assignIds(dtlsRole: "client" | "server"): void {
    if (this.#parity !== undefined) return;
    this.#nextId = this.#parity = dtlsRole === "client" ? 0 : 1;
    for (const channel of [...this.#channels]) {
      const slots = channelSlots(channel);
      if (slots.readyState !== "connecting") continue;
      const id = slots.id ?? this.#allocateId();
      if (id === undefined) {
        this.#fail(channel, "data-channel-failure", "No id is free for the channel");
        continue;
      }
      this.#bind(channel, id);
      this.#establish(channel);
    }
  }

  /**
   * Another peer takes the place of the one that the channels were with. They end with its association; one that has not opened yet is still
   * to come, and opens with the new peer.
   */
  renew(dtlsRole: "client" | "server"): void {
    this.#outbox = [];
    for (const channel of [...this.#byId.values()]) {
      const slots = channelSlots(channel);
      this.#early.delete(channel);
      if (slots.readyState !== "connecting") queueTask(() => this.#closed(channel));
      else if (!slots.negotiated) this.#unbind(channel);
    }
    this.#parity = undefined;
    this.assignIds(dtlsRole);
  }

  /** The association is connected; `maxChannels` is known (W3C WebRTC section 6.1.1.3). Runs within its task. */
  connected(maxChannels: number): void {
    for (const channel of [...this.#channels]) {
      const { id, readyState } = channelSlots(channel);
      if (readyState !== "connecting") continue; // the peer's OPEN may have been announced already
      if (id === null || id >= maxChannels) {
        this.#fail(
          channel,
          "data-channel-failure",
          `The id ${id} is out of the range of ${maxChannels} streams`,
        );
      } else queueTask(() => this.#announceOpen(channel));
    }
  }

  /** Takes what the pipeline brings. */
  receive(items: readonly ChannelItem[]): void {
    for (const item of items) {
      switch (item.type) {
        case "open":
          // Both at once, so that what the peer sent behind its OPEN comes after `open`.
          queueTask(() => this.#announce(item));
          queueTask(() => this.#announceOpen(this.#byId.get(item.streamId)));
          break;
        case "message":
          queueTask(() => this.#deliver(item.streamId, item.kind, item.data));
          break;
        case "sent":
          queueTask(() => this.#sent(item.streamId, item.bytes));
          break;
        case "close":
          queueTask(() => this.#peerCloses(item.streamId));
          break;
        case "closed":
          queueTask(() => this.#closed(this.#byId.get(item.streamId)));
          break;
      }
    }
  }

  /** The association has ended under the channels: with `error`, if it failed. Runs within its task. */
  ended(error?: RTCError): void {
    for (const channel of new Set([...this.#byId.values(), ...this.#channels])) {
      this.#closed(channel, error);
    }
  }

  /**
   * The section is rejected: every channel ends, and those of a later association get their ids from that. Nothing is left for which
   * negotiation were needed: two peers that can't agree would else offer for ever.
   */
  rejected(): void {
    this.#parity = undefined;
    this.#wanted = false;
    this.ended();
  }

  /** `RTCPeerConnection.close` closes every channel abruptly, with no event (W3C WebRTC section 4.4.1.8). */
  closeAbruptly(): void {
    for (const channel of [...this.#channels, ...this.#byId.values()]) {
      channelSlots(channel).readyState = "closed";
    }
    this.#channels.clear();
    this.#byId.clear();
    this.#outbox = [];
  }

  send(slots: ChannelSlots, { kind, data }: ChannelMessage): void {
    if (slots.id === null || slots.readyState === "closed") return;
    slots.traffic.messagesSent++;
    slots.traffic.bytesSent += data.length;
    this.#post({ type: "message", streamId: slots.id, kind, data });
  }

  close(slots: ChannelSlots): void {
    const afterBlobs = slots.blobs ?? Promise.resolve();
    const channel = this.#channelOf(slots);
    if (channel !== undefined) this.#channels.delete(channel);
    void afterBlobs.then(() => {
      const { sctp } = this.#host;
      const hasTransport = this.#parity !== undefined && sctp !== undefined &&
        sctp.state !== "closed";
      if (hasTransport && slots.id !== null) this.#post({ type: "close", streamId: slots.id });
      else if (channel !== undefined) queueTask(() => this.#closed(channel));
    });
  }

  #add(parameters: ChannelParameters, id: number | null): RTCDataChannel {
    const slots: ChannelSlots = {
      ...parameters,
      host: this,
      traffic: { messagesSent: 0, bytesSent: 0, messagesReceived: 0, bytesReceived: 0 },
      readyState: "connecting",
      id: null,
      bufferedAmount: 0,
      bufferedAmountLowThreshold: 0,
      binaryType: "arraybuffer",
      blobs: undefined,
    };
    const channel = construct(RTCDataChannel, slots);
    this.#channels.add(channel);
    this.records.add(slots);
    if (id !== null) this.#bind(channel, id);
    return channel;
  }

  #bind(channel: RTCDataChannel, id: number): void {
    channelSlots(channel).id = id;
    this.#byId.set(id, channel);
  }

  #unbind(channel: RTCDataChannel): void {
    const slots = channelSlots(channel);
    if (slots.id !== null) this.#byId.delete(slots.id);
    slots.id = null;
  }

  #channelOf(slots: ChannelSlots): RTCDataChannel | undefined {
    if (slots.id !== null) return this.#byId.get(slots.id);
    for (const channel of this.#channels) if (channelSlots(channel) === slots) return channel;
    return undefined;
  }

  /** The next free id of our parity. Ids are used anew only when all have been used once, which spares a late packet's confusion. */
  #allocateId(): number | undefined {
    const limit = Math.min(MAX_CHANNEL_ID + 1, this.#host.sctp?.maxChannels ?? Infinity);
    for (let tries = 0; tries <= MAX_CHANNEL_ID; tries += 2) {
      if (this.#nextId >= limit) this.#nextId = this.#parity!;
      const id = this.#nextId;
      this.#nextId += 2;
      if (id < limit && !this.#byId.has(id)) return id;
    }
    return undefined;
  }

  /** Creates the underlying data transport. */
  #establish(channel: RTCDataChannel): void {
    const slots = channelSlots(channel);
    this.#post({
      type: "open",
      streamId: slots.id!,
      label: slots.label,
      protocol: slots.protocol,
      ordered: slots.ordered,
      ...(slots.maxRetransmits !== null && { maxRetransmits: slots.maxRetransmits }),
      ...(slots.maxPacketLifeTime !== null && { maxPacketLifeTime: slots.maxPacketLifeTime }),
      negotiated: slots.negotiated,
      priority: channelPriorityOf(slots.priority),
    });
  }

  #announceOpen(channel: RTCDataChannel | undefined): void {
    if (channel === undefined) return;
    const slots = channelSlots(channel);
    if (this.#host.isClosed || slots.readyState === "closing" || slots.readyState === "closed") {
      return;
    }
    this.#open(slots);
    channel.dispatchEvent(new Event("open"));
    if (this.#early.has(channel)) queueTask(() => this.#deliverEarly(channel));
  }

  #open(slots: ChannelSlots): void {
    if (slots.readyState === "connecting") this.records.opened++;
    slots.readyState = "open";
  }

  /** Announces a channel that the peer has opened (W3C WebRTC section 6.2, "announcing a data channel instance"). */
  #announce(item: ChannelItem & { type: "open" }): void {
    if (this.#host.isClosed) return;
    const channel = this.#add({
      label: item.label,
      protocol: item.protocol,
      ordered: item.ordered,
      maxRetransmits: item.maxRetransmits ?? null,
      maxPacketLifeTime: item.maxPacketLifeTime ?? null,
      negotiated: false,
      priority: item.priority === undefined ? "low" : priorityTypeOf(item.priority),
    }, item.streamId);
    this.#open(channelSlots(channel));
    this.#host.target.dispatchEvent(new RTCDataChannelEvent("datachannel", { channel }));
  }

  #deliver(streamId: number, kind: "text" | "binary", bytes: Uint8Array): void {
    const channel = this.#byId.get(streamId);
    if (channel === undefined || this.#host.isClosed) return;
    const early = this.#early.get(channel);
    const isConnecting = channelSlots(channel).readyState === "connecting";
    if (early === undefined && !isConnecting) return this.#dispatch(channel, kind, bytes);
    if (early === undefined) return void this.#early.set(channel, [{ kind, bytes }]);
    early.push({ kind, bytes });
    // Another one for each that comes: once the channel is open, no more of them wait than did then.
    if (!isConnecting) this.#deliverOldest(channel);
  }

  /** One task for each: a reader that awaits one event before it listens to the next misses none. */
  #deliverEarly(channel: RTCDataChannel): void {
    if (this.#deliverOldest(channel)) queueTask(() => this.#deliverEarly(channel));
    else this.#early.delete(channel);
  }

  #deliverOldest(channel: RTCDataChannel): boolean {
    const oldest = this.#early.get(channel)?.shift();
    if (oldest !== undefined) this.#dispatch(channel, oldest.kind, oldest.bytes);
    return oldest !== undefined;
  }

  #dispatch(channel: RTCDataChannel, kind: "text" | "binary", bytes: Uint8Array): void {
    const { readyState, binaryType, traffic } = channelSlots(channel);
    if (readyState !== "open" || this.#host.isClosed) return;
    traffic.messagesReceived++;
    traffic.bytesReceived += bytes.length;
    const data = kind === "text"
      ? decoder.decode(bytes)
      : binaryType === "blob"
      ? new Blob([ownBuffer(bytes)])
      : ownBuffer(bytes);
    channel.dispatchEvent(new MessageEvent("message", { data }));
  }

  #sent(streamId: number, bytes: number): void {
    const channel = this.#byId.get(streamId);
    if (channel === undefined) return;
    const slots = channelSlots(channel);
    const before = slots.bufferedAmount;
    slots.bufferedAmount = Math.max(0, before - bytes);
    const { bufferedAmount, bufferedAmountLowThreshold: low } = slots;
    if (before > low && bufferedAmount <= low && !this.#host.isClosed) {
      channel.dispatchEvent(new Event("bufferedamountlow"));
    }
  }

  /** The peer runs the closing procedure (W3C WebRTC section 6.2). */
  #peerCloses(streamId: number): void {
    const channel = this.#byId.get(streamId);
    if (channel === undefined || this.#host.isClosed) return;
    const slots = channelSlots(channel);
    if (slots.readyState === "closing" || slots.readyState === "closed") return;
    slots.readyState = "closing";
    this.#channels.delete(channel);
    channel.dispatchEvent(new Event("closing"));
  }

  /** Announces a channel as closed (W3C WebRTC section 6.2). */
  #closed(channel: RTCDataChannel | undefined, error?: RTCError): void {
    if (channel === undefined) return;
    const slots = channelSlots(channel);
    if (slots.readyState === "closed") return;
    slots.readyState = "closed";
    this.records.close(slots);
    this.#channels.delete(channel);
    if (slots.id !== null && this.#byId.get(slots.id) === channel) this.#byId.delete(slots.id);
    if (error !== undefined) channel.dispatchEvent(new RTCErrorEvent("error", { error }));
    channel.dispatchEvent(new Event("close"));
  }

  #fail(channel: RTCDataChannel, errorDetail: RTCErrorDetailType, message: string): void {
    queueTask(() => this.#closed(channel, new RTCError({ errorDetail }, message)));
  }

  /** What one task sends goes out as one batch. */
  #post(item: ChannelItem): void {
    this.#outbox.push(item);
    if (this.#outbox.length === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const items = this.#outbox;
    this.#outbox = [];
    if (items.length > 0 && !this.#host.isClosed) this.#host.sendItems(items);
  }
}

/** The bytes as a buffer of their own; copied only where they share one. */
function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength &&
    bytes.buffer instanceof ArrayBuffer;
  return whole ? bytes.buffer as ArrayBuffer : new Uint8Array(bytes).buffer;
}
