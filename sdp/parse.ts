import { attributeFault } from "./attributes/faults.ts";
import {
  isRepeat,
  isZones,
  parseAttribute,
  parseBandwidth,
  parseConnection,
  parseMedia,
  parseOrigin,
  parseTime,
} from "./fields.ts";
import type { MediaDescription, SessionDescription, TimeDescription } from "./model.ts";

/** What became of a text: a session, or where and why it is none. */
export type ParseResult =
  | { readonly ok: true; readonly session: SessionDescription }
  | {
    readonly ok: false;
    /** The first line at fault, counted from 1: the `sdpLineNumber` of an `RTCError`. */
    readonly line: number;
    /** What is wrong there, in words. Holds nothing of the text but the type of the line or a known attribute's name. */
    readonly message: string;
  };

/** Characters in a description. Browsers' own have a few thousand; a conference of hundreds stays below 1 MB. */
const MAX_LENGTH = 8 * 1024 * 1024;

/** Lines in a description: each becomes an object, some 100 bytes of memory. */
const MAX_LINES = 200_000;

/** Properties that can be set, of objects whose arrays can grow. */
type Draft<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };

/** What is wrong with a line; undefined if nothing is. */
type Fault = string | undefined;

/**
 * Parses a session description (RFC 8866 section 5), with line ends of CRLF or LF. Never throws.
 *
 * The attributes that WebRTC reads are checked for syntax, all others kept as they are. Strict as browsers are: `v=`, `o=` and `s=`
 * come first, no blank line, no space after "=". Lenient where real peers need it: see the `Deviation:` notes in the source.
 *
 * @example
 * ```ts
 * import { find, parseSession } from "@heron/webrtc/sdp";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const parsed = parseSession(
 *   "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" +
 *     "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n",
 * );
 * assert(parsed.ok);
 * assertEquals(find(parsed.session.media[0]!.attributes, "mid")?.value, "0");
 *
 * assertEquals(parseSession("v=0\r\nhello\r\n"), {
 *   ok: false,
 *   line: 2,
 *   message: "a line is a lower-case letter, '=' and a value",
 * });
 * ```
 */
export function parseSession(text: string): ParseResult {
  if (text.length > MAX_LENGTH) return { ok: false, line: 1, message: "too long" };
  const builder = new SessionBuilder();
  const length = lengthWithoutBlankLines(text);
  let line = 1;
  for (let start = 0; start < length; line++) {
    const end = endOfLine(text, start, length);
    const fault = line > MAX_LINES ? "too many lines" : builder.add(text.slice(start, end.text));
    if (fault !== undefined) return { ok: false, line, message: fault };
    start = end.next;
  }
  const session = builder.session;
  if (session === undefined) return { ok: false, line, message: builder.expectation };
  return { ok: true, session };
}

/** Deviation: RFC 8866 section 9 has no blank lines, but some stacks and many people end a description with one or two. */
function lengthWithoutBlankLines(text: string): number {
  let length = text.length;
  while (length > 0 && (text[length - 1] === "\n" || text[length - 1] === "\r")) length--;
  return length;
}

/** RFC 8866 section 5: CRLF ends a line, and parsers should accept LF too. The end of the text serves for the last line. */
function endOfLine(text: string, start: number, length: number): { text: number; next: number } {
  const newline = text.indexOf("\n", start);
  if (newline < 0 || newline >= length) return { text: length, next: length };
  const carriageReturn = newline > start && text[newline - 1] === "\r";
  return { text: carriageReturn ? newline - 1 : newline, next: newline + 1 };
}

/** Collects a session from its lines. */
class SessionBuilder {
  #head: Pick<Draft<SessionDescription>, "origin" | "sessionName"> | undefined;
  #origin: SessionDescription["origin"] | undefined;
  #version = false;
  #rest: Draft<Omit<SessionDescription, "version" | "origin" | "sessionName">> = {
    emails: [],
    phones: [],
    bandwidths: [],
    times: [],
    attributes: [],
    media: [],
  };
  #time: Draft<TimeDescription> | undefined;
  #section: Draft<MediaDescription> | undefined;

  /** The session; undefined if one of its first three lines is missing. */
  get session(): SessionDescription | undefined {
    return this.#head && { version: 0, ...this.#head, ...this.#rest };
  }

  /** Which of the first three lines is missing, in words. */
  get expectation(): string {
    return `expected a ${this.#version ? this.#origin ? "s" : "o" : "v"}= line`;
  }

  /** Takes in the next line, without its end. */
  add(line: string): Fault {
    if (!/^[a-z]=/.test(line)) return "a line is a lower-case letter, '=' and a value";
    // byte-string of RFC 8866 section 9 has neither NUL, nor CR, nor LF.
    if (/[\0\r]/.test(line)) return "a NUL or a lone CR";
    // RFC 8866 section 5: no space on either side of "=", but for the session without a name.
    if (line[2] === " " && line[0] !== "s") return "a space after '='";
    const type = line[0]!;
    const value = line.slice(2);
    if (this.#head === undefined) return this.#opening(type, value);
    if (type === "m") return this.#media(value);
    return this.#section ? addToMedia(this.#section, type, value) : this.#session(type, value);
  }

  /** The first three lines, in the only order there is. */
  #opening(type: string, value: string): Fault {
    if (!this.#version) {
      if (type !== "v") return this.expectation;
      this.#version = value === "0"; // RFC 8866 section 5.1
      return this.#version ? undefined : "the version is not 0";
    }
    if (this.#origin === undefined) {
      if (type !== "o") return this.expectation;
      this.#origin = parseOrigin(value);
      return this.#origin ? undefined : malformed(type);
    }
    if (type !== "s") return this.expectation;
    this.#head = { origin: this.#origin, sessionName: value };
    return undefined;
  }

  // Deviation: RFC 8866 section 5 fixes the order of these lines and requires `t=`. Other stacks write `c=` after `t=`, or no `t=` at
  // all; nothing is ambiguous about that, and WebRTC uses neither.
  #session(type: string, value: string): Fault {
    const session = this.#rest;
    switch (type) {
      case "i":
        return setOnce(session, "information", value, type);
      case "u":
        return setOnce(session, "uri", value, type);
      case "e":
        session.emails.push(value);
        return undefined;
      case "p":
        session.phones.push(value);
        return undefined;
      case "c":
        return setOnce(session, "connection", parseConnection(value), type);
      case "b":
        return pushTo(session.bandwidths, parseBandwidth(value), type);
      case "t":
        return pushTo(session.times, this.#time = parseTime(value) as Draft<TimeDescription>, type);
      case "r":
        return pushTo(this.#time?.repeats, isRepeat(value) ? value : undefined, type);
      case "z":
        if (this.#time === undefined) return malformed(type);
        return setOnce(this.#time, "zones", isZones(value) ? value : undefined, type);
      case "k":
        return setOnce(session, "key", value, type);
      case "a": {
        const attribute = parseAttribute(value);
        session.attributes.push(attribute);
        return attributeFault(attribute, undefined);
      }
      default:
        return `a ${type}= line does not belong here`;
    }
  }

  #media(value: string): Fault {
    this.#section = parseMedia(value) as Draft<MediaDescription> | undefined;
    return pushTo(this.#rest.media, this.#section, "m");
  }
}

function addToMedia(media: Draft<MediaDescription>, type: string, value: string): Fault {
  switch (type) {
    case "i":
      return setOnce(media, "information", value, type);
    case "c":
      return pushTo(media.connections, parseConnection(value), type);
    case "b":
      return pushTo(media.bandwidths, parseBandwidth(value), type);
    case "k":
      return setOnce(media, "key", value, type);
    case "a": {
      const attribute = parseAttribute(value);
      media.attributes.push(attribute);
      return attributeFault(attribute, media.protocol);
    }
    default:
      // Deviation: RFC 8866 section 5 drops a whole description for a type of line that is unknown. Browsers skip the line.
      return undefined;
  }
}

function malformed(type: string): string {
  return `malformed ${type}= line`;
}

function pushTo<T>(list: T[] | undefined, item: T | undefined, type: string): Fault {
  if (list === undefined || item === undefined) return malformed(type);
  list.push(item);
  return undefined;
}

function setOnce<K extends string, V>(
  target: { [P in K]?: V },
  key: K,
  value: V | undefined,
  type: string,
): Fault {
  if (value === undefined) return malformed(type);
  if (target[key] !== undefined) return `a second ${type}= line`;
  target[key] = value;
  return undefined;
}
