import { assert, assertEquals } from "@std/assert";
import {
  answerFormats,
  capabilities,
  codecsOf,
  type MediaFormat,
  offerFormats,
  PayloadTypes,
  type RtpCodec,
  selectCodecs,
  sendFormats,
} from "../../../peer/jsep/media/mod.ts";
import { mediaWith, namesOf, payloadTypesOf } from "./support.ts";

function preferred(kind: "audio" | "video", ...names: readonly string[]): RtpCodec[] {
  const { codecs } = capabilities(kind);
  return names.map((name) => codecs.find(({ mimeType }) => mimeType === `${kind}/${name}`)!);
}

const ANY_AUDIO = selectCodecs("audio", "sendrecv");
const ANY_VIDEO = selectCodecs("video", "sendrecv");

/** `[payload type, name, fmtp]` of each. */
function brief(formats: readonly MediaFormat[]): [number, string, string | undefined][] {
  return formats.map(({ payloadType, name, fmtp }) => [payloadType, name, fmtp]);
}

const REMOTE = mediaWith(
  "m=video 9 UDP/TLS/RTP/SAVPF 100 101 98 99 35 36 107 108",
  "a=rtpmap:100 VP9/90000",
  "a=rtpmap:101 rtx/90000",
  "a=fmtp:101 apt=100",
  "a=rtpmap:98 VP8/90000",
  "a=rtcp-fb:98 nack",
  "a=rtcp-fb:98 nack rpsi",
  "a=rtcp-fb:* ccm fir",
  "a=rtpmap:99 rtx/90000",
  "a=fmtp:99 apt=98",
  "a=rtpmap:35 flarglblurp/90000",
  "a=rtpmap:36 rtx/90000",
  "a=fmtp:36 apt=35",
  "a=rtpmap:107 H264/90000",
  "a=fmtp:107 packetization-mode=1;profile-level-id=42e00d",
  "a=rtpmap:108 rtx/90000",
  "a=fmtp:108 apt=98",
).formats;

Deno.test("RFC 9429 section 5.2.1: an initial offer has every codec, RTX behind what it repeats", () => {
  const audio = offerFormats(ANY_AUDIO, new PayloadTypes(), "0");
  assertEquals(payloadTypesOf({ formats: audio }), [111, 63, 9, 0, 8, 13, 110, 126]);
  assertEquals(brief(audio)[1], [63, "red", "111/111"]);
  const video = offerFormats(ANY_VIDEO, new PayloadTypes(), "1");
  assertEquals(brief(video).slice(0, 2), [[96, "VP8", undefined], [97, "rtx", "apt=96"]]);
  assertEquals(video.length, 2 * codecsOf("video").length - 2);
  video.forEach((format, i) => {
    if (format.name === "rtx") assertEquals(format.fmtp, `apt=${video[i - 1]!.payloadType}`);
  });
});

Deno.test("RFC 9429 section 5.2.1: preferences set order and choice, RTX among them", () => {
  const offer = (...names: readonly string[]) =>
    offerFormats(
      selectCodecs("video", "sendrecv", preferred("video", ...names)),
      new PayloadTypes(),
      "0",
    );
  assertEquals(namesOf(offer("H264", "VP8")), ["H264", "VP8"]);
  assertEquals(namesOf(offer("rtx", "H264", "red", "VP8")), [
    ...["H264", "rtx", "red", "rtx", "VP8", "rtx"],
  ]);
});

Deno.test("RED of audio goes with what it carries, and not without", () => {
  const offer = (...names: readonly string[]) =>
    brief(offerFormats(
      selectCodecs("audio", "sendrecv", preferred("audio", ...names)),
      new PayloadTypes(),
      "0",
    ));
  assertEquals(offer("red", "opus"), [
    [63, "red", "111/111"],
    [111, "opus", "minptime=10;useinbandfec=1"],
  ]);
  assertEquals(offer("red", "PCMU"), [[0, "PCMU", undefined]]);
});

Deno.test("RFC 9429 section 5.2.2: the order of the most recent answer, then what it lacks", () => {
  const types = new PayloadTypes();
  types.adopt("0", "video", REMOTE);
  const formats = offerFormats(ANY_VIDEO, types, "0", answerFormats(ANY_VIDEO, REMOTE));
  assertEquals(brief(formats).slice(0, 7), [
    [100, "VP9", "profile-id=0"],
    [101, "rtx", "apt=100"],
    [98, "VP8", undefined],
    [108, "rtx", "apt=98"],
    [107, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"],
    [109, "rtx", "apt=107"],
    [96, "VP9", "profile-id=2"], // 100 is taken
  ]);
  assert(!payloadTypesOf({ formats }).includes(35));
});

Deno.test("RFC 9429 section 5.3.1: an answer has the offer's order and payload types", () => {
  const formats = answerFormats(ANY_VIDEO, REMOTE);
  assertEquals(brief(formats), [
    [100, "VP9", "profile-id=0"],
    [101, "rtx", "apt=100"],
    [98, "VP8", undefined],
    [99, "rtx", "apt=98"],
    [107, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e00d"],
    [108, "rtx", "apt=98"],
  ]);
  assertEquals(formats[0]!.feedback, ["ccm fir"]);
  assertEquals(formats[2]!.feedback, ["ccm fir", "nack"]);
});

Deno.test("RFC 8888 section 6: reports of arrivals are taken, in place of transport-wide feedback, and offered again", () => {
  const offered = (...feedback: readonly string[]) =>
    mediaWith(
      "m=video 9 UDP/TLS/RTP/SAVPF 98 99",
      "a=rtpmap:98 VP8/90000",
      "a=rtpmap:99 rtx/90000",
      "a=fmtp:99 apt=98",
      "a=rtcp-fb:* ack ccfb",
      ...feedback,
    ).formats;
  const answer = answerFormats(ANY_VIDEO, offered());
  assertEquals(answer[0]!.feedback, ["ack ccfb"]);
  const again = offerFormats(ANY_VIDEO, new PayloadTypes(), "0", answer);
  assert(again[0]!.feedback.includes("ack ccfb"));
  assertEquals(sendFormats("video", answer, offered())[0]!.feedback, ["ack ccfb"]);
  const both = answerFormats(ANY_VIDEO, offered("a=rtcp-fb:98 transport-cc"));
  assertEquals(both[0]!.feedback, ["ack ccfb"]);
  assert(!offerFormats(ANY_VIDEO, new PayloadTypes(), "0")[0]!.feedback.includes("ack ccfb"));
});

Deno.test("RFC 9429 section 5.3.1: an answer has the order of its own preferences", () => {
  const selection = selectCodecs(
    "video",
    "sendrecv",
    preferred("video", "AV1", "VP8", "rtx", "VP9"),
  );
  assertEquals(brief(answerFormats(selection, REMOTE)), [
    [98, "VP8", undefined],
    [99, "rtx", "apt=98"],
    [108, "rtx", "apt=98"],
    [100, "VP9", "profile-id=0"],
    [101, "rtx", "apt=100"],
  ]);
  const withoutRtx = selectCodecs("video", "sendrecv", preferred("video", "VP9", "VP8"));
  assertEquals(namesOf(answerFormats(withoutRtx, REMOTE)), ["VP9", "VP8"]);
});

Deno.test("RFC 9429 section 5.3.1: nothing in common, or nothing that carries media, is no answer", () => {
  const offered = (...lines: readonly string[]) => mediaWith(...lines).formats;
  const unknown = offered("m=video 9 RTP/SAVPF 35", "a=rtpmap:35 flarglblurp/90000");
  assertEquals(answerFormats(ANY_VIDEO, unknown), []);
  const repair = offered(
    "m=video 9 RTP/SAVPF 35 36",
    "a=rtpmap:35 red/90000",
    "a=rtpmap:36 ulpfec/90000",
  );
  assertEquals(answerFormats(ANY_VIDEO, repair), []);
  assertEquals(answerFormats(ANY_AUDIO, offered("m=audio 9 RTP/SAVPF 13")), []);
  const selection = selectCodecs("video", "sendrecv", preferred("video", "AV1"));
  assertEquals(answerFormats(selection, REMOTE), []);
});

Deno.test("codecs that are offered twice are accepted twice, each with the RTX that is its own", () => {
  const formats = mediaWith(
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99",
    "a=rtpmap:96 VP8/90000",
    "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=98",
    "a=rtpmap:98 VP8/90000",
    "a=rtpmap:99 rtx/90000",
    "a=fmtp:99 apt=96",
  ).formats;
  assertEquals(answerFormats(ANY_VIDEO, formats).map(({ payloadType }) => payloadType), [
    ...[96, 97, 98, 99],
  ]);
});

Deno.test("RFC 3264 section 5.1: we send with the payload types and parameters of the other side", () => {
  const formats = sendFormats("video", REMOTE);
  assertEquals(brief(formats).map(([type]) => type), [100, 101, 98, 99, 107, 108]);
  assertEquals(formats[4]!.fmtp, "packetization-mode=1;profile-level-id=42e00d");
  assertEquals(formats[2]!.feedback, ["ccm fir", "nack"]);
});

Deno.test("RFC 3264 section 6.1: a codec that only the answer has is sent if we have it", () => {
  assert(namesOf(sendFormats("video", REMOTE)).includes("H264"));
});

Deno.test("where the answer is ours, nothing else is sent than what it accepts", () => {
  const selection = selectCodecs("video", "sendrecv", preferred("video", "VP8", "VP9"));
  const answered = answerFormats(selection, REMOTE);
  assertEquals(brief(sendFormats("video", REMOTE, answered)).map(([type]) => type), [100, 98]);
});
