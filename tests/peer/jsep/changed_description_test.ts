import { assert, assertEquals } from "@std/assert";
import { type SessionDescription, writeSession } from "../../../sdp/mod.ts";
import { withChanges } from "../../../peer/jsep/changed_description.ts";
import { repeatTransports } from "../../../peer/jsep/repeated_transports.ts";
import { newNumbering, offerOf, wishes } from "./support.ts";

const CREATED = offerOf([
  { mid: "0", wishes: wishes("audio") },
  { mid: "1", wishes: wishes("video") },
  { mid: "2", isData: true },
], newNumbering());
const SHOWN = writeSession(repeatTransports(CREATED));

/** What is applied of a changed text. */
function change(from: string | RegExp, to: string): SessionDescription | undefined {
  const text = SHOWN.replace(from, to);
  assert(text !== SHOWN, `nothing to change: ${from}`);
  return withChanges(CREATED, text);
}

Deno.test("codecs, their order and parameters, extensions, streams, directions and bandwidths may be changed", () => {
  const taken: [string | RegExp, string][] = [
    ["useinbandfec=1", "useinbandfec=1;stereo=1"],
    [/^(m=audio \d+ \S+ )(\d+) (\d+)/m, "$1$3 $2"],
    [/^(m=audio \d+ \S+ \d+).*$/m, "$1"],
    [/^a=rtpmap:9 .*\r\n/m, ""],
    [/^a=rtcp-fb:.*\r\n/gm, ""],
    [/^a=extmap:.*\r\n/gm, ""],
    ["a=mid:0\r\n", "a=mid:0\r\na=extmap:14 urn:x-more\r\n"],
    ["a=sendrecv", "a=recvonly"],
    [/^a=msid:.*\r\n/m, ""],
    [/^(m=video .*\r\nc=.*\r\n)/m, "$1b=AS:500\r\n"],
    ["a=mid:0\r\n", "a=mid:0\r\na=ptime:20\r\n"],
    [/^(a=rtpmap:111 .*)(\r\n)/m, "$1 $2"],
  ];
  for (const [from, to] of taken) {
    const session = change(from, to);
    assert(session !== undefined, String(from));
    assertEquals(session.media.map(({ kind }) => kind), ["audio", "video", "application"]);
    // What was shown of transports is not what is kept.
    assertEquals(ufragsOf(session), ufragsOf(CREATED));
  }
});

/** How many each section has. */
function ufragsOf({ media }: SessionDescription): number[] {
  return media.map(({ attributes }) =>
    attributes.filter(({ name }) => name === "ice-ufrag").length
  );
}

Deno.test("sections, transports, numbers and what nobody knows may not", () => {
  const refused: [string | RegExp, string][] = [
    [/^a=ice-ufrag:.*$/m, "a=ice-ufrag:other"],
    [/^a=ice-pwd:.*$/m, "a=ice-pwd:abcdefghijklmnopqrstuv"],
    [/^a=fingerprint:sha-256 ../m, "a=fingerprint:sha-256 00"],
    [/^a=setup:actpass/m, "a=setup:active"],
    [/^a=mid:1/m, "a=mid:9"],
    [/^a=group:.*\r\n/m, ""],
    [/^m=application[^]*$/m, ""],
    [/^m=video \d+/m, "m=video 0"],
    [/^(m=video .*)$/m, "$1 34"],
    [/^a=rtpmap:111 .*$/m, "a=rtpmap:111 PCMU/8000"],
    [/^a=rtcp-mux\r\n/m, ""],
    [/^(o=\S+ )\d+/m, "$19"],
    [/$/, "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n"],
    [/$/, "a=munging-is-not-good\r\n"],
    ["t=0 0\r\n", "t=0 0\r\na=extmap:9 urn:x-for-all\r\n"],
    [/^s=-/m, "no session"],
    [/^a=sctp-port:5000/m, "a=sctp-port:5001"],
  ];
  for (const [from, to] of refused) assertEquals(change(from, to), undefined, String(from));
});
