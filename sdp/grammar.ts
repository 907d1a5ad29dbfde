/** token of RFC 8866 section 9: visible ASCII other than `"(),/:;<=>?@[\]`. */
const TOKEN = /^[!#-'*+\-.0-9A-Z^-~]+$/;

/** Whether `text` is a token of RFC 8866 section 9. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The decimal number that `text` is, if it has digits only and is at most `max` (at most 2^53 - 1). */
export function parseDecimal(text: string, max: number): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/** As {@linkcode parseDecimal}, but not 0: the `integer` of RFC 8866 section 9. */
export function parsePositive(text: string, max: number): number | undefined {
  const value = parseDecimal(text, max);
  return value === 0 ? undefined : value;
}

/** Fields that one value can have: a BUNDLE group of every section of the largest conference has fewer. */
const MAX_FIELDS = 10_000;

/**
 * The fields of `text` between its spaces; none if there are more than any honest peer writes. Peers put a space too many before and
 * after values, so empty fields are dropped.
 */
export function fieldsOf(text: string): string[] {
  const fields = text.split(" ", MAX_FIELDS + 1);
  return fields.length > MAX_FIELDS ? [] : fields.filter((field) => field !== "");
}

/** `text` cut at the first `separator`: what is after it is undefined if there is none. */
export function cut(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  if (at < 0) return [text, undefined];
  return [text.slice(0, at), text.slice(at + separator.length)];
}

/** The largest payload type: it has 7 bits (RFC 3550 section 5.1). */
export const MAX_PAYLOAD_TYPE = 127;

/** The largest number of 16 bits: a port. */
export const MAX_U16 = 0xffff;

/** The largest number of 32 bits: an SSRC, a clock rate. */
export const MAX_U32 = 0xffff_ffff;

/** Whether media of `protocol` goes over RTP, such as "UDP/TLS/RTP/SAVPF". */
export function isRtp(protocol: string): boolean {
  return /(^|\/)RTP\//.test(protocol);
}

/** Whether `protocol` is SCTP over DTLS, such as "UDP/DTLS/SCTP" (RFC 8841 section 4.2) or the older "DTLS/SCTP". */
export function isSctp(protocol: string): boolean {
  return /(^|\/)DTLS\/SCTP$/.test(protocol);
}
