import type { Attribute, MediaDescription, SessionDescription } from "./model.ts";

/** Makes an attribute: `a=name` without a value, `a=name:value` with one. */
export function attribute(name: string, value?: string | number): Attribute {
  return value === undefined ? { name } : { name, value: String(value) };
}

/**
 * The first attribute of this name.
 *
 * @example
 * ```ts
 * import { attribute, find, parseMid } from "@heron/webrtc/sdp";
 * import { assertEquals } from "@std/assert";
 *
 * const attributes = [attribute("mid", "0"), attribute("rtcp-mux")];
 * assertEquals(parseMid(find(attributes, "mid")?.value), "0");
 * assertEquals(find(attributes, "bundle-only"), undefined);
 * ```
 */
export function find(attributes: readonly Attribute[], name: string): Attribute | undefined {
  return attributes.find((attribute) => attribute.name === name);
}

/** Every attribute of this name, in order. */
export function findAll(attributes: readonly Attribute[], name: string): Attribute[] {
  return attributes.filter((attribute) => attribute.name === name);
}

/** Whether there is an attribute of this name. */
export function has(attributes: readonly Attribute[], name: string): boolean {
  return find(attributes, name) !== undefined;
}

/** The first attribute of this name in the section, else that of the session, which is the default for all its sections. */
export function inherited(
  session: SessionDescription,
  media: MediaDescription,
  name: string,
): Attribute | undefined {
  return find(media.attributes, name) ?? find(session.attributes, name);
}

/** Every attribute of this name in the section; if it has none, those of the session. */
export function inheritedAll(
  session: SessionDescription,
  media: MediaDescription,
  name: string,
): Attribute[] {
  const own = findAll(media.attributes, name);
  return own.length > 0 ? own : findAll(session.attributes, name);
}
