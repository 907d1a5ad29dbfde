import { assert, assertEquals } from "@std/assert";
import { parseRid, parseSimulcast } from "../../../sdp/mod.ts";
import { writeDescription } from "../../../peer/jsep/sections.ts";
import {
  type LocalMedia,
  type LocalSource,
  type MediaFormat,
  msidsOf,
  offerMedia,
  readSections,
  writeMediaSection,
} from "../../../peer/jsep/media/mod.ts";
import {
  answerOf,
  END,
  mediaWith,
  newNumbering,
  offerOf,
  overTheWire,
  sessionWith,
  transport,
  wishes,
} from "./support.ts";

/** The `a=` lines of a section, as text. */
function linesOf(media: LocalMedia): string[] {
  return writeMediaSection(media).attributes.map(({ name, value }) =>
    value === undefined ? name : `${name}:${value}`
  );
}

const OPUS: MediaFormat = {
  payloadType: 111,
  name: "opus",
  clockRate: 48000,
  channels: 2,
  fmtp: "minptime=10",
  feedback: ["transport-cc", "nack"],
};

const SECTION: LocalMedia = {
  mid: "0",
  kind: "audio",
  direction: "sendrecv",
  formats: [OPUS],
  extensions: [{ id: 1, direction: "sendonly", uri: "urn:x" }],
  extmapAllowMixed: true,
  msids: msidsOf(["stream"], "track"),
  sources: [{ ssrc: 1, rtx: 2 }],
  cname: "name",
  rids: [],
  transport: transport("actpass"),
  rtcpMux: true,
  rtcpReducedSize: true,
};

Deno.test("RFC 9429 section 5.2.1: the lines of a section", () => {
  const written = writeMediaSection(SECTION);
  assertEquals([written.kind, written.port, written.protocol, written.formats], [
    "audio",
    9,
    "UDP/TLS/RTP/SAVPF",
    ["111"],
  ]);
  assertEquals(linesOf(SECTION), [
    "ice-ufrag:ufrag",
    "ice-pwd:password-password-password",
    "ice-options:trickle",
    `fingerprint:sha-256 ${END.fingerprints[0]!.value}`,
    "setup:actpass",
    "mid:0",
    "extmap:1/sendonly urn:x",
    "extmap-allow-mixed",
    "sendrecv",
    "msid:stream track",
    "rtcp-mux",
    "rtcp-rsize",
    "rtpmap:111 opus/48000/2",
    "rtcp-fb:111 transport-cc",
    "rtcp-fb:111 nack",
    "fmtp:111 minptime=10",
    "ssrc-group:FID 1 2",
    "ssrc:1 cname:name",
    "ssrc:2 cname:name",
  ]);
});

Deno.test("RFC 8888 section 6: reports of arrivals are asked for with a wildcard, once", () => {
  const formats = SECTION.formats.map((format) => ({ ...format, feedback: ["ack ccfb", "nack"] }));
  assertEquals(linesOf({ ...SECTION, formats }).filter((line) => line.startsWith("rtcp-fb")), [
    "rtcp-fb:111 nack",
    "rtcp-fb:* ack ccfb",
  ]);
});

Deno.test("RFC 5956 section 4.3: the source of repairs is named where there are any", () => {
  const named = (source: LocalSource) =>
    linesOf({ ...SECTION, sources: [source] }).filter((line) => line.startsWith("ssrc"));
  const repeated = ["ssrc-group:FID 1 2", "ssrc:1 cname:name", "ssrc:2 cname:name"];
  assertEquals(named({ ssrc: 1, rtx: 2 }), repeated);
  assertEquals(named({ ssrc: 1, rtx: 2, fec: 3 }), [
    repeated[0]!,
    "ssrc-group:FEC-FR 1 3",
    ...repeated.slice(1),
    "ssrc:3 cname:name",
  ]);
});

Deno.test("RFC 9429 section 5.2.1: a=rtcp, until it is known that RTCP is multiplexed", () => {
  const has = (more: Partial<LocalMedia>) =>
    linesOf({ ...SECTION, ...more }).includes("rtcp:9 IN IP4 0.0.0.0");
  assert(has({ rtcpMuxOnly: true }));
  assert(has({ rtcpMux: false }));
  assert(!has({}));
});

Deno.test("RFC 9143 section 6: a bundle-only section has port 0 and no transport", () => {
  const { transport: _, ...unbound } = SECTION;
  const written = writeMediaSection({ ...unbound, isBundleOnly: true, rtcpMuxOnly: true });
  assertEquals(written.port, 0);
  const names = written.attributes.map(({ name }) => name);
  assertEquals(names[0], "bundle-only");
  for (const name of ["rtcp", "ice-ufrag", "ice-pwd", "fingerprint", "setup", "rtcp-mux-only"]) {
    assert(!names.includes(name), name);
  }
  assert(names.includes("rtcp-mux"));
});

Deno.test("RFC 8866 section 6.6: one channel is not written", () => {
  const pcmu: MediaFormat = {
    payloadType: 0,
    name: "PCMU",
    clockRate: 8000,
    channels: 1,
    feedback: [],
  };
  assert(linesOf({ ...SECTION, formats: [pcmu] }).includes("rtpmap:0 PCMU/8000"));
});

Deno.test('RFC 8830 section 2: a track in no stream is in "-"', () => {
  assertEquals(msidsOf([]), [{ streamId: "-" }]);
  assertEquals(msidsOf(["a", "b"]), [{ streamId: "a" }, { streamId: "b" }]);
});

Deno.test("what is written is read again", () => {
  const simulcast: LocalMedia = {
    ...SECTION,
    mid: "1",
    kind: "video",
    direction: "sendonly",
    formats: [
      { payloadType: 96, name: "VP8", clockRate: 90000, feedback: ["nack pli"] },
      { payloadType: 97, name: "rtx", clockRate: 90000, fmtp: "apt=96", feedback: [] },
    ],
    rids: [parseRid("q send")!, parseRid("f send")!],
    simulcast: parseSimulcast("send q;f")!,
    rtcpMuxOnly: true,
    rtcpReducedSize: false,
    extmapAllowMixed: false,
    msids: [{ streamId: "-" }],
  };
  for (const local of [SECTION, simulcast]) {
    const session = overTheWire(writeDescription(END, 1, [writeMediaSection(local)], []));
    const read = readSections(session)[0]!;
    assertEquals(read, {
      index: 0,
      mid: local.mid,
      kind: local.kind,
      protocol: "UDP/TLS/RTP/SAVPF",
      isRejected: false,
      direction: local.direction,
      formats: local.formats,
      extensions: local.extensions,
      extmapAllowMixed: local.extmapAllowMixed,
      streamIds: local === SECTION ? ["stream"] : [],
      ...(local === SECTION && { trackId: "track" }),
      sources: [{ ssrc: 1, cname: "name", rtx: 2 }],
      rids: local.rids,
      ...(local.simulcast && { simulcast: local.simulcast }),
      rtcpMux: true,
      rtcpMuxOnly: local.rtcpMuxOnly ?? false,
      rtcpReducedSize: local.rtcpReducedSize,
    });
  }
});

Deno.test("attributes of the session level hold for sections that have none of their own", () => {
  const [audio, video] = readSections(sessionWith(
    "a=recvonly",
    "a=rtcp-mux",
    "a=rtcp-rsize",
    "a=extmap-allow-mixed",
    "a=extmap:1 urn:x-session",
    "a=rtcp-fb:* nack",
    "m=audio 9 UDP/TLS/RTP/SAVPF 0",
    "m=video 9 UDP/TLS/RTP/SAVPF 96",
    "a=sendonly",
    "a=rtpmap:96 VP8/90000",
    "a=rtcp-fb:96 goog-remb",
    "a=extmap:2 urn:x-media",
  ));
  assertEquals([audio?.direction, video?.direction], ["recvonly", "sendonly"]);
  assertEquals([audio?.rtcpMux, audio?.rtcpReducedSize, audio?.extmapAllowMixed], [
    true,
    true,
    true,
  ]);
  assertEquals(audio?.formats[0]?.feedback, ["nack"]);
  assertEquals(video?.formats[0]?.feedback, ["goog-remb"]);
  assertEquals(video?.extensions.map(({ id }) => id), [2, 1]);
});

Deno.test("payload types without rtpmap: static ones are known, others are passed over", () => {
  const { formats } = mediaWith("m=audio 9 RTP/SAVPF 0 96 8 9 0 97", "a=rtpmap:97 opus/48000/2");
  assertEquals(formats.map(({ payloadType, name }) => [payloadType, name]), [
    [0, "PCMU"],
    [8, "PCMA"],
    [9, "G722"],
    [97, "opus"],
  ]);
});

Deno.test("lines that say something twice: the first rtpmap counts, fmtp is taken together", () => {
  const { formats } = mediaWith(
    "m=audio 9 RTP/SAVPF 97",
    "a=rtpmap:97 opus/48000/2",
    "a=rtpmap:97 PCMU/8000",
    "a=fmtp:97  stereo=1",
    "a=fmtp:97 usedtx=1",
  );
  assertEquals(formats.map(({ name, fmtp }) => [name, fmtp]), [["opus", "stereo=1;usedtx=1"]]);
});

Deno.test("RFC 9429 section 5.8.2: streams of a track, or that the peer knows of none", () => {
  const streams = (...lines: readonly string[]) => {
    const { streamIds, trackId } = mediaWith("m=audio 9 RTP/SAVPF 0", ...lines);
    return [streamIds, trackId];
  };
  assertEquals(streams(), [undefined, undefined]);
  assertEquals(streams("a=msid:- foobar"), [[], "foobar"]);
  assertEquals(streams("a=msid:foo bar", "a=msid:baz bar"), [["foo", "baz"], "bar"]);
  assertEquals(streams("a=msid:foo"), [["foo"], undefined]);
  assertEquals(streams("a=ssrc:1 cname:x", "a=ssrc:1 msid:foo bar"), [["foo"], "bar"]);
});

Deno.test("RFC 9429 section 5.10: TIAS, or what AS comes to", () => {
  const limit = (...lines: readonly string[]) =>
    mediaWith("m=video 9 RTP/SAVPF 0", "c=IN IP4 0.0.0.0", ...lines).maxBitrate;
  assertEquals(limit("b=TIAS:500000", "b=AS:100"), 500000);
  assertEquals(limit("b=AS:100"), 79000);
  assertEquals(limit("b=AS:1"), 0);
  assertEquals(limit("b=AS:-1"), undefined);
});

Deno.test("sections that are not for tracks are not read", () => {
  const sections = readSections(sessionWith(
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "m=text 9 RTP/SAVPF 96",
    "m=audio 9 udp 0",
    "m=video 0 RTP/SAVPF 96",
  ));
  assertEquals(sections.map((media) => media?.isRejected), [
    ...[undefined, undefined, undefined, true],
  ]);
});

Deno.test("what an offer says of the sender, it says only while it sends", () => {
  const section = (direction: "sendrecv" | "recvonly", rids: readonly string[] = []) =>
    offerMedia(
      wishes("video", { direction, rids, sources: [{ ssrc: 1 }], cname: "name" }),
      "0",
      newNumbering(),
    );
  assertEquals(section("sendrecv").msids, [{ streamId: "stream" }]);
  assertEquals(section("sendrecv").sources, [{ ssrc: 1 }]);
  assertEquals(section("recvonly", ["a", "b"]).rids, []);
  assertEquals(section("recvonly").msids, []);
  assertEquals(section("recvonly").sources, undefined);
  assertEquals(section("sendrecv", ["a", "b"]).rids.map(({ id }) => id), ["a", "b"]);
  assertEquals(section("sendrecv", ["a", "b"]).sources, undefined);
});

Deno.test("RFC 9429 section 5.2.2: rtcp-mux and rtcp-rsize stay as the answer has them", () => {
  const negotiated = { formats: [], rtcpMux: true, rtcpReducedSize: false };
  const section = offerMedia(wishes("audio"), "0", newNumbering(), negotiated);
  assertEquals([section.rtcpMux, section.rtcpReducedSize], [true, false]);
});

Deno.test("a whole exchange: audio, video and data in one bundle", () => {
  const offer = offerOf(
    [
      { mid: "0", wishes: wishes("audio") },
      { mid: "1", wishes: wishes("video", { rids: ["q", "f"] }) },
      { mid: "2", isData: true },
    ],
    newNumbering(),
    "max-bundle",
  );
  assertEquals(offer.media.map(({ port }) => port), [9, 0, 0]);
  const answer = answerOf(offer, newNumbering());
  assertEquals(answer.media.map(({ port }) => port), [9, 9, 9]);
  const ufrags = answer.media.map(({ attributes }) =>
    attributes.some(({ name }) => name === "ice-ufrag")
  );
  assertEquals(ufrags, [true, false, false]);
});
