import { Discards, type Layer, type Millis, type Outputs } from "../../core/stage/mod.ts";
import type { MessageItem, SctpItem } from "../items.ts";
import { Channel } from "./channel.ts";
import { DcepType, parseOpen, Ppid } from "./dcep.ts";
import type { ChannelDiscard, ChannelEvent, ChannelItem, OpenItem } from "./items.ts";

/** Streams that a channel can have: 65,535 is reserved (RFC 8832 section 6). */
const MAX_CHANNELS = 65535;

/** How {@linkcode DataChannels} are set up. */
export interface DataChannelsOptions {
  /** Our role in DTLS: the client's channels have even ids (RFC 8832 section 6). Ids are not judged while it is unknown. */
  readonly role?: "client" | "server";
  /** Channels at a time, of both sides; 65,535 by default. */
  readonly maxChannels?: number;
}

/**
 * Data channels on the streams of an association: opening them by the protocol of RFC 8832, and closing them by stream resets in both
 * directions (RFC 8831 section 6.7).
 *
 * Choosing an id is its user's business, and so is waiting for the association: what is sent before is queued there. Messages for a
 * negotiated channel that has not been opened on this side are dropped and counted, as in browsers.
 *
 * @example
 * ```ts
 * import { type ChannelEvent, type ChannelItem, DataChannels, type SctpItem } from "@heron/webrtc/sctp";
 * import { emptyOutputs } from "@heron/webrtc/core";
 * import { assertEquals } from "@std/assert";
 *
 * const client = new DataChannels({ role: "client" });
 * const server = new DataChannels({ role: "server" });
 * client.handleOutbound([{ type: "open", streamId: 0, label: "chat", protocol: "", ordered: true, negotiated: false }], 0);
 *
 * const wire = emptyOutputs<SctpItem, ChannelItem, ChannelEvent>();
 * client.poll(wire);
 * server.handleInbound(wire.below, 1);
 * const out = emptyOutputs<SctpItem, ChannelItem, ChannelEvent>();
 * server.poll(out);
 * assertEquals(out.above.map((item) => item.type === "open" && item.label), ["chat"]);
 * ```
 */
export class DataChannels implements Layer<SctpItem, ChannelItem, ChannelEvent> {
  /** What was dropped, by reason. */
  readonly discards: Discards<ChannelDiscard> = new Discards();
  readonly #channels = new Map<number, Channel>();
  readonly #maxChannels: number;
  #role: "client" | "server" | undefined;
  #below: SctpItem[] = [];
  #above: ChannelItem[] = [];
  #events: ChannelEvent[] = [];
  #done = false;

  /** Makes a layer without channels. */
  constructor(options: DataChannelsOptions = {}) {
    this.#role = options.role;
    this.#maxChannels = Math.min(options.maxChannels ?? MAX_CHANNELS, MAX_CHANNELS);
  }

  /** How many channels there are. */
  get size(): number {
    return this.#channels.size;
  }

  /** Channels have no timers. */
  readonly nextTimeout: undefined = undefined;
  /** Nothing is queued here. */
  readonly backlog: 0 = 0;
  /** Channels do not fail on their own. */
  readonly failure: undefined = undefined;

  /** Whether the association has ended, or every channel was closed for good. */
  get done(): boolean {
    return this.#done;
  }

  /** Says which role we have in DTLS, once that is known. */
  setRole(role: "client" | "server"): void {
    this.#role = role;
  }

  /** Whether a channel has this id, open or closing. */
  has(streamId: number): boolean {
    return this.#channels.has(streamId);
  }

  /** Takes what the association hands up. */
  handleInbound(batch: readonly SctpItem[], _now: Millis): void {
    for (const item of batch) {
      if (this.#done) this.discards.add("after the end");
      else if (item.type === "message") this.#messageUp(item);
      else if (item.type === "sent") this.#sentUp(item.streamId, item.bytes);
      else if (item.type === "reset") this.#peerReset(item.streamId);
      else if (item.type === "reset-all") this.#peerResetAll();
      else if (item.type === "withdrawn") this.#withdrawn(item.streamId);
      else this.#resetDone(item.streamId);
    }
  }

  /** Takes channels to open and close, and messages. Opening throws a RangeError for a label or protocol above 65,535 bytes. */
  handleOutbound(batch: readonly ChannelItem[], _now: Millis): void {
    for (const item of batch) {
      if (this.#done) this.discards.add("after the end");
      else if (item.type === "message") this.#messageDown(item.streamId, item.kind, item.data);
      else if (item.type === "open") this.#openDown(item);
      else if (item.type === "close") this.#closeDown(item.streamId);
    }
  }

  /** Nothing is ever due. */
  handleTimeout(_now: Millis): void {}

  /** The association has ended: every channel is closed. */
  handleEnd(_now: Millis): void {
    if (this.#done) return;
    this.#end();
    this.#below = [];
  }

  /** Closes every channel without a reset of its own: the association's shutdown follows, and that delivers what is queued. */
  close(_now: Millis): void {
    if (!this.#done) this.#end();
  }

  /** Drains items and events. */
  poll(out: Outputs<SctpItem, ChannelItem, ChannelEvent>): void {
    for (const item of this.#below) out.below.push(item);
    for (const item of this.#above) out.above.push(item);
    for (const event of this.#events) out.events.push(event);
    if (this.#below.length > 0) this.#below = [];
    if (this.#above.length > 0) this.#above = [];
    if (this.#events.length > 0) this.#events = [];
  }

  #end(): void {
    this.#done = true;
    for (const streamId of this.#channels.keys()) this.#above.push({ type: "closed", streamId });
    this.#channels.clear();
  }

  #openDown(item: OpenItem): void {
    const { streamId } = item;
    if (streamId >= MAX_CHANNELS || this.#channels.has(streamId)) {
      return this.discards.add("id in use");
    }
    if (this.#channels.size >= this.#maxChannels) {
      this.discards.add("too many channels");
      this.#above.push({ type: "closed", streamId });
      return;
    }
    const channel = new Channel(streamId, item, item.negotiated);
    this.#channels.set(streamId, channel);
    if (!item.negotiated) this.#below.push(channel.open(item));
  }

  #messageDown(streamId: number, kind: "text" | "binary", data: Uint8Array): void {
    const channel = this.#channels.get(streamId);
    if (channel === undefined) this.discards.add("no such channel");
    else if (channel.closing) this.discards.add("channel is closing");
    else this.#below.push(channel.message(kind, data));
  }

  #closeDown(streamId: number): void {
    const channel = this.#channels.get(streamId);
    if (channel === undefined) this.discards.add("no such channel");
    else this.#beginClose(channel, channel.used ? "reset" : "withdraw"); // a channel that was not used need not come to be
  }

  #messageUp(message: MessageItem): void {
    if (message.ppid === Ppid.DCEP) return this.#dcep(message);
    const channel = this.#channels.get(message.streamId);
    if (channel === undefined) return this.discards.add("unknown stream");
    // RFC 8832 section 6: data on the channel tells as much as an ACK.
    channel.confirmed = true;
    const { streamId, data } = message;
    switch (message.ppid) {
      case Ppid.STRING:
      case Ppid.STRING_PARTIAL:
        this.#above.push({ type: "message", streamId, kind: "text", data });
        break;
      case Ppid.BINARY:
      case Ppid.BINARY_PARTIAL:
        this.#above.push({ type: "message", streamId, kind: "binary", data });
        break;
      case Ppid.STRING_EMPTY:
        this.#above.push({ type: "message", streamId, kind: "text", data: data.subarray(0, 0) });
        break;
      case Ppid.BINARY_EMPTY:
        this.#above.push({ type: "message", streamId, kind: "binary", data: data.subarray(0, 0) });
        break;
      default:
        this.discards.add("unknown PPID");
    }
  }

  #dcep(message: MessageItem): void {
    switch (message.data[0]) {
      case DcepType.OPEN:
        return this.#openUp(message);
      case DcepType.ACK:
        return this.#acknowledged(message);
      default:
        this.discards.add("unknown DCEP message");
    }
  }

  /** The peer opens a channel (RFC 8832 section 6). */
  #openUp({ streamId, data }: MessageItem): void {
    const before = this.#channels.get(streamId);
    // The peer has performed both resets and uses the id again, but its answer to ours is still on its way. Only once: a peer that
    // never answers could have us queue more and more.
    const early = before !== undefined && before.incomingReset && before.staleResets === 0;
    if (early) this.#forget(before);
    const parameters = parseOpen(data);
    if (parameters === undefined) return this.#refuse(streamId, "malformed OPEN");
    const peerIsClient = this.#role === "server";
    if (this.#role !== undefined && streamId % 2 !== (peerIsClient ? 0 : 1)) {
      return this.#refuse(streamId, "wrong parity");
    }
    if (this.#channels.has(streamId)) return this.#refuse(streamId, "id in use");
    if (this.#channels.size >= this.#maxChannels || streamId >= MAX_CHANNELS) {
      return this.#refuse(streamId, "too many channels");
    }
    const channel = new Channel(streamId, parameters, true);
    if (early) channel.staleResets = 1;
    this.#channels.set(streamId, channel);
    this.#below.push(channel.acknowledge());
    this.#above.push({ type: "open", streamId, negotiated: false, ...parameters });
  }

  /** RFC 8832 section 6: an OPEN that can't be is answered by closing the channel. One that is in use by us is closed with it. */
  #refuse(streamId: number, reason: ChannelDiscard): void {
    this.discards.add(reason);
    this.#events.push({ type: "refused", streamId, reason });
    const channel = this.#channels.get(streamId);
    if (channel === undefined) this.#below.push({ type: "reset", streamId });
    else if (!channel.closing) {
      this.#above.push({ type: "close", streamId });
      this.#beginClose(channel);
    }
  }

  #acknowledged({ streamId }: MessageItem): void {
    const channel = this.#channels.get(streamId);
    if (channel === undefined || channel.confirmed) return this.discards.add("unexpected ACK");
    channel.confirmed = true;
    this.#events.push({ type: "acknowledged", streamId });
  }

  #sentUp(streamId: number, bytes: number): void {
    const channel = this.#channels.get(streamId);
    if (channel === undefined) return;
    const visible = channel.sent(bytes);
    if (visible > 0) this.#above.push({ type: "sent", streamId, bytes: visible });
  }

  /** Resets our stream, behind what is queued on it (RFC 8831 section 6.7). */
  #beginClose(channel: Channel, type: "reset" | "withdraw" = "reset"): void {
    if (channel.closing) return;
    channel.closing = true;
    this.#below.push({ type, streamId: channel.streamId });
  }

  #withdrawn(streamId: number): void {
    const channel = this.#channels.get(streamId);
    if (channel?.closing) this.#forget(channel);
  }

  /** The peer closes the channel, or answers our closing of it. */
  #peerReset(streamId: number): void {
    const channel = this.#channels.get(streamId);
    if (channel === undefined || channel.incomingReset) return;
    channel.incomingReset = true;
    if (channel.outgoingReset) return this.#forget(channel);
    if (channel.closing) return;
    this.#above.push({ type: "close", streamId });
    this.#beginClose(channel);
  }

  #peerResetAll(): void {
    for (const streamId of [...this.#channels.keys()]) this.#peerReset(streamId);
  }

  #resetDone(streamId: number): void {
    const channel = this.#channels.get(streamId);
    if (channel === undefined) return;
    if (channel.staleResets > 0) {
      channel.staleResets--;
      return;
    }
    if (!channel.closing) return;
    channel.outgoingReset = true;
    if (channel.incomingReset) this.#forget(channel);
  }

  #forget(channel: Channel): void {
    const { streamId } = channel;
    this.#channels.delete(streamId);
    this.#above.push({ type: "closed", streamId });
  }
}
