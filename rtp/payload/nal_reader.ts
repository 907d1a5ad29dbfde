import { Reader } from "../../core/wire/mod.ts";
import { START_CODE } from "./annex_b.ts";
import type { FinishedFrame, FrameReader } from "./assembler.ts";
import { FrameBuffer } from "./frame_buffer.ts";
import type { NalSyntax } from "./nal_syntax.ts";
import { unitsStartingIn } from "./nal_units.ts";

/** What an access unit has in it. */
export interface NalDescriptor {
  /** Whether it brings parameter sets, so that a recording can begin with it. */
  readonly parameterSets: boolean;
}

type Fault = "malformed payload" | "unsupported payload" | undefined;

/** Takes payloads of H.264 or H.265 apart into NAL units, and makes a byte stream with start codes of these. */
export class NalReader implements FrameReader<NalDescriptor> {
  readonly #syntax: NalSyntax;
  readonly #buffer = new FrameBuffer();
  /** Type of the NAL unit whose fragments are coming. */
  #fragmentOf: number | undefined;
  #hasPicture = false;
  #keyFrame = false;
  #parameterSets = false;
  /** Whether an earlier key frame brought its parameter sets, rather than their being in the SDP. */
  #setsComeInBand = false;

  constructor(syntax: NalSyntax) {
    this.#syntax = syntax;
  }

  get size(): number {
    return this.#buffer.length;
  }

  get capacity(): number {
    return this.#buffer.capacity;
  }

  /** Parameter sets alone are none, though some senders set a marker behind them. */
  get isFrame(): boolean {
    return this.#hasPicture;
  }

  isStart(payload: Uint8Array): boolean {
    const { value: unit } = unitsStartingIn(payload, this.#syntax).next();
    if (!unit || !this.#syntax.startsAccessUnit(unit.type, unit.slice)) return false;
    // Where key frames begin with parameter sets, one without them has lost them.
    return !this.#setsComeInBand || !this.#syntax.isKeyFrame(unit.type);
  }

  read(payload: Uint8Array): Fault {
    const { aggregationType, fragmentType } = this.#syntax;
    const type = this.#syntax.typeOf(payload[0]!);
    if (type === fragmentType) return this.#readFragment(payload);
    if (this.#fragmentOf !== undefined) return "malformed payload";
    if (type === aggregationType) return this.#readAggregate(payload);
    return this.#readUnit(payload);
  }

  finish(): FinishedFrame<NalDescriptor> | undefined {
    if (this.#buffer.length === 0 || this.#fragmentOf !== undefined) return undefined;
    const keyFrame = this.#keyFrame;
    const parameterSets = this.#parameterSets;
    if (keyFrame) this.#setsComeInBand = parameterSets;
    return { data: this.#buffer.take(), keyFrame, descriptor: { parameterSets } };
  }

  reset(): void {
    this.#buffer.clear();
    this.#fragmentOf = undefined;
    this.#hasPicture = false;
    this.#keyFrame = false;
    this.#parameterSets = false;
  }

  #readUnit(unit: Uint8Array): Fault {
    // The end of a sequence, or of the stream, is but a header (ITU-T H.264 section 7.3.2.5).
    if (unit.length < this.#syntax.headerLength) return "malformed payload";
    const type = this.#syntax.typeOf(unit[0]!);
    if (!this.#syntax.isNalUnit(type)) return "unsupported payload";
    this.#note(type);
    this.#buffer.append(START_CODE);
    this.#buffer.append(unit);
    return undefined;
  }

  #readAggregate(payload: Uint8Array): Fault {
    const reader = new Reader(payload, this.#syntax.headerLength);
    if (reader.remaining === 0) return "malformed payload";
    while (reader.remaining > 0) {
      const unit = reader.bytes(reader.u16());
      // An aggregate or fragment within an aggregate is no NAL unit, so nothing nests.
      const fault = reader.ok ? this.#readUnit(unit) : "malformed payload";
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #readFragment(payload: Uint8Array): Fault {
    const { headerLength, fragmentTypeMask } = this.#syntax;
    if (payload.length <= headerLength + 1) return "malformed payload";
    const fragment = payload[headerLength]!;
    const type = fragment & fragmentTypeMask;
    const start = (fragment & 0x80) !== 0;
    const end = (fragment & 0x40) !== 0;
    // RFC 6184 section 5.8, RFC 7798 section 4.4.3: what fits in one packet is no fragment.
    if (start && end || !this.#syntax.isNalUnit(type)) return "malformed payload";
    if (start !== (this.#fragmentOf === undefined)) return "malformed payload";
    if (start) this.#beginFragments(payload, type);
    else if (type !== this.#fragmentOf) return "malformed payload";
    if (end) this.#fragmentOf = undefined;
    this.#buffer.append(payload.subarray(headerLength + 1));
    return undefined;
  }

  #beginFragments(payload: Uint8Array, type: number): void {
    this.#fragmentOf = type;
    this.#note(type);
    this.#buffer.append(START_CODE);
    this.#buffer.byte(this.#syntax.withType(payload[0]!, type));
    if (this.#syntax.headerLength === 2) this.#buffer.byte(payload[1]!);
  }

  #note(type: number): void {
    if (this.#syntax.isPicture(type)) this.#hasPicture = true;
    if (this.#syntax.isKeyFrame(type)) this.#keyFrame = true;
    if (this.#syntax.isParameterSet(type)) this.#parameterSets = true;
  }
}
