import { assertEquals } from "@std/assert";
import { withEditedExtensions } from "../../../peer/jsep/edited_extensions.ts";
import { repeatTransports } from "../../../peer/jsep/repeated_transports.ts";
import { findAll, writeSession } from "../../../sdp/mod.ts";
import { sessionOf } from "./support.ts";

const CREATED = sessionOf(
  [
    ...["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=group:BUNDLE 0 1"],
    ...["m=audio 9 UDP/TLS/RTP/SAVPF 0", "c=IN IP4 0.0.0.0", "a=mid:0", "a=ice-ufrag:abcd"],
    ...["a=ice-pwd:abcdefghijklmnopqrstuv", "a=extmap:1 urn:one", "a=extmap:2 urn:two"],
    ...["m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "a=mid:1", "a=rtpmap:96 VP8/90000"],
    "",
  ].join("\r\n"),
);
const SHOWN = writeSession(repeatTransports(CREATED));

/** The extensions of each section, once the text has been edited. */
function edited(sdp: string): string[] | undefined {
  return withEditedExtensions(CREATED, sdp)?.media.map(({ attributes }) =>
    findAll(attributes, "extmap").map(({ value }) => value).join()
  );
}

Deno.test("header extensions that are added, left out or renumbered are taken over", () => {
  assertEquals(edited(SHOWN), ["1 urn:one,2 urn:two", ""]);
  assertEquals(edited(SHOWN + "a=extmap:3 urn:three\r\n"), ["1 urn:one,2 urn:two", "3 urn:three"]);
  assertEquals(edited(SHOWN.replace("a=extmap:1 urn:one\r\n", "")), ["2 urn:two", ""]);
  assertEquals(edited(SHOWN.replace("extmap:1", "extmap:9/recvonly")), [
    "9/recvonly urn:one,2 urn:two",
    "",
  ]);
});

Deno.test("what is shown only is not taken over", () => {
  const session = withEditedExtensions(CREATED, SHOWN + "a=extmap:3 urn:three\r\n")!;
  assertEquals(findAll(session.media[1]!.attributes, "ice-ufrag"), []);
  assertEquals(
    writeSession(repeatTransports(session)),
    SHOWN + "a=extmap:3 urn:three\r\n",
  );
});

Deno.test("W3C WebRTC section 4.4.1.5: a description in which anything else was changed is another one", () => {
  for (
    const sdp of [
      SHOWN + "a=munged\r\n",
      SHOWN.replace("a=mid:1", "a=mid:2"),
      SHOWN.replace("VP8", "VP9"),
      SHOWN.replace("a=ice-ufrag:abcd\r\n", ""),
      SHOWN.replace("m=audio", "a=extmap:3 urn:three\r\nm=audio"),
      SHOWN + "a=extmap:nonsense\r\n",
      SHOWN.replaceAll("\r\n", "\n"),
      "",
    ]
  ) {
    assertEquals(edited(sdp), undefined, sdp);
  }
});
