import type { OutboundPacket, ReturnedPacket, WrittenPacket } from "../../rtp/mod.ts";
import type { MediaTransport } from "../media/media_transport.ts";
import type { NegotiatedSection } from "../media/section.ts";
import type { TransceiverFigures } from "../stats/transceiver.ts";
import type {
  ReceiverSlots,
  SenderSlots,
  TransceiverMedia,
  TransceiverSlots,
} from "../transceivers/mod.ts";
import type { TransportTable } from "./transport_table.ts";

/** The media of each transceiver: that of the transport which carries its section, while there is one. */
export class CarriedMedia implements TransceiverMedia {
  readonly #transports: TransportTable;

  constructor(transports: TransportTable) {
    this.#transports = transports;
  }

  update(transceiver: TransceiverSlots): void {
    this.#of(transceiver)?.update(transceiver);
  }

  requestKeyFrames(sender: SenderSlots, encodings: readonly number[]): void {
    this.#of(sender.transceiver)?.requestKeyFrames(sender, encodings);
  }

  requestRemoteKeyFrame(receiver: ReceiverSlots, rid?: string): void {
    this.#of(receiver.transceiver)?.requestRemoteKeyFrame(receiver, rid);
  }

  sectionOf(transceiver: TransceiverSlots): NegotiatedSection | undefined {
    return this.#of(transceiver)?.sectionOf(transceiver);
  }

  canSend(sender: SenderSlots): boolean {
    return this.#of(sender.transceiver)?.canSend(sender) ?? false;
  }

  sendPackets(sender: SenderSlots, packets: readonly (OutboundPacket | WrittenPacket)[]): void {
    this.#of(sender.transceiver)?.sendItems(packets);
  }

  returnPacket(receiver: ReceiverSlots, packet: ReturnedPacket): void {
    this.#of(receiver.transceiver)?.sendItems([packet]);
  }

  allocatedBandwidth(sender: SenderSlots): number {
    return this.#of(sender.transceiver)?.allocatedBandwidth(sender) ?? 0;
  }

  playTone(sender: SenderSlots, tone: string, duration: number): void {
    this.#of(sender.transceiver)?.playTone(sender, tone, duration);
  }

  figuresOf(transceiver: TransceiverSlots): TransceiverFigures {
    return this.#of(transceiver)?.figuresOf(transceiver) ?? { inbound: [], outbound: [] };
  }

  #of({ mid }: TransceiverSlots): MediaTransport | undefined {
    return mid === null ? undefined : this.#transports.of(mid)?.media;
  }
}
