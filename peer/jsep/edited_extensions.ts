import { find, parseSession, type SessionDescription, writeSession } from "../../sdp/mod.ts";
import { repeatTransports } from "./repeated_transports.ts";

const EXTENSION_LINES = /^a=extmap:.*\r?\n/gm;

/**
 * A created description with the header extensions that `sdp` has instead; undefined if anything else is different.
 *
 * Deviation: W3C WebRTC section 4.4.1.5 takes no description that was changed. Browsers take nearly any, and before there was
 * `setHeaderExtensionsToNegotiate`, to change `a=extmap` lines was how applications came by other header extensions.
 */
export function withEditedExtensions(
  created: SessionDescription,
  sdp: string,
): SessionDescription | undefined {
  const shown = writeSession(repeatTransports(created));
  if (withoutExtensions(shown) !== withoutExtensions(sdp)) return undefined;
  const parsed = parseSession(sdp);
  if (!parsed.ok || find(parsed.session.attributes, "extmap") !== undefined) return undefined;
  const media = created.media.map((section, index) => {
    // What is shown only is not kept.
    const attributes = parsed.session.media[index]!.attributes.filter(({ name }) =>
      name === "extmap" || find(section.attributes, name) !== undefined
    );
    return { ...section, attributes };
  });
  return { ...created, media };
}

function withoutExtensions(sdp: string): string {
  return sdp.replace(EXTENSION_LINES, "");
}
