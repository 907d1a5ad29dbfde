import { assert, assertEquals } from "@std/assert";
import { find, groupsOf, has, type SessionDescription } from "../../../sdp/mod.ts";
import { midOf } from "../../../peer/jsep/sections.ts";
import {
  answerFault,
  type BundlePolicy,
  capabilities,
  checkCodecPreferences,
  commonFeedback,
  findCodec,
  identitiesOf,
  isAnswerTo,
  isRtx,
  layOutSections,
  mediaFault,
  type MediaKind,
  type MediaWishes,
  negotiatedExtensions,
  type Numbering,
  readAllMedia,
  type RemoteMedia,
  sendFormats,
} from "../../../peer/jsep/media/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { randomOffer } from "./random_offer.ts";
import {
  answerOf,
  newNumbering,
  offerOf,
  payloadTypesOf,
  sharedPayloadTypes,
  type Wanted,
  wishes,
} from "./support.ts";

const DIRECTIONS = ["sendrecv", "sendonly", "recvonly", "inactive"] as const;
const POLICIES: readonly BundlePolicy[] = ["balanced", "max-compat", "max-bundle"];

function randomWishes(random: Random, kind: MediaKind): MediaWishes {
  const chosen = capabilities(kind).codecs.filter(() => random.chance(0.5)).reverse();
  return wishes(kind, {
    direction: random.pick(DIRECTIONS),
    preferences: random.chance(0.3) ? checkCodecPreferences(kind, chosen) ?? [] : [],
    rids: kind === "video" && random.chance(0.3) ? ["a", "b"] : [],
  });
}

/** What RFC 3264 section 6 and RFC 9143 section 7.3 ask of every answer. */
function checkAnswer(offer: SessionDescription, answer: SessionDescription): void {
  assertEquals(
    answer.media.map(({ kind, protocol }, i) => [kind, protocol, midOf(answer, i)]),
    offer.media.map(({ kind, protocol }, i) => [kind, protocol, midOf(offer, i)]),
  );
  const offered = new Map(readAllMedia(offer).map((media) => [media.index, media]));
  for (const media of readAllMedia(answer)) checkAnsweredSection(offered.get(media.index)!, media);
  assertEquals(mediaFault(readAllMedia(answer), groupsOf(answer, "BUNDLE")), undefined);
  checkBundles(offer, answer);
}

function checkAnsweredSection(asked: RemoteMedia, media: RemoteMedia): void {
  assertEquals(answerFault(asked, media), undefined);
  if (media.isRejected) return;
  assert(!asked.isRejected);
  assert(isAnswerTo(asked.direction, media.direction));
  const before = identitiesOf(asked.kind, asked.formats);
  const after = identitiesOf(media.kind, media.formats);
  const audioRed = media.formats.filter(({ name }) => media.kind === "audio" && name === "red");
  for (const { fmtp } of audioRed) {
    for (const type of fmtp!.split("/")) assert(after.has(Number(type)));
  }
  for (const format of media.formats) {
    const { payloadType, feedback } = format;
    assertEquals(after.get(payloadType), before.get(payloadType));
    const was = asked.formats.find((other) => other.payloadType === payloadType)!;
    assertEquals(feedback, commonFeedback(feedback, was.feedback));
    assert(isRtx(format) || findCodec(media.kind, format) !== undefined);
  }
  for (const { id, uri } of media.extensions) {
    assert(asked.extensions.some((other) => other.id === id && other.uri === uri));
  }
  assertEquals(
    negotiatedExtensions(media.extensions, asked.extensions).length,
    media.extensions.length,
  );
  assertEquals(sendFormats(asked.kind, asked.formats, media.formats).length, media.formats.length);
  for (const { id, direction } of media.rids) {
    assert(asked.rids.some((rid) => rid.id === id && rid.direction !== direction));
  }
}

function checkBundles(offer: SessionDescription, answer: SessionDescription): void {
  const offered = groupsOf(offer, "BUNDLE").map(({ mids }) => mids);
  const bundled = new Set<string>();
  const indexOf = new Map(answer.media.map((_, i) => [midOf(answer, i), i]));
  for (const { mids } of groupsOf(answer, "BUNDLE")) {
    const group = offered.find((all) => all.includes(mids[0]!))!;
    assertEquals(mids, group.filter((mid) => mids.includes(mid)));
    for (const mid of mids) {
      assert(!bundled.has(mid));
      bundled.add(mid);
      const section = answer.media[indexOf.get(mid)!]!;
      assert(section.port !== 0);
      assertEquals(has(section.attributes, "ice-ufrag"), mid === mids[0]);
    }
  }
  answer.media.forEach(({ port, attributes }, i) => {
    if (bundled.has(midOf(answer, i))) return;
    assertEquals(has(attributes, "ice-ufrag"), port !== 0);
    // Only as a whole is a group given up.
    const group = offered.find((mids) => mids.includes(midOf(answer, i)));
    if (port !== 0) assertEquals(group, undefined);
  });
}

Deno.test("RFC 3264 section 6: whatever is offered, the answer keeps to it", () => {
  const random = new Random(seedForRun("random offers"));
  for (let run = 0; run < 150; run++) {
    const offer = randomOffer(random);
    assertEquals(mediaFault(readAllMedia(offer), groupsOf(offer, "BUNDLE")), undefined);
    const answer = answerOf(
      offer,
      newNumbering(),
      ({ kind }) => randomWishes(random, kind),
      random.pick(POLICIES),
    );
    checkAnswer(offer, answer);
  }
});

Deno.test("RFC 3264 section 8.3.2: an offer after an answer keeps the other side's numbers", () => {
  const random = new Random(seedForRun("offers after answers"));
  for (let run = 0; run < 80; run++) {
    const numbering = newNumbering();
    const theirs = randomOffer(random);
    const answer = answerOf(theirs, numbering);
    const answered = readAllMedia(answer);
    const wanted = answered.map((media): Wanted => ({
      mid: media.mid,
      isNegotiated: true,
      ...(!media.isRejected && { wishes: wishes(media.kind), negotiated: media }),
    }));
    wanted.push({ mid: "new", wishes: wishes(random.pick(["audio", "video"])) });
    const bundle = groupsOf(answer, "BUNDLE")[0]?.mids ?? [];
    const ours = readAllMedia(offerOf(wanted, numbering, "balanced", bundle));
    const offered = readAllMedia(theirs);
    for (const [i, media] of answered.entries()) {
      if (media.isRejected) continue;
      const next = ours[i]!;
      const before = identitiesOf(media.kind, media.formats);
      const now = identitiesOf(next.kind, next.formats);
      for (const [payloadType, identity] of before) assertEquals(now.get(payloadType), identity);
      // RFC 9429 section 5.2.2: the order of the answer, and what it lacks after it.
      const known = payloadTypesOf(media).filter((type) =>
        !isRtx(media.formats.find((format) => format.payloadType === type)!)
      );
      const order = payloadTypesOf(next).filter((type) => known.includes(type));
      assertEquals(order, known);
      for (const { id, uri } of media.extensions) {
        assertEquals(next.extensions.find((other) => other.uri === uri)?.id, id);
      }
      // Nor does anything new get a number that they use for something else.
      const taken = identitiesOf(media.kind, offered[i]!.formats);
      for (const { payloadType } of offered[i]!.formats) {
        const meaning = now.get(payloadType);
        if (meaning !== undefined) assertEquals(meaning, taken.get(payloadType));
      }
    }
    const mids = [...bundle, "new"];
    assertEquals(mediaFault(ours, [{ semantics: "BUNDLE", mids }]), undefined);
    assertEquals(sharedPayloadTypes(ours.filter(({ mid }) => mids.includes(mid))), []);
  }
});

Deno.test("RFC 9143 section 9.1.1: numbers of an offer that gave way to the other side's are free again", () => {
  const [ours, theirs] = [newNumbering(), newNumbering()];
  // As where a browser has numbers of its own for the same codecs, and gives some of them to others.
  theirs.payloadTypes.assign("", "audio/opus/48000/2", 109);
  theirs.payloadTypes.assign("", "audio/telephone-event/8000", 101);
  theirs.payloadTypes.assign("", "video/vp8/90000", 120);
  const wanted = (["audio", "video"] as const).map((kind, mid): Wanted => ({
    mid: String(mid),
    wishes: wishes(kind),
  }));
  offerOf(wanted, ours);
  const vp8 = capabilities("video").codecs.filter(({ mimeType }) => mimeType === "video/VP8");
  const offer = offerOf([
    wanted[0]!,
    { mid: "1", wishes: wishes("video", { preferences: checkCodecPreferences("video", vp8)! }) },
  ], theirs);
  const answered = readAllMedia(answerOf(offer, ours));
  const next = offerOf(
    answered.map((media) => ({
      ...{ mid: media.mid, isNegotiated: true, wishes: wishes(media.kind), negotiated: media },
    })),
    ours,
  );
  assert(readAllMedia(next)[1]!.formats.length > answered[1]!.formats.length);
  assertEquals(sharedPayloadTypes(readAllMedia(next)), []);
});

/** Two ends that offer in turns, and what has been said between them. */
class Conversation {
  readonly #ends: readonly Numbering[] = [newNumbering(), newNumbering()];
  readonly #codecs = new Map<number, string>();
  readonly #extensions = new Map<number, string>();
  #sections: { mid: string; wishes: MediaWishes | undefined; isRejected: boolean }[] = [];
  #bundle: readonly string[] = [];
  #answered = new Map<string, RemoteMedia>();

  constructor(readonly random: Random) {}

  exchange(): void {
    const offerer = this.random.below(2);
    for (const section of this.#sections) {
      if (this.random.chance(0.15)) section.wishes = undefined;
      else if (section.wishes) section.wishes = randomWishes(this.random, section.wishes.kind);
    }
    const additions = Array.from({ length: this.random.below(3) }, () => ({
      owner: randomWishes(this.random, this.random.pick(["audio", "video"])),
    }));
    const lines = this.#sections.map(({ mid, wishes, isRejected }) => ({
      mid,
      owner: wishes,
      isRejected,
    }));
    const placements = layOutSections(lines, additions);
    placements.forEach(({ isRecycled }, i) => {
      if (!isRecycled) return;
      for (const { payloadTypes, extensionIds } of this.#ends) {
        payloadTypes.forget(lines[i]!.mid);
        extensionIds.forget(lines[i]!.mid);
      }
    });
    const offer = offerOf(
      placements.map(({ mid, owner }) => ({
        mid,
        ...(owner && { wishes: owner }),
        isNegotiated: this.#answered.has(mid),
        ...(this.#answered.has(mid) && { negotiated: this.#answered.get(mid)! }),
      })),
      this.#ends[offerer]!,
      "balanced",
      this.#bundle,
    );
    const answer = answerOf(
      offer,
      this.#ends[1 - offerer]!,
      ({ kind }) => randomWishes(this.random, kind),
    );
    checkAnswer(offer, answer);
    const accepted = readAllMedia(answer).filter(({ isRejected }) => !isRejected);
    // What was offered in a section that is rejected binds nobody.
    const offered = readAllMedia(offer).filter(({ mid }) =>
      accepted.some((one) => one.mid === mid)
    );
    for (const sections of [offered, accepted]) this.#remember(sections);
    for (const media of accepted) {
      this.#ends[offerer]!.payloadTypes.adoptAnswer(media.mid, media.kind, media.formats);
      this.#ends[offerer]!.extensionIds.adopt(media.mid, media.extensions);
    }
    this.#bundle = groupsOf(answer, "BUNDLE")[0]?.mids ?? [];
    this.#answered = new Map(accepted.map((media) => [media.mid, media]));
    assert(offer.media.length >= this.#sections.length);
    this.#sections = placements.map(({ mid, owner }, i) => {
      const isRejected = answer.media[i]!.port === 0;
      assertEquals(find(answer.media[i]!.attributes, "mid")?.value, mid);
      return { mid, wishes: isRejected ? undefined : owner, isRejected };
    });
  }

  /** RFC 3264 section 8.3.2, RFC 8285 section 7, RFC 9143 section 9.1.1: once bound, always bound. */
  #remember(sections: readonly RemoteMedia[]): void {
    for (const { kind, formats, extensions } of sections) {
      for (const [payloadType, identity] of identitiesOf(kind, formats)) {
        assertEquals(this.#codecs.get(payloadType) ?? identity, identity);
        this.#codecs.set(payloadType, identity);
      }
      for (const { id, uri } of extensions) {
        assertEquals(this.#extensions.get(id) ?? uri, uri);
        this.#extensions.set(id, uri);
      }
    }
  }
}

Deno.test("RFC 9429 section 5.2.2: two ends offering in turns never give a number a second meaning", () => {
  const random = new Random(seedForRun("conversations"));
  for (let run = 0; run < 15; run++) {
    const conversation = new Conversation(random);
    for (let turn = 0; turn < 12; turn++) conversation.exchange();
  }
});

Deno.test("every section in use has the fingerprint: Firefox takes no bundled section without", () => {
  const wanted: Wanted[] = [
    { mid: "0", wishes: wishes("audio") },
    { mid: "1", wishes: wishes("video") },
    { mid: "2", isData: true },
    { mid: "3" },
  ];
  for (const policy of POLICIES) {
    const offer = offerOf(wanted, newNumbering(), policy);
    const answer = answerOf(offer, newNumbering());
    for (const { media } of [offer, answer]) {
      const fingerprints = media.map(({ attributes }) =>
        attributes.filter(({ name }) => name === "fingerprint").length
      );
      assertEquals(fingerprints, [1, 1, 1, 0], policy);
    }
  }
});
