import { assert } from "@std/assert";
import { parseSession, type SessionDescription } from "../../sdp/mod.ts";

/** The opening of a session description that is all right. */
export const OPENING: readonly string[] = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"];

/** Lines as SDP text. */
export function sdp(...lines: readonly string[]): string {
  return lines.map((line) => line + "\r\n").join("");
}

/** The session of a text that must be well-formed. */
export function sessionOf(text: string): SessionDescription {
  const result = parseSession(text);
  assert(result.ok, result.ok ? "" : `line ${result.line}: ${result.message}`);
  return result.session;
}

/** The session with these lines after the opening. */
export function sessionWith(...lines: readonly string[]): SessionDescription {
  return sessionOf(sdp(...OPENING, ...lines));
}

/** `[line, message]` of a text that must not be well-formed. */
export function faultOf(text: string): [line: number, message: string] {
  const result = parseSession(text);
  assert(!result.ok, "accepted");
  return [result.line, result.message];
}

/** Reads a JSON file of `tests/vectors`. */
export function vectors<T>(name: string): T[] {
  return JSON.parse(Deno.readTextFileSync(new URL(`../vectors/${name}`, import.meta.url)));
}
