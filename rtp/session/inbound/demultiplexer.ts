import { MID_URI, parseMid } from "../../extensions/mod.ts";
import { findElement } from "../../header_extension.ts";
import type { RtpPacket } from "../../packet.ts";
import type { RtpSessionDiscard } from "../discards.ts";
import { MAX_STREAMS, type ReceiverParameters } from "../parameters.ts";

/** Sources whose section is known at a time: many times those of the largest simulcast in every section. */
export const MAX_SOURCES = 8192;

const NONE: ReadonlySet<never> = new Set();

/** A section as the demultiplexer sees it. */
interface Section {
  readonly payloadTypes: ReadonlySet<number>;
  /** Sources that the other side has announced. */
  readonly announced: ReadonlySet<number>;
}

/**
 * Which section a packet belongs to (RFC 9143 section 9.2): the one that it names, that of its source, or the only one with its payload
 * type.
 */
export class Demultiplexer {
  readonly #sections = new Map<string, Section>();
  readonly #bySource = new Map<number, string>();
  /** The sections of each payload type. */
  readonly #byPayloadType = new Map<number, Set<string>>();
  /** Ids of the MID extension, of which a bundle has but one (RFC 9143 section 12). */
  readonly #midIds = new Set<number>();

  /** Adds a section, or replaces what is known of it. */
  set(parameters: ReceiverParameters): void {
    const { mid } = parameters;
    const before = this.#sections.get(mid);
    const payloadTypes = new Set(parameters.formats.map(({ payloadType }) => payloadType));
    const announced = new Set(
      parameters.sources.slice(0, MAX_STREAMS).flatMap(({ ssrc, rtx, fec }) => [ssrc, rtx, fec])
        .filter((source) => source !== undefined),
    );
    // What is not announced any more has ended, or will be learned again.
    for (const source of before?.announced ?? []) {
      if (!announced.has(source) && this.#bySource.get(source) === mid) this.forget(source);
    }
    for (const source of announced) this.#learn(source, mid);
    this.#sections.set(mid, { payloadTypes, announced });
    const midId = parameters.extensions.get(MID_URI);
    if (midId !== undefined) this.#midIds.add(midId);
    this.#index(mid, before?.payloadTypes ?? NONE, payloadTypes);
  }

  delete(mid: string): void {
    this.#index(mid, this.#sections.get(mid)?.payloadTypes ?? NONE, NONE);
    this.#sections.delete(mid);
    for (const [source, owner] of this.#bySource) if (owner === mid) this.#bySource.delete(source);
    if (this.#sections.size === 0) this.#midIds.clear();
  }

  /** Forgets a source. */
  forget(ssrc: number): void {
    this.#bySource.delete(ssrc);
  }

  /** The mid of the section of a packet, or why there is none. */
  route(packet: RtpPacket): { readonly mid: string } | RtpSessionDiscard {
    const named = this.#named(packet);
    if (named !== undefined) {
      if (!this.#sections.has(named)) return "unknown mid";
      return this.#learn(packet.ssrc, named) ? { mid: named } : "too many sources";
    }
    const known = this.#bySource.get(packet.ssrc);
    if (known !== undefined) return { mid: known };
    const [only, another] = this.#byPayloadType.get(packet.payloadType) ?? NONE;
    if (only === undefined || another !== undefined) return "unknown source";
    return this.#learn(packet.ssrc, only) ? { mid: only } : "too many sources";
  }

  #named(packet: RtpPacket): string | undefined {
    for (const id of this.#midIds) {
      const data = findElement(packet.extension, id);
      const mid = data && parseMid(data);
      if (mid !== undefined) return mid;
    }
    return undefined;
  }

  #learn(source: number, mid: string): boolean {
    if (!this.#bySource.has(source) && this.#bySource.size >= MAX_SOURCES) return false;
    this.#bySource.set(source, mid);
    return true;
  }

  #index(mid: string, before: ReadonlySet<number>, after: ReadonlySet<number>): void {
    for (const payloadType of before) {
      if (!after.has(payloadType)) this.#byPayloadType.get(payloadType)?.delete(mid);
    }
    for (const payloadType of after) {
      const mids = this.#byPayloadType.get(payloadType);
      if (mids === undefined) this.#byPayloadType.set(payloadType, new Set([mid]));
      else mids.add(mid);
    }
  }
}
