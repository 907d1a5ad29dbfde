import { cut, fieldsOf, MAX_PAYLOAD_TYPE, parseDecimal } from "../grammar.ts";

/** One RTP stream of a section, by a name instead of an SSRC (RFC 8851 section 4). */
export interface Rid {
  /** Letters, digits, "-" and "_". */
  readonly id: string;
  /** Whether the side that wrote it sends or receives the stream. */
  readonly direction: "send" | "recv";
  /** Payload types that the stream can have, in order of preference; absent for each of the section. */
  readonly payloadTypes?: readonly number[];
  /** "max-width", "max-fps", ... by their names (RFC 8851 section 5). A `Map`, because the names are the peer's to choose. */
  readonly restrictions: ReadonlyMap<string, string | undefined>;
}

/** A stream that simulcast can send in one place (RFC 8853 section 5.1). */
export interface SimulcastAlternative {
  /** The stream's {@linkcode Rid}. */
  readonly rid: string;
  /** Whether it is paused at first ("~"). */
  readonly paused: boolean;
}

/** Versions of one source that are sent at the same time (RFC 8853 section 5.1). */
export interface Simulcast {
  /** What the side that wrote it sends: for each stream its alternatives, in order of preference. */
  readonly send: readonly (readonly SimulcastAlternative[])[];
  /** What it receives. */
  readonly recv: readonly (readonly SimulcastAlternative[])[];
}

/** rid-id of RFC 8851 section 10; RFC 8852 section 3.3 has it in an extension of at most 16 bytes, others go up to 255. */
const RID = /^[A-Za-z0-9_-]{1,255}$/;

/** Streams, alternatives and restrictions that we look at: a browser has 3 streams at most. More make the line malformed. */
const MAX_STREAMS = 64;

/** Parses the value of `a=rid`: `<id> send|recv [pt=<list>;<name>=<value>;...]` (RFC 8851 section 4). */
export function parseRid(value: string | undefined): Rid | undefined {
  if (value === undefined) return undefined;
  const [id = "", direction, restrictionText, ...more] = fieldsOf(value);
  if (!RID.test(id) || (direction !== "send" && direction !== "recv") || more.length > 0) {
    return undefined;
  }
  const restrictions = parseRestrictions(restrictionText);
  if (restrictions === undefined) return undefined;
  if (!restrictions.has("pt")) return { id, direction, restrictions };
  const payloadTypes = parsePayloadTypes(restrictions.get("pt"));
  restrictions.delete("pt");
  return payloadTypes && { id, direction, payloadTypes, restrictions };
}

function parseRestrictions(text: string | undefined): Map<string, string | undefined> | undefined {
  const restrictions = new Map<string, string | undefined>();
  const texts = text === undefined ? [] : text.split(";", MAX_STREAMS + 1);
  if (texts.length > MAX_STREAMS) return undefined;
  for (const restriction of texts) {
    const [name, value] = cut(restriction, "=");
    if (name === "" || restrictions.has(name)) return undefined;
    restrictions.set(name, value);
  }
  return restrictions;
}

function parsePayloadTypes(text = ""): number[] | undefined {
  const payloadTypes: number[] = [];
  for (const item of text.split(",", MAX_PAYLOAD_TYPE + 2)) {
    const payloadType = parseDecimal(item, MAX_PAYLOAD_TYPE);
    if (payloadType === undefined || payloadTypes.length > MAX_PAYLOAD_TYPE) return undefined;
    payloadTypes.push(payloadType);
  }
  return payloadTypes;
}

/** Writes the value of `a=rid`. */
export function writeRid({ id, direction, payloadTypes, restrictions }: Rid): string {
  const texts = Array.from(
    restrictions,
    ([name, value]) => value === undefined ? name : `${name}=${value}`,
  );
  if (payloadTypes) texts.unshift(`pt=${payloadTypes.join(",")}`);
  return texts.length === 0 ? `${id} ${direction}` : `${id} ${direction} ${texts.join(";")}`;
}

/**
 * Parses the value of `a=simulcast`: `send <streams> [recv <streams>]` in either order, streams joined by ";", alternatives by ","
 * (RFC 8853 section 5.1). The `rid=` of its drafts is not understood.
 *
 * @example
 * ```ts
 * import { parseSimulcast } from "@heron/webrtc/sdp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseSimulcast("send q;~h"), {
 *   send: [[{ rid: "q", paused: false }], [{ rid: "h", paused: true }]],
 *   recv: [],
 * });
 * ```
 */
export function parseSimulcast(value: string | undefined): Simulcast | undefined {
  if (value === undefined) return undefined;
  const fields = fieldsOf(value);
  if (fields.length !== 2 && fields.length !== 4) return undefined;
  const lists: Partial<Record<"send" | "recv", SimulcastAlternative[][]>> = {};
  for (let i = 0; i < fields.length; i += 2) {
    const direction = fields[i];
    if (direction !== "send" && direction !== "recv") return undefined;
    const streams = parseStreams(fields[i + 1]!);
    if (streams === undefined || lists[direction] !== undefined) return undefined;
    lists[direction] = streams;
  }
  return { send: lists.send ?? [], recv: lists.recv ?? [] };
}

function parseStreams(text: string): SimulcastAlternative[][] | undefined {
  const streams = text.split(";", MAX_STREAMS + 1);
  if (streams.length > MAX_STREAMS) return undefined;
  const parsed: SimulcastAlternative[][] = [];
  for (const stream of streams) {
    const alternatives = parseAlternatives(stream);
    if (alternatives === undefined) return undefined;
    parsed.push(alternatives);
  }
  return parsed;
}

function parseAlternatives(text: string): SimulcastAlternative[] | undefined {
  const alternatives = text.split(",", MAX_STREAMS + 1).map((alternative) => {
    const paused = alternative.startsWith("~");
    return { rid: paused ? alternative.slice(1) : alternative, paused };
  });
  if (alternatives.length > MAX_STREAMS || !alternatives.every(({ rid }) => RID.test(rid))) {
    return undefined;
  }
  return alternatives;
}

/** Writes the value of `a=simulcast`; one of the two lists at least has a stream. */
export function writeSimulcast({ send, recv }: Simulcast): string {
  const parts: string[] = [];
  if (send.length > 0) parts.push("send", writeStreams(send));
  if (recv.length > 0) parts.push("recv", writeStreams(recv));
  return parts.join(" ");
}

function writeStreams(streams: readonly (readonly SimulcastAlternative[])[]): string {
  return streams
    .map((stream) => stream.map(({ rid, paused }) => paused ? `~${rid}` : rid).join(","))
    .join(";");
}
