import { Writer } from "../../core/wire/mod.ts";
import { splitFrame } from "./annex_b.ts";
import type { MediaFrame, Packetizer, RtpPayload } from "./format.ts";
import { fragmentSizes } from "./fragments.ts";
import type { NalSyntax } from "./nal_syntax.ts";

/** The most bytes of a NAL unit that an aggregate has room for. */
const MAX_AGGREGATED = 0xffff;

/** Puts access units of H.264 or H.265 into payloads: small NAL units together, large ones in fragments. */
export class NalPacketizer implements Packetizer {
  readonly #syntax: NalSyntax;
  readonly #singleOnly: boolean;

  /** With `singleOnly`, every NAL unit goes alone and whole. */
  constructor(syntax: NalSyntax, singleOnly: boolean) {
    this.#syntax = syntax;
    this.#singleOnly = singleOnly;
  }

  /** The payloads of an access unit, which is a byte stream with start codes. */
  packetize({ data }: MediaFrame, maxSize: number): RtpPayload[] {
    const { headerLength } = this.#syntax;
    const units = splitFrame(data).filter((unit) =>
      unit.length > headerLength && this.#syntax.isNalUnit(this.#syntax.typeOf(unit[0]!))
    );
    const payloads: Uint8Array[] = [];
    for (let at = 0; at < units.length;) {
      const group = this.#group(units, at, maxSize);
      if (group.length > 1) payloads.push(this.#aggregate(group));
      else if (group[0]!.length <= maxSize) payloads.push(group[0]!);
      else this.#fragment(group[0]!, maxSize, payloads);
      at += group.length;
    }
    return payloads.map((payload, i) => ({
      payload,
      marker: i === payloads.length - 1,
      timestampOffset: 0,
    }));
  }

  /** As many NAL units as fit in one payload together, or else the next one. */
  #group(units: readonly Uint8Array[], start: number, maxSize: number): Uint8Array[] {
    let size = this.#syntax.headerLength;
    let end = start;
    while (!this.#singleOnly && end < units.length && units[end]!.length <= MAX_AGGREGATED) {
      size += 2 + units[end]!.length;
      if (size > maxSize) break;
      end++;
    }
    return units.slice(start, Math.max(end, start + 1));
  }

  #aggregate(units: readonly Uint8Array[]): Uint8Array {
    const writer = new Writer();
    writer.bytes(this.#syntax.aggregationHeader(units));
    for (const unit of units) {
      writer.u16(unit.length);
      writer.bytes(unit);
    }
    return writer.finish();
  }

  #fragment(unit: Uint8Array, maxSize: number, payloads: Uint8Array[]): void {
    const { headerLength, fragmentType } = this.#syntax;
    if (this.#singleOnly) {
      throw new RangeError(`A NAL unit of ${unit.length} bytes, which may not be fragmented`);
    }
    const type = this.#syntax.typeOf(unit[0]!);
    const length = headerLength + 1;
    let at = headerLength;
    for (const size of fragmentSizes(unit.length - at, maxSize - length)) {
      const payload = new Uint8Array(length + size);
      payload.set(unit.subarray(0, headerLength));
      payload[0] = this.#syntax.withType(unit[0]!, fragmentType);
      const start = at === headerLength;
      const end = at + size === unit.length;
      payload[headerLength] = (start ? 0x80 : 0) | (end ? 0x40 : 0) | type;
      payload.set(unit.subarray(at, at + size), length);
      at += size;
      payloads.push(payload);
    }
  }
}
