import { assertEquals } from "@std/assert";
import { sessionOf } from "./support.ts";
import { findAll, type SessionDescription } from "../../../sdp/mod.ts";
import { repeatTransports } from "../../../peer/jsep/repeated_transports.ts";

/** A session of sections, each "mid" or "mid:ufrag", "!" in front of one that is rejected; all are bundled. */
function session(sections: string, bundle = "0 1 2"): SessionDescription {
  const media = sections.split(" ").flatMap((text) => {
    const [mid, ufrag] = text.replace("!", "").split(":");
    return [
      `m=audio ${text.startsWith("!") ? 0 : 9} UDP/TLS/RTP/SAVPF 0`,
      "c=IN IP4 0.0.0.0",
      `a=mid:${mid}`,
      `a=fingerprint:sha-256 ${Array(32).fill("AA").join(":")}`,
      ...ufrag === undefined ? [] : [
        `a=ice-ufrag:${ufrag.repeat(4)}`,
        `a=ice-pwd:${ufrag.repeat(22)}`,
        "a=setup:actpass",
        "a=candidate:1 1 udp 1 192.0.2.1 9 typ host",
      ],
    ];
  });
  const head = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", `a=group:BUNDLE ${bundle}`];
  return sessionOf([...head, ...media, ""].join("\r\n"));
}

/** The first letters of each section's credentials, and how often it has the other attributes. */
function credentials({ media }: SessionDescription): string[] {
  return media.map(({ attributes }) => {
    const values = (name: string) =>
      findAll(attributes, name).map(({ value }) => value?.[0]).join("+");
    const counts = ["fingerprint", "setup", "candidate"].map((name) =>
      findAll(attributes, name).length
    );
    return `${values("ice-ufrag")}${values("ice-pwd")} ${counts.join("")}`;
  });
}

Deno.test("bundled sections repeat all but the candidates of the one that speaks for them", () => {
  assertEquals(credentials(repeatTransports(session("0 1:a 2", "1 0 2"))), [
    ...["aa 110", "aa 111", "aa 110"],
  ]);
});

Deno.test("what is rejected, in no bundle, or has a transport of its own stays as it is", () => {
  const whole = session("0:a !1 2:b 3");
  assertEquals(repeatTransports(whole), whole);
});
