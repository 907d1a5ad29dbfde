import { assertThrows } from "@std/assert";
import { attribute, type SessionDescription, writeSession } from "../../sdp/mod.ts";
import { sessionWith } from "./support.ts";

Deno.test("a string with a line end in it cannot smuggle in a line", () => {
  const session = sessionWith("m=audio 9 RTP/AVP 0");
  const media = session.media[0]!;
  const smuggled: SessionDescription[] = [
    { ...session, sessionName: "x\r\na=ice-lite" },
    { ...session, information: "x\ny" },
    { ...session, attributes: [attribute("x", "\0")] },
    { ...session, attributes: [attribute("x\r", "y")] },
    { ...session, origin: { ...session.origin, username: "-\n" } },
    { ...session, media: [{ ...media, formats: ["0\r\na=x"] }] },
    { ...session, media: [{ ...media, attributes: [attribute("msid", "a\nb")] }] },
  ];
  for (const each of smuggled) assertThrows(() => writeSession(each), RangeError);
});
