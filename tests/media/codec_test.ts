import { assertEquals } from "@std/assert";
import { codecOfMimeType, kindOf, parseCodec } from "../../media/codec.ts";
import { MediaSource } from "../../media/media_source.ts";
import { chunk } from "./sources.ts";

const STRINGS: Readonly<Record<string, [mimeType: string, sdpFmtpLine?: string]>> = {
  "vp8": ["video/VP8"],
  "vp9": ["video/VP9"],
  "vp09.02.10.10": ["video/VP9", "profile-id=2"],
  "avc1.42E01F": [
    "video/H264",
    "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
  ],
  "avc1": ["video/H264"],
  "hev1.1.6.L93.B0": ["video/H265", "level-id=93;profile-id=1;tier-flag=0;tx-mode=SRST"],
  "hvc1.2.4.H120": ["video/H265", "level-id=120;profile-id=2;tier-flag=1;tx-mode=SRST"],
  "av01.0.04M.08": ["video/AV1", "profile=0"],
  "opus": ["audio/opus"],
  "ulaw": ["audio/PCMU"],
  "alaw": ["audio/PCMA"],
  "VIDEO/vp8": ["video/VP8"],
};

for (const [text, [mimeType, sdpFmtpLine]] of Object.entries(STRINGS)) {
  Deno.test(`${text} is ${mimeType} with ${sdpFmtpLine ?? "no parameters"}`, () => {
    const codec = parseCodec(text);
    assertEquals([codec?.mimeType, codec?.sdpFmtpLine], [mimeType, sdpFmtpLine]);
    assertEquals(kindOf(codec!), mimeType.split("/")[0]);
  });
}

Deno.test("what can't be sent is no codec", () => {
  for (const text of ["", "mp4a.40.2", "video/raw", "constructor", "__proto__", "vp10"]) {
    assertEquals([parseCodec(text), codecOfMimeType(text)], [undefined, undefined]);
  }
});

Deno.test("a source's codec is that of its latest chunk, with the parameters that it was made with", () => {
  const source = new MediaSource({ kind: "video", codecs: [parseCodec("vp09.02.10.10")!] });
  source.emit({ ...chunk(1), metadata: { mimeType: "video/vp9" } });
  assertEquals(source.codecs[0]?.sdpFmtpLine, "profile-id=2");
  source.emit({ ...chunk(2), metadata: { mimeType: "video/AV1" } });
  source.emit({ ...chunk(3), metadata: { mimeType: "video/unheard-of" } });
  assertEquals(source.codecs[0]?.mimeType, "video/AV1");
});
