import { assert, assertEquals } from "@std/assert";
import {
  acceptableHeaderExtensions,
  answerExtensions,
  type Direction,
  headerExtensionCapabilities,
  HeaderExtensionIds,
  negotiatedExtensions,
  offerExtensions,
  withLayerExtensions,
} from "../../../peer/jsep/media/mod.ts";
import type { ExtMap } from "../../../sdp/mod.ts";

const LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const MID = "urn:ietf:params:rtp-hdrext:sdes:mid";
const TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
const CAPTURE = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

const AUDIO = headerExtensionCapabilities("audio");
const VIDEO = headerExtensionCapabilities("video");

function answer(offered: readonly ExtMap[], ids = new HeaderExtensionIds()): ExtMap[] {
  return answerExtensions(offered, AUDIO, ids, "0");
}

Deno.test("RFC 8834 section 5.2, RFC 8852 section 3.3: the extensions that must be there", () => {
  const uris = (kind: typeof AUDIO) =>
    kind.filter(({ direction }) => direction === "sendrecv").map(({ uri }) => uri);
  assert(uris(AUDIO).includes(LEVEL) && uris(AUDIO).includes(MID));
  for (
    const uri of [
      MID,
      "urn:3gpp:video-orientation",
      "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
      "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    ]
  ) assert(uris(VIDEO).includes(uri), uri);
});

Deno.test("RFC 9143 section 12: one id for an extension in all sections, and none for two", () => {
  const ids = new HeaderExtensionIds();
  const audio = offerExtensions(AUDIO, ids, "0");
  const video = offerExtensions(VIDEO, ids, "1");
  assertEquals(audio.map(({ id }) => id), [1, 2, 3, 4]);
  assertEquals(
    video.find(({ uri }) => uri === MID)?.id,
    audio.find(({ uri }) => uri === MID)?.id,
  );
  const uris = new Map([...audio, ...video].map(({ id, uri }) => [id, uri]));
  assertEquals(uris.size, new Set([...audio, ...video].map(({ uri }) => uri)).size);
  // Headers of one byte are enough (RFC 8285 section 4.2).
  assert([...audio, ...video].every(({ id }) => id <= 14));
});

Deno.test("an extension that is stopped is not offered; one that was changes no id by coming back", () => {
  const ids = new HeaderExtensionIds();
  const before = offerExtensions(AUDIO, ids, "0");
  const stopped = AUDIO.map((extension) =>
    extension.uri === TIME ? { ...extension, direction: "stopped" as const } : extension
  );
  const without = offerExtensions(stopped, ids, "0");
  assertEquals(without, before.filter(({ uri }) => uri !== TIME));
  assertEquals(offerExtensions(AUDIO, ids, "0"), before);
});

Deno.test("RFC 8285 section 4.2: id 15 is passed over, and what follows needs longer headers", () => {
  const ids = new HeaderExtensionIds();
  for (let id = 1; id <= 14; id++) ids.adopt("0", [{ id, uri: `urn:x-${id}` }]);
  const [first, second] = offerExtensions(AUDIO, ids, "0");
  assertEquals([first?.id, second?.id], [16, 17]);
});

Deno.test("RFC 8285 section 7: an answer has what is known of the offer, under its ids", () => {
  assertEquals(
    answer([
      { id: 16, uri: MID },
      { id: 15, uri: "urn:x-unknown" },
      { id: 3, uri: LEVEL },
      { id: 5, uri: CAPTURE }, // stopped unless it is asked for
    ]),
    [{ id: 16, uri: MID }, { id: 3, uri: LEVEL }],
  );
});

Deno.test("dependency descriptors are asked for with layers only, and taken where they are offered", () => {
  const uri =
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
  const offered = (wanted: typeof VIDEO) =>
    offerExtensions(wanted, new HeaderExtensionIds(), "0").some((one) => one.uri === uri);
  assertEquals([VIDEO, withLayerExtensions(VIDEO)].map(offered), [false, true]);
  assert(!offered(withLayerExtensions(AUDIO)));
  const answered = (wanted: typeof VIDEO) =>
    answerExtensions([{ id: 3, uri }], wanted, new HeaderExtensionIds(), "0");
  assertEquals(answered(acceptableHeaderExtensions("video")), [{ id: 3, uri }]);
  assertEquals(answered(VIDEO), []);
  assertEquals(answered(acceptableHeaderExtensions("audio")), []);
});

Deno.test("RFC 8285 section 7: directions, seen from the other side", () => {
  const answered = (offered: Direction, own: Direction) =>
    answerExtensions(
      [{ id: 1, direction: offered, uri: LEVEL }],
      [{ uri: LEVEL, direction: own }],
      new HeaderExtensionIds(),
      "0",
    );
  assertEquals(answered("sendonly", "sendrecv"), [{ id: 1, direction: "recvonly", uri: LEVEL }]);
  assertEquals(answered("recvonly", "sendrecv"), [{ id: 1, direction: "sendonly", uri: LEVEL }]);
  assertEquals(answered("sendrecv", "recvonly"), [{ id: 1, direction: "recvonly", uri: LEVEL }]);
  assertEquals(answered("sendrecv", "sendrecv"), [{ id: 1, uri: LEVEL }]);
  assertEquals(answered("sendonly", "sendonly"), []);
  assertEquals(answered("inactive", "sendrecv"), []);
});

Deno.test("RFC 6904: an extension that is to be encrypted is ignored", () => {
  assertEquals(
    answer([
      { id: 3, uri: "urn:ietf:params:rtp-hdrext:encrypt", attributes: LEVEL },
      { id: 4, uri: LEVEL },
      { id: 5, uri: LEVEL },
    ]),
    [{ id: 4, uri: LEVEL }],
  );
});

Deno.test("RFC 8285 section 7: ids from 4096 on are for the answerer to choose, one of each", () => {
  const ids = new HeaderExtensionIds();
  ids.adopt("0", [{ id: 1, uri: "urn:x-theirs" }, { id: 4096, uri: LEVEL }]);
  assertEquals(
    answer([{ id: 4096, uri: LEVEL }, { id: 4096, uri: MID }, { id: 4097, uri: TIME }], ids),
    [{ id: 2, uri: LEVEL }, { id: 3, uri: TIME }],
  );
});

Deno.test("what two descriptions agree upon, as this side may use it", () => {
  const ours: ExtMap[] = [{ id: 1, uri: LEVEL }, { id: 2, direction: "sendonly", uri: TIME }];
  const theirs: ExtMap[] = [
    { id: 1, direction: "recvonly", uri: LEVEL },
    { id: 2, uri: TIME },
    { id: 3, uri: MID },
  ];
  assertEquals(negotiatedExtensions(ours, theirs), [
    { id: 1, direction: "sendonly", uri: LEVEL },
    { id: 2, direction: "sendonly", uri: TIME },
  ]);
});
