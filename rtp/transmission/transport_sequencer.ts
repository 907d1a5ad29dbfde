import { writeTransportSequence } from "../extensions/mod.ts";
import { buildHeaderExtension, type ExtensionElement, parseElements } from "../header_extension.ts";
import type { RtpPacket } from "../packet.ts";

/**
 * Numbers the packets of a transport across all of its streams, for transport-wide feedback
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 2). What became of each packet is for congestion control to remember.
 */
export class TransportSequencer {
  #next = 0;

  /** The number of the next packet, 16 bits. */
  get next(): number {
    return this.#next;
  }

  /** Takes the next number. Packets are numbered as they leave: one sent again gets a new one. */
  take(): number {
    const number = this.#next;
    this.#next = (number + 1) & 0xffff;
    return number;
  }

  /** A packet that says its number, in an element `id` of its header extension, in place of what it may have said before. */
  stamp(packet: RtpPacket, id: number): RtpPacket {
    const elements: ExtensionElement[] = [{ id, data: writeTransportSequence(this.take()) }];
    if (packet.extension !== undefined) {
      for (const element of parseElements(packet.extension)) {
        if (element.id !== id) elements.push(element);
      }
    }
    return { ...packet, extension: buildHeaderExtension(elements) };
  }
}
