import { assert, assertEquals } from "@std/assert";
import {
  answerFault,
  codecDictionaryMatch,
  findCodec,
  mediaFault,
  type MediaFormat,
  readAllMedia,
  requestedRids,
  type RtpCodec,
  sendFormats,
} from "../../../peer/jsep/media/mod.ts";
import {
  answerOf,
  bundlesOf,
  mediaOf,
  namesOf,
  newNumbering,
  sessionOf,
  vectorText,
} from "./support.ts";

const OFFERS = ["av", "recvonly", "simulcast"].flatMap((what) =>
  ["chromium", "firefox"].map((browser) => ({
    name: `${browser}-${what}-offer`,
    text: vectorText(`browsers/${browser}-${what}-offer.sdp`),
  }))
);

Deno.test("Chromium's offer: every section is read as it is meant", () => {
  const [audio, video] = mediaOf(vectorText("browsers/chromium-av-offer.sdp"));
  assert(audio && video);
  assertEquals(audio.formats[0], {
    payloadType: 111,
    name: "opus",
    clockRate: 48000,
    channels: 2,
    fmtp: "minptime=10;useinbandfec=1",
    feedback: ["transport-cc"],
  });
  assertEquals(audio.formats.map(({ payloadType }) => payloadType), [
    111,
    63,
    9,
    0,
    8,
    13,
    110,
    126,
  ]);
  assertEquals(audio.streamIds, ["dc13ce2f-e937-421e-abac-56070673a578"]);
  assertEquals(audio.trackId, "d2e342bf-0b2e-483d-ab6d-3403b3d8d6ba");
  assertEquals(audio.sources.map(({ ssrc, cname }) => [ssrc, cname]), [[
    79647548,
    "yrlNnSpG95O1PDGC",
  ]]);
  assertEquals([audio.rtcpMux, audio.rtcpReducedSize, audio.extmapAllowMixed], [true, true, true]);
  assertEquals(video.formats.length, 23);
  assertEquals(video.formats.find(({ payloadType }) => payloadType === 108), {
    payloadType: 108,
    name: "H264",
    clockRate: 90000,
    fmtp: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    feedback: ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"],
  });
  assertEquals(video.sources.map(({ ssrc, rtx }) => [ssrc, rtx]), [[3279248834, 1268473548]]);
  assertEquals(video.extensions.length, 11);
  assertEquals(video.extensions[8], { id: 4, uri: "urn:ietf:params:rtp-hdrext:sdes:mid" });
  assertEquals(video.direction, "sendrecv");
});

Deno.test("Firefox's offer: attributes of the session level, directions of extmap, ids in braces", () => {
  const [audio, video] = mediaOf(vectorText("browsers/firefox-av-offer.sdp"));
  assert(audio && video);
  assertEquals(audio.streamIds, ["{667bd6d1-fe72-4d6b-a269-ddbb3bd2b19d}"]);
  assertEquals(audio.trackId, "{373762c1-2470-410f-8113-423360c3ab6f}");
  assertEquals(audio.extensions[1], {
    id: 2,
    direction: "recvonly",
    uri: "urn:ietf:params:rtp-hdrext:csrc-audio-level",
  });
  assertEquals(audio.formats.map(({ name, channels }) => [name, channels]), [
    ["opus", 2],
    ["G722", 1],
    ["PCMU", 1],
    ["PCMA", 1],
    ["telephone-event", 1],
  ]);
  assertEquals(audio.formats[4]!.fmtp, "0-15");
  assertEquals(audio.rtcpReducedSize, false);
  assertEquals(namesOf(video.formats), [
    ...["VP8", "rtx", "VP9", "rtx", "AV1", "rtx", "ulpfec", "red", "rtx"],
  ]);
  assertEquals(video.sources.map(({ ssrc, rtx }) => [ssrc, rtx]), [[4163430705, 2704101816]]);
});

Deno.test("simulcast offers: rids with and without ssrc lines", () => {
  const [chromium] = mediaOf(vectorText("browsers/chromium-simulcast-offer.sdp"));
  const [firefox] = mediaOf(vectorText("browsers/firefox-simulcast-offer.sdp"));
  for (const media of [chromium!, firefox!]) {
    assertEquals(media.rids.map(({ id, direction }) => [id, direction]), [
      ["q", "send"],
      ["h", "send"],
      ["f", "send"],
    ]);
    assertEquals(media.simulcast?.send.map(([first]) => first!.rid), ["q", "h", "f"]);
    assertEquals(requestedRids(media), []);
    assertEquals(media.direction, "sendonly");
  }
  assertEquals(chromium!.sources, []);
  assertEquals(firefox!.sources.map(({ ssrc, rtx }) => [ssrc, rtx]), [
    [2970838177, 2956877435],
    [3400340507, 3418995926],
    [2750427713, 477013035],
  ]);
});

for (const { name, text } of OFFERS) {
  Deno.test(`${name}: the answer accepts all that we have, under the numbers of the offer`, () => {
    const offer = sessionOf(text);
    const offered = readAllMedia(offer);
    assertEquals(mediaFault(offered, bundlesOf(offer)), undefined);
    const answer = answerOf(offer, newNumbering());
    const answered = readAllMedia(answer);
    assertEquals(answered.length, offered.length);
    assertEquals(bundlesOf(answer), bundlesOf(offer));
    answered.forEach((media, i) => {
      const asked = offered[i]!;
      assertEquals(answerFault(asked, media), undefined);
      assert(!media.isRejected);
      const ours = asked.formats.filter((format) => findCodec(asked.kind, format));
      const without = (list: readonly MediaFormat[]) =>
        list.filter((format) => format.name !== "rtx");
      assertEquals(
        without(media.formats).map(({ payloadType, name }) => [payloadType, name]),
        ours.map(({ payloadType, name }) => [payloadType, name]),
      );
      assertEquals(
        sendFormats(asked.kind, asked.formats, media.formats).length,
        media.formats.length,
      );
      for (const { id, uri } of media.extensions) {
        assert(asked.extensions.some((extension) => extension.id === id && extension.uri === uri));
      }
      // What is sent in several layers is received in as many.
      assertEquals(media.simulcast?.send ?? [], []);
      assertEquals(media.simulcast?.recv, asked.simulcast?.send);
      assertEquals(
        media.rids,
        asked.rids.map((rid) => ({ ...rid, direction: "recv" })),
      );
    });
  });
}

Deno.test("what Firefox lacks of our video is nothing but what it does not know", () => {
  const offer = sessionOf(vectorText("browsers/firefox-av-offer.sdp"));
  const [audio, video] = readAllMedia(answerOf(offer, newNumbering()));
  assertEquals(namesOf(audio!.formats), ["opus", "G722", "PCMU", "PCMA", "telephone-event"]);
  assertEquals(namesOf(video!.formats), [
    ...["VP8", "rtx", "VP9", "rtx", "AV1", "rtx", "ulpfec", "red", "rtx"],
  ]);
  // What Firefox only receives, we only send.
  assertEquals(
    video!.extensions.find(({ uri }) => uri.endsWith("playout-delay"))?.direction,
    "sendonly",
  );
});

interface Capabilities {
  readonly [direction: string]: {
    readonly [kind: string]: {
      readonly codecs: readonly RtpCodec[];
      readonly headerExtensions: readonly { uri: string }[];
    };
  };
}

Deno.test("each codec that Chromium can send is a capability of ours, to the letter", async () => {
  const { capabilities } = await import("../../../peer/jsep/media/mod.ts");
  const chromium: Capabilities = JSON.parse(vectorText("browsers/chromium-capabilities.json"));
  for (const kind of ["audio", "video"] as const) {
    const ours = capabilities(kind).codecs;
    for (const codec of chromium["send"]![kind]!.codecs) {
      assert(
        ours.some((own) => codecDictionaryMatch(own, codec)),
        JSON.stringify(codec),
      );
    }
  }
});
