import { cut, fieldsOf, MAX_PAYLOAD_TYPE, MAX_U16, parseDecimal } from "../grammar.ts";

/** Where RTCP goes if not to the port after RTP's (RFC 3605 section 2.1). Of no use where ICE runs, but still written. */
export interface Rtcp {
  /** 0 to 65535. */
  readonly port: number;
  /** "IN". */
  readonly netType?: string;
  /** "IP4" or "IP6". */
  readonly addrType?: string;
  /** An IP address or a host name. */
  readonly address?: string;
}

/** Feedback that a payload type understands (RFC 4585 section 4.2). */
export interface RtcpFeedback {
  /** 0 to 127, or "*" for each of the section. */
  readonly payloadType: number | "*";
  /** "nack", "ccm", "transport-cc", ... */
  readonly type: string;
  /** "pli", "fir", ... and what follows. */
  readonly parameter?: string;
}

/** Parses the value of `a=rtcp`: `<port> [<nettype> <addrtype> <address>]` (RFC 3605 section 2.1). */
export function parseRtcp(value: string | undefined): Rtcp | undefined {
  if (value === undefined) return undefined;
  const [portText = "", netType, addrType, address, ...more] = fieldsOf(value);
  const port = parseDecimal(portText, MAX_U16);
  if (port === undefined || more.length > 0) return undefined;
  if (netType === undefined) return { port };
  if (addrType === undefined || address === undefined) return undefined;
  return { port, netType, addrType, address };
}

/** Writes the value of `a=rtcp`. */
export function writeRtcp({ port, netType, addrType, address }: Rtcp): string {
  return netType === undefined ? String(port) : `${port} ${netType} ${addrType} ${address}`;
}

/** Parses the value of `a=rtcp-fb`: `<payload type or *> <type> [<parameter>]` (RFC 4585 section 4.2). */
export function parseRtcpFeedback(value: string | undefined): RtcpFeedback | undefined {
  if (value === undefined) return undefined;
  const [payloadText, feedback = ""] = cut(value.trim(), " ");
  const payloadType = payloadText === "*" ? "*" : parseDecimal(payloadText, MAX_PAYLOAD_TYPE);
  const [type, parameter] = cut(feedback.trimStart(), " ");
  if (payloadType === undefined || type === "") return undefined;
  return parameter === undefined ? { payloadType, type } : { payloadType, type, parameter };
}

/** Writes the value of `a=rtcp-fb`. */
export function writeRtcpFeedback({ payloadType, type, parameter }: RtcpFeedback): string {
  return parameter === undefined ? `${payloadType} ${type}` : `${payloadType} ${type} ${parameter}`;
}
