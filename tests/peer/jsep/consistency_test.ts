import { assert, assertEquals } from "@std/assert";
import {
  answerFault,
  answerLipSync,
  extensionFault,
  mediaFault,
  offerLipSync,
  readAllMedia,
} from "../../../peer/jsep/media/mod.ts";
import { groupsOf } from "../../../sdp/mod.ts";
import { mediaWith, sessionWith } from "./support.ts";

function fault(...lines: readonly string[]): string | undefined {
  const session = sessionWith(...lines);
  return mediaFault(readAllMedia(session), groupsOf(session, "BUNDLE"));
}

const AUDIO = ["m=audio 9 RTP/SAVPF 100", "a=mid:a", "a=rtpmap:100 opus/48000/2"];
const VIDEO = ["m=video 9 RTP/SAVPF 100", "a=mid:v", "a=rtpmap:100 VP8/90000"];

Deno.test("sections of a bundle that give a payload type two meanings are taken, as Firefox adds them", () => {
  assertEquals(fault("a=group:BUNDLE a v", ...AUDIO, ...VIDEO), undefined);
});

Deno.test("RFC 8285 section 7: an id means one extension, in a section and in a bundle", () => {
  const one = "a=extmap:1 urn:x-one";
  const other = "a=extmap:1 urn:x-other";
  assert(fault(...AUDIO, one, other)?.includes("id 1"));
  const video = VIDEO.map((line) => line.replace("100", "96"));
  assert(fault("a=group:BUNDLE a v", ...AUDIO, one, ...video, other)?.includes("id 1"));
  assertEquals(fault(...AUDIO, one, ...video, other), undefined);
  assertEquals(fault("a=group:BUNDLE a v", ...AUDIO, one, ...video, one), undefined);
  assertEquals(fault(...AUDIO, "a=extmap:4096 urn:x-one", "a=extmap:4096 urn:x-two"), undefined);
});

Deno.test("RFC 5761 section 4: with rtcp-mux, 64 to 95 are no payload types", () => {
  for (const [type, isFault] of [[63, false], [64, true], [95, true], [96, false]] as const) {
    const lines = [`m=audio 9 RTP/SAVPF ${type}`, `a=rtpmap:${type} opus/48000/2`];
    assertEquals(fault(...lines, "a=rtcp-mux") !== undefined, isFault, String(type));
    assertEquals(fault(...lines), undefined);
  }
});

Deno.test("RFC 9429 section 5.8.3: what is to be multiplexed only, is multiplexed", () => {
  assert(fault(...AUDIO, "a=rtcp-mux-only"));
  assertEquals(fault(...AUDIO, "a=rtcp-mux-only", "a=rtcp-mux"), undefined);
});

Deno.test("RFC 9429 section 5.8.3: simulcast has no rid that a=rid does not introduce", () => {
  assertEquals(fault(...VIDEO, "a=rid:q send", "a=simulcast:send q"), undefined);
  assert(fault(...VIDEO, "a=rid:q send", "a=simulcast:send q;f")?.includes("f"));
});

const LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const MID = "urn:ietf:params:rtp-hdrext:sdes:mid";

Deno.test("RFC 3264 section 6: an answer that does not fit its offer", () => {
  const section = (...lines: readonly string[]) =>
    mediaWith("m=audio 9 UDP/TLS/RTP/SAVPF 0", ...lines);
  const offered = section("a=recvonly", `a=extmap:1 ${LEVEL}`, `a=extmap:2 ${MID}`);
  assertEquals(answerFault(offered, section("a=sendonly", `a=extmap:1 ${LEVEL}`)), undefined);
  assertEquals(answerFault(offered, section("a=inactive", "a=extmap:9 urn:x-more")), undefined);
  assert(answerFault(offered, section("a=recvonly")));
  assert(answerFault(offered, section("a=sendrecv")));
  assert(answerFault(offered, section())); // sendrecv, by default
  assert(answerFault(offered, section("a=sendonly", `a=extmap:2 ${LEVEL}`)));
  assert(answerFault(offered, mediaWith("m=audio 9 RTP/SAVPF 0", "a=sendonly")));
  const rejected = mediaWith("m=audio 0 UDP/TLS/RTP/SAVPF 0", "a=sendrecv");
  assertEquals(answerFault(offered, rejected), undefined);
  assert(answerFault(rejected, section("a=sendrecv")));
});

Deno.test("RFC 8285 section 7: an id does not change its meaning from offer to offer", () => {
  const before = mediaWith(
    ...AUDIO,
    ...[`a=extmap:1 ${LEVEL}`, `a=extmap:2 ${MID}`, "a=extmap:5 urn:x-unknown"],
  );
  const fault = (...lines: readonly string[]) =>
    extensionFault(before, mediaWith(...AUDIO, ...lines));
  assertEquals(fault(`a=extmap:2 ${MID}`, "a=extmap:3 urn:x-three"), undefined);
  assert(fault(`a=extmap:2 ${LEVEL}`, `a=extmap:1 ${MID}`));
  // What we don't know was never in use.
  assertEquals(fault(`a=extmap:2 ${MID}`, "a=extmap:5 urn:x-other"), undefined);
});

Deno.test("RFC 9429 section 5.2.1: sections with a stream in common are played in step", () => {
  const section = (mid: string, ...streamIds: readonly string[]) => ({ mid, streamIds });
  const mids = (groups: readonly { mids: readonly string[] }[]) =>
    groups.map(({ mids }) => mids.join(" "));
  const sections = [section("a", "s"), section("v", "s", "t"), section("w", "t"), section("x")];
  assertEquals(mids(offerLipSync(sections)), ["a v", "v w"]);
  assertEquals(offerLipSync([section("a", "s")]), []);
  // RFC 9429 section 5.3.1: the examples there.
  const offered = [{ semantics: "LS", mids: ["a", "v"] }];
  assertEquals(mids(answerLipSync(offered, [section("a", "s"), section("v", "s")])), ["a v"]);
  assertEquals(mids(answerLipSync(offered, [section("a", "s"), section("v", "t")])), []);
  assertEquals(mids(answerLipSync(offered, [section("a"), section("v")])), ["a v"]);
  assertEquals(mids(answerLipSync(offered, [section("a", "s"), section("v")])), ["a v"]);
  assertEquals(mids(answerLipSync(offered, [section("a", "s")])), []);
});
