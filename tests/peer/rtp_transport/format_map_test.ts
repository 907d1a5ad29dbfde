import { assertEquals } from "@std/assert";
import type { MediaFormat } from "../../../peer/jsep/media/mod.ts";
import type { NegotiatedSection } from "../../../peer/media/section.ts";
import { FormatMap } from "../../../peer/rtp_transport/format_map.ts";

function format(payloadType: number, name: string, fmtp?: string): MediaFormat {
  const audio = ["opus", "red"].includes(name);
  return {
    ...{ payloadType, name, feedback: [], clockRate: audio ? 48_000 : 90_000 },
    ...(audio && { channels: 2 }),
    ...(fmtp !== undefined && { fmtp }),
  };
}

function section(
  kind: "audio" | "video",
  formats: readonly MediaFormat[],
  extensions: NegotiatedSection["extensions"] = [],
): NegotiatedSection {
  return {
    ...{ mid: "0", kind, extensions, sources: [], announcesRepairs: false, reducedSize: true },
    extmapAllowMixed: true,
    encodingFormats: new Map(),
    ...{ sendFormats: formats, receiveFormats: formats },
  };
}

Deno.test("a payload type becomes that of the same codec, where parameters agree that must", () => {
  const from = section("video", [
    format(96, "VP8"),
    format(97, "rtx", "apt=96"),
    format(98, "VP9", "profile-id=0"),
    format(100, "VP9", "profile-id=2"),
    format(102, "H264", "packetization-mode=1;profile-level-id=42e01f"),
  ]);
  const to = section("video", [
    format(120, "H264", "packetization-mode=0;profile-level-id=42e01f"),
    format(121, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e034"),
    format(122, "vp8"),
    format(123, "VP9"),
  ]);
  const map = new FormatMap(from, to);
  assertEquals([96, 98, 100, 102, 5].map((payloadType) => map.of(payloadType)?.payloadType), [
    ...[122, 123, undefined, 121, undefined],
  ]);
  assertEquals(map.of(96)!.mimeType, "video/VP8");
});

Deno.test("RED goes on as it is where its payload types mean the same, else what is in it goes (RFC 2198 section 3)", () => {
  const from = section("audio", [format(63, "red", "111/111"), format(111, "opus", "minptime=10")]);
  const of = (...formats: MediaFormat[]) => new FormatMap(from, section("audio", formats)).of(63);
  assertEquals(of(format(70, "red", "111/111"), format(111, "opus")), {
    ...{ payloadType: 70, mimeType: "audio/red", unwraps: false },
  });
  assertEquals(of(format(63, "red", "109/109"), format(109, "opus")), {
    ...{ payloadType: 109, mimeType: "audio/opus", unwraps: true },
  });
  assertEquals(of(format(111, "opus")), {
    ...{ payloadType: 111, mimeType: "audio/opus", unwraps: true },
  });
  assertEquals(of(format(0, "PCMU")), undefined);
});

Deno.test("header extensions are found under the ids of what is received", () => {
  const from = section("video", [], [
    { id: 3, uri: "a" },
    { id: 4, uri: "b", direction: "sendonly" },
  ]);
  assertEquals([...new FormatMap(from, section("video", [])).extensions], [["a", 3]]);
});
