import type { Attribute, Connection, MediaDescription, SessionDescription } from "./model.ts";

/**
 * Writes a session description in the order of RFC 8866 section 5, with line ends of CRLF.
 *
 * @throws {RangeError} If a text in it has a NUL, CR or LF: an application's string must not become a line of its own.
 *
 * @example
 * ```ts
 * import { attribute, writeSession } from "@heron/webrtc/sdp";
 * import { assertEquals } from "@std/assert";
 *
 * const text = writeSession({
 *   version: 0,
 *   origin: {
 *     username: "-",
 *     sessionId: "4611731400430051336",
 *     sessionVersion: "2",
 *     netType: "IN",
 *     addrType: "IP4",
 *     address: "127.0.0.1",
 *   },
 *   sessionName: "-",
 *   emails: [],
 *   phones: [],
 *   bandwidths: [],
 *   times: [{ start: "0", stop: "0", repeats: [] }],
 *   attributes: [attribute("group", "BUNDLE 0")],
 *   media: [],
 * });
 * assertEquals(
 *   text,
 *   "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n",
 * );
 * ```
 */
export function writeSession(session: SessionDescription): string {
  const { origin } = session;
  const lines = new Lines();
  lines.add("v", String(session.version));
  lines.add(
    "o",
    `${origin.username} ${origin.sessionId} ${origin.sessionVersion} ${connectionText(origin)}`,
  );
  lines.add("s", session.sessionName);
  lines.add("i", session.information);
  lines.add("u", session.uri);
  for (const email of session.emails) lines.add("e", email);
  for (const phone of session.phones) lines.add("p", phone);
  if (session.connection) lines.add("c", connectionText(session.connection));
  for (const { type, value } of session.bandwidths) lines.add("b", `${type}:${value}`);
  for (const time of session.times) {
    lines.add("t", `${time.start} ${time.stop}`);
    for (const repeat of time.repeats) lines.add("r", repeat);
    lines.add("z", time.zones);
  }
  lines.add("k", session.key);
  for (const attribute of session.attributes) lines.add("a", attributeText(attribute));
  for (const media of session.media) addMedia(lines, media);
  return lines.text;
}

function addMedia(lines: Lines, media: MediaDescription): void {
  const ports = media.portCount === undefined ? media.port : `${media.port}/${media.portCount}`;
  lines.add("m", `${media.kind} ${ports} ${media.protocol} ${media.formats.join(" ")}`);
  lines.add("i", media.information);
  for (const connection of media.connections) lines.add("c", connectionText(connection));
  for (const { type, value } of media.bandwidths) lines.add("b", `${type}:${value}`);
  lines.add("k", media.key);
  for (const attribute of media.attributes) lines.add("a", attributeText(attribute));
}

function connectionText({ netType, addrType, address }: Connection): string {
  return `${netType} ${addrType} ${address}`;
}

function attributeText({ name, value }: Attribute): string {
  return value === undefined ? name : `${name}:${value}`;
}

/** The text so far. */
class Lines {
  text = "";

  /** Adds a line, or nothing for a value that is absent. */
  add(type: string, value: string | undefined): void {
    if (value === undefined) return;
    if (/[\0\r\n]/.test(value)) throw new RangeError(`a ${type}= line cannot hold a NUL, CR or LF`);
    this.text += `${type}=${value}\r\n`;
  }
}
