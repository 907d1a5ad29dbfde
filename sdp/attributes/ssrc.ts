import { cut, fieldsOf, isToken, MAX_U32, parseDecimal } from "../grammar.ts";

/** Something said of one RTP source (RFC 5576 section 4.1). */
export interface SsrcAttribute {
  /** The source, 32 bits. */
  readonly ssrc: number;
  /** "cname", "msid", ... */
  readonly name: string;
  /** What stands after the colon, if there is one. */
  readonly value?: string;
}

/** RTP sources that belong together (RFC 5576 section 4.2). */
export interface SsrcGroup {
  /** "FID" for media and its retransmission, "SIM" for layers of simulcast, "FEC-FR", ... */
  readonly semantics: string;
  /** The sources, 32 bits each. */
  readonly ssrcs: readonly number[];
}

/** Parses the value of `a=ssrc`: `<ssrc-id> <attribute>[:<value>]` (RFC 5576 section 4.1). */
export function parseSsrc(value: string | undefined): SsrcAttribute | undefined {
  if (value === undefined) return undefined;
  const [ssrcText, attribute = ""] = cut(value, " ");
  const ssrc = parseDecimal(ssrcText, MAX_U32);
  const [name, text] = cut(attribute, ":");
  if (ssrc === undefined || name === "") return undefined;
  return text === undefined ? { ssrc, name } : { ssrc, name, value: text };
}

/** Writes the value of `a=ssrc`. */
export function writeSsrc({ ssrc, name, value }: SsrcAttribute): string {
  return value === undefined ? `${ssrc} ${name}` : `${ssrc} ${name}:${value}`;
}

/** Parses the value of `a=ssrc-group`: `<semantics> <ssrc-id> ...` (RFC 5576 section 4.2). */
export function parseSsrcGroup(value: string | undefined): SsrcGroup | undefined {
  if (value === undefined) return undefined;
  const [semantics, ...texts] = fieldsOf(value);
  if (semantics === undefined || !isToken(semantics)) return undefined;
  const ssrcs: number[] = [];
  for (const text of texts) {
    const ssrc = parseDecimal(text, MAX_U32);
    if (ssrc === undefined) return undefined;
    ssrcs.push(ssrc);
  }
  return { semantics, ssrcs };
}

/** Writes the value of `a=ssrc-group`. */
export function writeSsrcGroup({ semantics, ssrcs }: SsrcGroup): string {
  return [semantics, ...ssrcs].join(" ");
}
