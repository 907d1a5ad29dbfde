import { assert, assertEquals } from "@std/assert";
import {
  answerFmtp,
  codecIdentity,
  findCodec,
  identitiesOf,
  type MediaKind,
  parametersOf,
} from "../../../peer/jsep/media/mod.ts";

/** `name/rate[/channels]` and an fmtp as a format. */
function format(rtpmap: string, fmtp?: string) {
  const [name, rate, channels] = rtpmap.split("/");
  return {
    name: name!,
    clockRate: Number(rate),
    ...(channels !== undefined && { channels: Number(channels) }),
    ...(fmtp !== undefined && { fmtp }),
  };
}

function found(kind: MediaKind, rtpmap: string, fmtp?: string) {
  return findCodec(kind, format(rtpmap, fmtp));
}

Deno.test("RFC 4855 section 3: case does not matter; rate and channels do", () => {
  assertEquals(found("audio", "OPUS/48000/2")?.name, "opus");
  assertEquals(found("audio", "opus/48000"), undefined);
  assertEquals(found("audio", "opus/90000/2"), undefined);
  assertEquals(found("audio", "G722/8000/1")?.name, "G722");
  assertEquals(found("audio", "telephone-event/8000/1")?.payloadType, 126);
  assertEquals(found("audio", "telephone-event/16000"), undefined);
  assertEquals(found("audio", "VP8/90000"), undefined);
  assertEquals(found("video", "vp8/90000/1")?.name, "VP8");
});

Deno.test("RFC 7587 section 7.1: what Opus says is for one direction only, and matches anything", () => {
  for (const fmtp of ["stereo=1;sprop-stereo=1", "maxaveragebitrate=20001;unknown", "usedtx=1"]) {
    assertEquals(found("audio", "opus/48000/2", fmtp)?.name, "opus");
  }
  assertEquals(found("audio", "telephone-event/8000", "0-15")?.name, "telephone-event");
});

Deno.test("RFC 6184 section 8.2.2: profile and packetization mode must be the same, the level not", () => {
  const mode = (fmtp?: string) => found("video", "H264/90000", fmtp)?.payloadType;
  assertEquals(mode("packetization-mode=1;profile-level-id=42e01f"), 108);
  assertEquals(mode("profile-level-id=42c034; packetization-mode=1"), 108);
  assertEquals(mode("profile-level-id=42e01f"), 114);
  assertEquals(mode("packetization-mode=1;profile-level-id=42001f"), 102);
  assertEquals(mode("packetization-mode=1;profile-level-id=4d0032"), 116);
  assertEquals(mode("packetization-mode=0;profile-level-id=64001f"), 41);
  assertEquals(mode(undefined), 104);
  assertEquals(mode("packetization-mode=2;profile-level-id=42e01f"), undefined);
  assertEquals(mode("packetization-mode=1;profile-level-id=640c1f"), undefined);
  assertEquals(mode("packetization-mode=1;profile-level-id=bad"), undefined);
});

Deno.test("RFC 9628 section 6: profile-id of VP9 is 0 where it is absent", () => {
  assertEquals(found("video", "VP9/90000")?.payloadType, 98);
  assertEquals(found("video", "VP9/90000", "max-fs=12288;max-fr=60")?.payloadType, 98);
  assertEquals(found("video", "VP9/90000", "profile-id=2")?.payloadType, 100);
  assertEquals(found("video", "VP9/90000", "profile-id=1"), undefined);
});

Deno.test("AV1: level and tier are each side's own; a profile has a payload type of its own", () => {
  assert(found("video", "AV1/90000"));
  assert(found("video", "AV1/90000", "level-idx=8;tier=1;profile=0"));
  assertEquals(found("video", "AV1/90000", "profile=1"), undefined);
});

Deno.test("RFC 7798 section 7.2.2: profile, tier and transmission mode of H265 must be the same", () => {
  assert(found("video", "H265/90000"));
  assert(found("video", "H265/90000", "level-id=93;profile-id=1;tx-mode=srst"));
  assertEquals(found("video", "H265/90000", "profile-id=2"), undefined);
  assertEquals(found("video", "H265/90000", "tier-flag=1"), undefined);
  assertEquals(found("video", "H265/90000", "tx-mode=MRST"), undefined);
});

Deno.test("the parameters of an answer: our own, at the level that both have", () => {
  const h264 = found("video", "H264/90000", "packetization-mode=1;profile-level-id=42e01f")!;
  const level = (fmtp: string) => parametersOf(answerFmtp(h264, fmtp)).get("profile-level-id");
  assertEquals(level("packetization-mode=1;profile-level-id=42e00d"), "42e00d");
  assertEquals(level("level-asymmetry-allowed=1;profile-level-id=42e00d"), "42e01f");
  assertEquals(
    answerFmtp(h264, "packetization-mode=1;profile-level-id=42e01f"),
    "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
  );
  const h265 = found("video", "H265/90000")!;
  assertEquals(
    answerFmtp(h265, "level-id=30"),
    "level-id=30;profile-id=1;tier-flag=0;tx-mode=SRST",
  );
  assertEquals(parametersOf(answerFmtp(h265, undefined)).get("level-id"), "93");
  assertEquals(parametersOf(answerFmtp(h265, "level-id=186")).get("level-id"), "180");
  assertEquals(
    answerFmtp(found("audio", "opus/48000/2")!, "stereo=1"),
    "minptime=10;useinbandfec=1",
  );
  assertEquals(answerFmtp(found("video", "VP8/90000")!, "max-fs=12288"), undefined);
});

Deno.test("RFC 4588 section 8.3: RTX is told apart by what it repeats", () => {
  const formats = [
    { payloadType: 96, feedback: [], ...format("VP8/90000") },
    { payloadType: 97, feedback: [], ...format("rtx/90000", "apt=96;rtx-time=3000") },
    { payloadType: 98, feedback: [], ...format("rtx/90000", "apt=99") },
    { payloadType: 100, feedback: [], ...format("rtx/90000") },
    { payloadType: 101, feedback: [], ...format("rtx/90000", "apt=97") },
  ];
  assertEquals([...identitiesOf("video", formats)], [
    [96, "video/vp8/90000"],
    [97, "rtx of video/vp8/90000"],
  ]);
  assertEquals(codecIdentity("video", formats[1]!), undefined);
});

Deno.test("names that objects have by nature are no codecs", () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    assertEquals(found("video", `${name}/90000`, "__proto__=1;constructor=2"), undefined);
  }
});
