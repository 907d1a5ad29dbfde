import { assert, assertEquals } from "@std/assert";
import {
  canBeSentAs,
  capabilities,
  checkCodecPreferences,
  codecDictionaryMatch,
  codecParameters,
  filterCodecPreferences,
  type RtpCodec,
} from "../../../peer/jsep/media/mod.ts";

function video(name: string, sdpFmtpLine?: string): RtpCodec {
  return {
    mimeType: `video/${name}`,
    clockRate: 90000,
    ...(sdpFmtpLine !== undefined && { sdpFmtpLine }),
  };
}

const OPUS: RtpCodec = {
  mimeType: "audio/opus",
  clockRate: 48000,
  channels: 2,
  sdpFmtpLine: "minptime=10;useinbandfec=1",
};

Deno.test("W3C WebRTC, codec dictionary match: each member counts", () => {
  assert(codecDictionaryMatch(OPUS, { ...OPUS, mimeType: "AUDIO/OPUS" }));
  assert(codecDictionaryMatch(OPUS, { ...OPUS, sdpFmtpLine: "useinbandfec=1;minptime=10" }));
  assert(!codecDictionaryMatch(OPUS, { ...OPUS, clockRate: 24000 }));
  assert(!codecDictionaryMatch(OPUS, { ...OPUS, channels: 13 }));
  assert(!codecDictionaryMatch(OPUS, { ...OPUS, sdpFmtpLine: "modifiedparameter=1" }));
  const { sdpFmtpLine: _line, ...withoutLine } = OPUS;
  const { channels: _channels, ...withoutChannels } = OPUS;
  assert(!codecDictionaryMatch(OPUS, withoutLine));
  assert(!codecDictionaryMatch(OPUS, withoutLine, true));
  assert(!codecDictionaryMatch(OPUS, withoutChannels));
  assert(codecDictionaryMatch(withoutLine, withoutLine));
});

Deno.test("W3C WebRTC, codec dictionary match: what is no list of key=value is compared as it is", () => {
  const event = (sdpFmtpLine: string) => ({
    mimeType: "audio/telephone-event",
    clockRate: 8000,
    channels: 1,
    sdpFmtpLine,
  });
  assert(codecDictionaryMatch(event("0-15"), event("0-15")));
  assert(!codecDictionaryMatch(event("0-15"), event("0-16"), true));
  assert(!codecDictionaryMatch(event("0-15"), event("a=0")));
});

Deno.test("W3C WebRTC, codec dictionary match: parameters that each side has for itself can be ignored", () => {
  const match = (name: string, one: string, other: string): [strict: boolean, loose: boolean] => [
    codecDictionaryMatch(video(name, one), video(name, other)),
    codecDictionaryMatch(video(name, one), video(name, other), true),
  ];
  const av1 = "level-idx=5;profile=0;tier=0";
  assertEquals(match("AV1", av1, "level-idx=5;profile=1;tier=0"), [false, true]);
  assertEquals(match("AV1", av1, "profile=0"), [true, true]);
  assertEquals(match("H265", "level-id=180;profile-id=1", "level-id=30;profile-id=1"), [
    false,
    true,
  ]);
  assertEquals(match("H265", "level-id=180;profile-id=1", "level-id=180;profile-id=2"), [
    false,
    false,
  ]);
  assertEquals(match("VP9", "profile-id=0", "profile-id=2"), [false, false]);
  assertEquals(match("VP9", "profile-id=0", "x=1"), [false, true]);
  const h264 = (id: string, mode = 1) => `packetization-mode=${mode};profile-level-id=${id}`;
  assertEquals(match("H264", h264("42e01f"), h264("42e034")), [false, true]);
  assertEquals(match("H264", h264("42e01f"), h264("42001f")), [false, false]);
  assertEquals(match("H264", h264("42e01f"), h264("42e01f", 0)), [false, false]);
  assertEquals(match("H264", h264("42e01f", 0), "profile-level-id=42e01f"), [true, true]);
  assertEquals(match("H264", h264("bad"), h264("bad")), [true, true]);
  assertEquals(match("H264", h264("bad"), h264("worse")), [false, false]);
});

Deno.test("W3C WebRTC, setCodecPreferences: what it takes, and what it refuses", () => {
  for (const kind of ["audio", "video"] as const) {
    const all = capabilities(kind).codecs;
    assertEquals(checkCodecPreferences(kind, all), all);
    assertEquals(checkCodecPreferences(kind, [...all, ...all]), all);
    assertEquals(checkCodecPreferences(kind, []), []);
  }
  const { codecs } = capabilities("video");
  const helpers = codecs.filter(({ mimeType }) => /rtx|red|fec/.test(mimeType));
  assertEquals(helpers.length, 4);
  assertEquals(checkCodecPreferences("video", helpers), undefined);
  assertEquals(checkCodecPreferences("audio", codecs), undefined);
  assertEquals(checkCodecPreferences("video", [...codecs, video("piepiper", "0-15")]), undefined);
  assertEquals(checkCodecPreferences("audio", [{ ...OPUS, channels: 3 }]), undefined);
  assertEquals(
    checkCodecPreferences("audio", [{ mimeType: "data", clockRate: 2000, channels: 2 }]),
    undefined,
  );
});

Deno.test("W3C WebRTC, createOffer: preferences are filtered by direction, and keep their order", () => {
  const [one, two, three] = [video("one"), video("two"), video("three")];
  const implemented = { send: [one, two], receive: [two, three] };
  const filter = (direction: "sendrecv" | "sendonly" | "recvonly" | "inactive") =>
    filterCodecPreferences([three, two, one], direction, implemented);
  assertEquals(filter("sendrecv"), [two]);
  assertEquals(filter("sendonly"), [two, one]);
  assertEquals(filter("recvonly"), [three, two]);
  assertEquals(filter("inactive"), [three, two, one]);
});

Deno.test("a format as getParameters tells it", () => {
  assertEquals(
    codecParameters("audio", {
      payloadType: 111,
      name: "opus",
      clockRate: 48000,
      channels: 2,
      fmtp: "stereo=1",
      feedback: ["nack"],
    }),
    {
      payloadType: 111,
      mimeType: "audio/opus",
      clockRate: 48000,
      channels: 2,
      sdpFmtpLine: "stereo=1",
    },
  );
});

Deno.test("RFC 6184 section 8.1: what keeps to the constraints of a profile is sent to decoders of larger ones", () => {
  const h264 = (profile: string, mode = 1) =>
    video("H264", `packetization-mode=${mode};profile-level-id=${profile}1f`);
  const sent = (stream: string, decoder: string) => canBeSentAs(h264(stream), h264(decoder));
  for (const decoder of ["42e0", "4200", "4d00", "640c", "6400"]) assert(sent("42e0", decoder));
  assert(sent("4d00", "6400") && sent("640c", "6400"));
  for (const decoder of ["42e0", "4d00", "640c"]) assert(!sent("6400", decoder), decoder);
  assert(!sent("4200", "4d00"), "Baseline has more slices than Main knows");
  assert(!canBeSentAs(h264("42e0"), h264("42e0", 0)), "a picture may not fit into a packet");
  assert(!canBeSentAs(video("VP9", "profile-id=0"), video("VP9", "profile-id=2")));
  assert(!canBeSentAs(h264("42e0"), video("H265")));
  assert(canBeSentAs({ mimeType: "video/h264", clockRate: 90_000 }, h264("4200")));
});
