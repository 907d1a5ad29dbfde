import { assert, assertEquals } from "@std/assert";
import { parseSession, writeSession } from "../../sdp/mod.ts";
import { faultOf, OPENING, sdp, sessionOf, sessionWith } from "./support.ts";

/** One line of each kind, in the order of RFC 8866 section 5. */
const EVERYTHING = sdp(
  "v=0",
  "o=jdoe 3724394400 18446744073709551615 IN IP6 2001:db8::1",
  "s= ",
  "i=A Seminar",
  "u=https://www.example.com/seminars/sdp.pdf",
  "e=j.doe@example.com (Jane Doe)",
  "e=j.roe@example.com",
  "p=+1 617 555-6011",
  "c=IN IP4 233.252.0.1/127/3",
  "b=AS:128",
  "b=X-YZ:0",
  "t=3724394400 3724398000",
  "r=604800 3600 0 90000",
  "r=7d 1h 0 25h",
  "z=3730928400 -1h 3749680800 0",
  "t=0 0",
  "k=prompt",
  "a=recvonly",
  "a=:",
  "a=",
  "a=x-empty:",
  "m=audio 49170/2 RTP/AVP 0 127",
  "i=Speech",
  "c=IN IP4 198.51.100.1",
  "c=IN IP6 ff00::db8:0:101/2",
  "b=TIAS:9007199254740991",
  "k=clear:x",
  "a=x:ü:🦕 \t",
  "m=application 65535 UDP/BFCP *",
);

Deno.test("RFC 8866 section 5: every line of it comes back as it was", () => {
  const session = sessionOf(EVERYTHING);
  assertEquals(writeSession(session), EVERYTHING);
  assertEquals(session.sessionName, " ");
  assertEquals(session.emails.length, 2);
  assertEquals(session.times[0]!.repeats, ["604800 3600 0 90000", "7d 1h 0 25h"]);
  assertEquals(session.times[0]!.zones, "3730928400 -1h 3749680800 0");
  assertEquals(session.media[0]!.portCount, 2);
  assertEquals(session.media[0]!.connections.length, 2);
});

Deno.test("RFC 8866 section 5: LF ends a line as well as CRLF, and the last may go without", () => {
  const session = sessionOf(EVERYTHING);
  assertEquals(sessionOf(EVERYTHING.replaceAll("\r\n", "\n")), session);
  assertEquals(sessionOf(EVERYTHING.trimEnd()), session);
  assertEquals(sessionOf(EVERYTHING.replaceAll("\r\n", "\n").trimEnd()), session);
});

Deno.test("blank lines may follow a description, but not stand in it", () => {
  assertEquals(sessionOf(EVERYTHING + "\r\n\n\r\n"), sessionOf(EVERYTHING));
  assertEquals(faultOf(sdp(...OPENING, "", "a=x"))[0], 5);
  assertEquals(faultOf("\r\n" + EVERYTHING)[0], 1);
});

Deno.test("RFC 8866 section 5: a line that breaks its syntax is told by number and kind", () => {
  const bad: [string, string][] = [
    ["o=- 1 2 IN IP4", "malformed o= line"],
    ["o=- 1 2 IN IP4 a b", "malformed o= line"],
    ["o= 1 2 IN IP4 a", "a space after '='"],
    ["o=-  2 IN IP4 a", "malformed o= line"],
    ["o=- x 2 IN IP4 a", "malformed o= line"],
    ["o=- 1 -2 IN IP4 a", "malformed o= line"],
    ["o=- 18446744073709551616 2 IN IP4 a", "malformed o= line"],
    ["s=-", "expected a o= line"],
  ];
  for (const [line, message] of bad) {
    assertEquals(faultOf(sdp("v=0", line, "s=-")), [2, message], line);
  }
});

Deno.test("RFC 8866 section 5: lines of the session level that are malformed or out of place", () => {
  const bad: [string, string][] = [
    ["c=IN IP4", "malformed c= line"],
    ["c=TN RFC2543 +1", "malformed c= line"],
    ["c=IN IP5 x", "malformed c= line"],
    ["c=IN IP4 x y", "malformed c= line"],
    ["b=AS", "malformed b= line"],
    ["b=AS:", "malformed b= line"],
    ["b=AS:-2", "malformed b= line"],
    ["b=AS:1.5", "malformed b= line"],
    ["b=A S:1", "malformed b= line"],
    ["b=AS:9007199254740992", "malformed b= line"],
    ["t=0", "malformed t= line"],
    ["t=0 0 0", "malformed t= line"],
    ["t=0 never", "malformed t= line"],
    ["r=7d 1h", "malformed r= line"],
    ["r=7.5d 1h 0", "malformed r= line"],
    ["z=1 2 3", "malformed z= line"],
    ["z=-1 2", "malformed z= line"],
    ["v=0", "a v= line does not belong here"],
    ["o=- 1 2 IN IP4 a", "a o= line does not belong here"],
    ["s=-", "a s= line does not belong here"],
    ["f=x", "a f= line does not belong here"],
    ["a= x", "a space after '='"],
    ["A=x", "a line is a lower-case letter, '=' and a value"],
    ["ab=x", "a line is a lower-case letter, '=' and a value"],
    ["=x", "a line is a lower-case letter, '=' and a value"],
    ["a=\0", "a NUL or a lone CR"],
    ["a=x\ry", "a NUL or a lone CR"],
    ["a=group:", "malformed a=group"],
    ["a=fingerprint", "malformed a=fingerprint"],
    ["a=setup:x", "malformed a=setup"],
    ["a=extmap:0 x", "malformed a=extmap"],
  ];
  for (const [line, message] of bad) {
    assertEquals(faultOf(sdp(...OPENING, line, "a=x")), [5, message], line);
  }
});

Deno.test("RFC 8866 section 5.10: r= and z= belong to a t= line", () => {
  assertEquals(faultOf(sdp("v=0", OPENING[1]!, "s=-", "r=7d 1h 0")), [4, "malformed r= line"]);
  assertEquals(faultOf(sdp("v=0", OPENING[1]!, "s=-", "z=0 0")), [4, "malformed z= line"]);
});

Deno.test("what may stand once only is refused the second time", () => {
  for (const line of ["i=x", "u=x", "c=IN IP4 x", "k=x", "z=0 0"]) {
    assertEquals(faultOf(sdp(...OPENING, line, line)), [6, `a second ${line[0]}= line`]);
  }
  for (const line of ["i=x", "k=x"]) {
    const text = sdp(...OPENING, "m=audio 9 RTP/AVP 0", line, line);
    assertEquals(faultOf(text), [7, `a second ${line[0]}= line`]);
  }
});

Deno.test("RFC 8866 section 5.14: a media line that is malformed", () => {
  for (
    const line of [
      "m=audio",
      "m=audio 9",
      "m=audio 9 RTP/AVP",
      "m=audio 9 RTP/AVP ",
      "m=audio  RTP/AVP 0",
      "m=audio 65536 RTP/AVP 0",
      "m=audio -1 RTP/AVP 0",
      "m=audio 9/0 RTP/AVP 0",
      "m=audio 9/x RTP/AVP 0",
      "m=audio 9 RTP//AVP 0",
      "m=audio 9 RTP/AVP 128",
      "m=audio 9 RTP/AVP *",
      "m=audio 9 RTP/AVP 0  8",
      "m=au/dio 9 RTP/AVP 0",
      "m=application 9 UDP/DTLS/SCTP",
      "m=application 9 UDP/DTLS/SCTP" + " x".repeat(10_000),
    ]
  ) {
    assertEquals(faultOf(sdp(...OPENING, line)), [5, "malformed m= line"], line.slice(0, 80));
  }
});

Deno.test("an attribute counts only in the sections that it is for", () => {
  const rtp = "m=audio 9 UDP/TLS/RTP/SAVPF 111";
  const sctp = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel";
  const other = "m=application 9 UDP/BFCP *";
  const cases: [attribute: string, refusedIn: string[]][] = [
    ["mid:a b", [rtp, sctp, other]],
    ["setup:evil", [rtp, sctp, other]],
    ["fingerprint:x", [rtp, sctp, other]],
    ["sctp-port:x", [sctp]],
    ["max-message-size:x", [sctp]],
    ["rtpmap:x y/1", [rtp]],
    ["rtpmap:96 AppleLossless", []],
    ["fmtp:x", [rtp]],
    ["rtcp-fb:x", [rtp]],
    ["extmap:x", [rtp]],
    ["msid", [rtp]],
    ["ssrc:x", [rtp]],
    ["ssrc-group:FID x", [rtp]],
    ["candidate:x", []],
    ["rid:x", []],
    ["simulcast:x", []],
    ["ice-ufrag:x", []],
    ["group:", []],
  ];
  for (const [attribute, refusedIn] of cases) {
    for (const section of [rtp, sctp, other]) {
      const result = parseSession(sdp(...OPENING, section, `a=${attribute}`));
      assertEquals(result.ok, !refusedIn.includes(section), `${attribute} in ${section}`);
      if (!result.ok) assertEquals(result.line, 6);
    }
  }
});

Deno.test("a line of unknown type is skipped in a section, where browsers skip it", () => {
  const session = sessionWith("m=audio 9 RTP/AVP 0", "f=invalid:yes", "t=x", "a=mid:0");
  assertEquals(session.media[0]!.attributes, [{ name: "mid", value: "0" }]);
});

Deno.test("a description without an end or a beginning tells what is missing", () => {
  assertEquals(faultOf(""), [1, "expected a v= line"]);
  assertEquals(faultOf("\r\n\r\n"), [1, "expected a v= line"]);
  assertEquals(faultOf("v=0"), [2, "expected a o= line"]);
  assertEquals(faultOf(sdp("v=0", OPENING[1]!)), [3, "expected a s= line"]);
  assertEquals(faultOf(sdp("v=1")), [1, "the version is not 0"]);
});

Deno.test("a description beyond the bounds is refused before it costs anything", () => {
  assertEquals(faultOf("v=0\n".repeat(3_000_000)), [1, "too long"]);
  const lines = sdp(...OPENING) + "a=\n".repeat(200_000);
  assertEquals(faultOf(lines), [200_001, "too many lines"]);
});

Deno.test("a space after a flag does not hide it", () => {
  assertEquals(sessionWith("a=ice-lite  ").attributes, [{ name: "ice-lite" }]);
  assertEquals(sessionWith("a=x: ").attributes, [{ name: "x", value: " " }]);
});

Deno.test("names from the peer stay data", () => {
  const session = sessionWith("a=__proto__:polluted", "a=constructor", "a=__proto__:again");
  assertEquals(session.attributes.length, 3);
  assert(!("polluted" in {}));
  assertEquals(Object.getPrototypeOf(session.attributes[0]), Object.prototype);
});
