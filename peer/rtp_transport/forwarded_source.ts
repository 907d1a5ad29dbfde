import type { Millis } from "../../core/mod.ts";
import type { InboundPacket } from "../../rtp/mod.ts";
import type { PacketSink, ReceiverSlots, SenderSlots } from "../transceivers/mod.ts";
import { FormatMap } from "./format_map.ts";
import { StreamSelection } from "./stream_selection.ts";

/** A source that waits for a key frame asks for one again as often. */
const REQUEST_INTERVAL: Millis = 300;

/** A receiver whose packets are forwarded to a sender, or will be from its next key frame on. */
export class ForwardedSource implements PacketSink {
  readonly replacesTrack = false;
  readonly receiver: ReceiverSlots;
  readonly selection: StreamSelection;
  readonly #forward: (source: ForwardedSource, packets: readonly InboundPacket[]) => void;
  #map: FormatMap | undefined;
  #askedAt: Millis = -Infinity;
  #isAttached = false;

  constructor(
    receiver: ReceiverSlots,
    rid: string | undefined,
    forward: (source: ForwardedSource, packets: readonly InboundPacket[]) => void,
  ) {
    this.receiver = receiver;
    this.selection = new StreamSelection(rid);
    this.#forward = forward;
  }

  attach(): void {
    this.#isAttached = true;
    this.receiver.packets.add(this);
    this.#update();
    this.requestKeyFrame();
  }

  detach(): void {
    if (!this.#isAttached) return;
    this.#isAttached = false;
    this.receiver.packets.delete(this);
    this.#update();
  }

  receive(packets: readonly InboundPacket[]): void {
    if (this.#isAttached) this.#forward(this, packets);
  }

  /** How its packets go out by a sender; undefined while one of both is not negotiated. */
  mapTo(sender: SenderSlots): FormatMap | undefined {
    const from = sectionOf(this.receiver);
    const to = sectionOf(sender);
    if (from === undefined || to === undefined) return undefined;
    if (this.#map?.from !== from || this.#map.to !== to) this.#map = new FormatMap(from, to);
    return this.#map;
  }

  /** Asks for a key frame. However many do, the session asks its peer for no more than a few a second. */
  requestKeyFrame(): void {
    const { kind, host } = this.receiver.transceiver;
    if (kind !== "video" || host.isClosed) return;
    this.#askedAt = host.clock.now();
    host.media.requestRemoteKeyFrame(this.receiver, this.selection.rid);
  }

  /** Asks again, while there is none. */
  repeatRequest(): void {
    const now = this.receiver.transceiver.host.clock.now();
    if (now >= this.#askedAt + REQUEST_INTERVAL) this.requestKeyFrame();
  }

  #update(): void {
    const { transceiver } = this.receiver;
    if (!transceiver.host.isClosed) transceiver.host.media.update(transceiver);
  }
}

function sectionOf({ transceiver }: ReceiverSlots | SenderSlots) {
  return transceiver.host.media.sectionOf(transceiver);
}
