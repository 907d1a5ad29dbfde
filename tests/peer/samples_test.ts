import { assert, assertEquals } from "@std/assert";
import {
  find,
  findAll,
  groupsOf,
  has,
  type MediaDescription,
  parseSession,
  type SessionDescription,
} from "../../sdp/mod.ts";
import type { RTCPeerConnection } from "../../mod.ts";
import { createPeerConnection } from "../../peer/rtc_peer_connection.ts";
import { type Direction, readAllMedia, receives, sends } from "../../peer/jsep/media/mod.ts";
import { isRejected, midOf } from "../../peer/jsep/sections.ts";
import { VirtualNetwork } from "../net/mod.ts";
import { settle } from "../support/virtual_clock.ts";
import { sessionOf, vectorText } from "./jsep/support.ts";

const SAMPLES: readonly { readonly name: string; readonly sdp: string }[] = JSON.parse(
  vectorText("sdp-samples.json"),
);

/** A good offer, which is still taken after a bad one. */
const GOOD = SAMPLES.find(({ name }) => name === "libwebrtc offer, audio+video+data")!.sdp;

/** Why a description can't be an offer to a peer of WebRTC: what RFC 9429 section 5.8.3 asks for and it lacks. */
function lacks(session: SessionDescription): string[] {
  const groups = groupsOf(session, "BUNDLE").map(({ mids }) => mids.slice(1));
  // What is bundled with another section does as that one.
  const sections = session.media.filter((media, index) =>
    (media.port > 0 || has(media.attributes, "bundle-only")) &&
    !groups.some((mids) => mids.includes(midOf(session, index))) && /RTP|SCTP/.test(media.protocol)
  );
  const value = (media: MediaDescription, name: string) =>
    find([...media.attributes, ...session.attributes], name)?.value ?? "";
  const checks: Record<string, (media: MediaDescription) => boolean> = {
    "ice-ufrag": (media) =>
      value(media, "ice-ufrag").length >= 4 && value(media, "ice-pwd").length >= 22,
    fingerprint: (media) => value(media, "fingerprint") !== "",
    "rtcp-mux": (media) => /SCTP/.test(media.protocol) || has(media.attributes, "rtcp-mux"),
  };
  return Object.keys(checks).filter((name) => !sections.every(checks[name]!));
}

function visible(pc: RTCPeerConnection) {
  const { signalingState, localDescription, remoteDescription } = pc;
  return [
    signalingState,
    localDescription,
    remoteDescription,
    pc.getTransceivers().length,
    pc.sctp,
  ];
}

/** What an answer must have in common with its offer (RFC 3264 section 6, RFC 9429 section 5.3). */
function checkAnswer(offer: SessionDescription, text: string, pc: RTCPeerConnection): void {
  const parsed = parseSession(text);
  assert(parsed.ok, "the answer is no SDP");
  const answer = parsed.session;
  assertEquals(
    answer.media.map(({ kind, protocol }) => `${kind} ${protocol}`),
    offer.media.map(({ kind, protocol }) => `${kind} ${protocol}`),
  );
  for (const [index, section] of answer.media.entries()) {
    assert(
      isRejected(section) || !isRejected(offer.media[index]!),
      "a rejected section comes back",
    );
    if (isRejected(section)) continue;
    const [setup] = [
      ...findAll(section.attributes, "setup"),
      ...findAll(answer.attributes, "setup"),
    ];
    assert(setup === undefined || /^(active|passive)$/.test(setup.value!), `${setup?.value}`);
  }
  const offered = new Map(readAllMedia(offer).map((media) => [media.index, media]));
  for (const media of readAllMedia(answer)) {
    const theirs = offered.get(media.index)!;
    assertEquals(media.mid, theirs.mid);
    const types = theirs.formats.map(({ payloadType }) => payloadType);
    assert(media.formats.every(({ payloadType }) => types.includes(payloadType)));
    if (media.isRejected) continue;
    const allowed = (direction: Direction) => !sends(direction) || receives(theirs.direction);
    assert(allowed(media.direction), `${theirs.direction} was answered with ${media.direction}`);
    const transceiver = pc.getTransceivers().find(({ mid }) => mid === media.mid);
    assertEquals(transceiver?.currentDirection, media.direction);
  }
}

for (const { name, sdp } of SAMPLES) {
  Deno.test(`an offer from elsewhere is answered, or refused for what it lacks: ${name}`, async () => {
    const net = new VirtualNetwork();
    const host = net.host("198.51.100.1");
    const pc = createPeerConnection({ network: host });
    const before = visible(pc);
    const offer = sessionOf(sdp);
    const error: unknown = await pc.setRemoteDescription({ type: "offer", sdp })
      .then(() => undefined, (error) => error);
    if (error === undefined) {
      assertEquals(lacks(offer), []);
      await pc.setLocalDescription();
      checkAnswer(offer, pc.localDescription!.sdp, pc);
    } else {
      assert(error instanceof DOMException, `${error}`);
      assertEquals(error.name, "InvalidAccessError");
      assert(lacks(offer).length > 0, error.message);
      assert(lacks(offer).some((attribute) => error.message.includes(attribute)), error.message);
      assertEquals(visible(pc), before);
      await pc.setRemoteDescription({ type: "offer", sdp: GOOD });
      await pc.setLocalDescription();
    }
    assertEquals(pc.signalingState, "stable");
    pc.close();
    await net.clock.advance(10_000);
    await settle();
    assertEquals(host.sockets.length, 0);
    net.clock.assertIdle();
  });
}
