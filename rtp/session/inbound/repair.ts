import { Discards } from "../../../core/stage/mod.ts";
import { ABS_SEND_TIME_URI, TRANSPORT_CC_URI } from "../../extensions/mod.ts";
import {
  FecReceiver,
  type FecRepair,
  parseFlexfec,
  parseFlexfec03,
  parseUlpfec,
} from "../../fec/mod.ts";
import { parseRtpPacket, type RtpPacket, serializeRtpPacket } from "../../packet.ts";
import { parseRed } from "../../payload/mod.ts";
import type { FormatTable } from "../format_table.ts";
import type { ExtensionIds } from "../parameters.ts";
import { elementOf } from "./packet_extensions.ts";
import type { Reading } from "./reading.ts";

const NO_BYTES: Uint8Array = new Uint8Array(0);

/** Header extensions whose values are written when a packet leaves, and are 0 in what is protected, as in libwebrtc. */
const STAMPS: readonly string[] = [ABS_SEND_TIME_URI, TRANSPORT_CC_URI];

/** What a packet of a protected stream turns out to be. */
export interface Unwrapped {
  /** The packet as the media's payload format has it; without a payload if it is but a repair. */
  readonly packet: RtpPacket;
  /** Packets that can be recovered now. */
  readonly recovered: readonly RtpPacket[];
}

const NONE: readonly RtpPacket[] = Object.freeze([]);

/** Forward error correction of one video stream: ULPFEC within RED (RFC 5109, RFC 2198), or FlexFEC in a stream of its own. */
export class StreamRepair {
  /** Repairs that are broken. */
  readonly discards: Discards<"malformed repair"> = new Discards();
  readonly #fec: FecReceiver;
  #packets = 0;
  #bytes = 0;
  #unused = 0;

  constructor(ssrc: number) {
    this.#fec = new FecReceiver(ssrc);
  }

  /** Packets of repair that arrived. */
  get packetsReceived(): number {
    return this.#packets;
  }

  /** Their payload, in bytes. */
  get bytesReceived(): number {
    return this.#bytes;
  }

  /** Those of them that were of no use: nothing that they protect was missing, or too much was, or they came too late, or are broken. */
  get packetsDiscarded(): number {
    return this.#unused + this.#fec.unusedRepairs;
  }

  /** A packet that was recovered came too late. */
  cameTooLate(): void {
    this.#unused++;
  }

  /** Takes a packet of the stream. */
  media(packet: RtpPacket, { formats, extensions }: Reading): Unwrapped {
    const unwrapped = this.repeated(packet, formats);
    const { packet: media } = unwrapped;
    if (media.payload.length === 0) return unwrapped; // a repair, or padding
    const asProtected = serializeRtpPacket(unstamped(media, extensions));
    return { packet: media, recovered: parsed(this.#fec.pushMedia(asProtected)) };
  }

  /**
   * Takes a packet that came by retransmission. Nothing is recovered from it: its header extensions are those of the retransmission,
   * and not what was protected.
   */
  repeated(packet: RtpPacket, formats: FormatTable): Unwrapped {
    if (formats.role(packet.payloadType) !== "red") return { packet, recovered: NONE };
    const block = parseRed(packet.payload)?.at(-1); // RFC 5109 section 14.2: one block to a packet
    if (block === undefined) {
      this.discards.add("malformed repair");
      return { packet: { ...packet, payload: NO_BYTES }, recovered: NONE };
    }
    const { payloadType, data } = block;
    if (formats.role(payloadType) === "ulpfec") {
      const recovered = this.#repair(parseUlpfec(data), data.length);
      return { packet: { ...packet, payload: NO_BYTES }, recovered };
    }
    return { packet: { ...packet, payloadType, payload: data }, recovered: NONE };
  }

  /** Takes a packet of FlexFEC. */
  flexfec({ payload, payloadType }: RtpPacket, formats: FormatTable): readonly RtpPacket[] {
    const isDraft = formats.get(payloadType)?.mimeType.toLowerCase() === "video/flexfec-03";
    const repair = isDraft ? parseFlexfec03(payload) : parseFlexfec(payload);
    return this.#repair(repair, payload.length);
  }

  #repair(repair: FecRepair | undefined, size: number): readonly RtpPacket[] {
    this.#packets++;
    this.#bytes += size;
    if (repair !== undefined) return parsed(this.#fec.pushRepair(repair));
    this.discards.add("malformed repair");
    this.#unused++;
    return NONE;
  }
}

/** A packet as it was protected. */
function unstamped(packet: RtpPacket, extensions: ExtensionIds): RtpPacket {
  if (packet.extension === undefined) return packet;
  const extension = { ...packet.extension, data: packet.extension.data.slice() };
  const copy = { ...packet, extension };
  for (const uri of STAMPS) elementOf(copy, extensions, uri)?.fill(0);
  return copy;
}

function parsed(packets: readonly Uint8Array[]): readonly RtpPacket[] {
  if (packets.length === 0) return NONE;
  return packets.map(parseRtpPacket).filter((packet) => packet !== undefined);
}
