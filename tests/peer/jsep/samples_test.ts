import { assert, assertEquals } from "@std/assert";
import { groupsOf, parseSession } from "../../../sdp/mod.ts";
import { isRejected } from "../../../peer/jsep/sections.ts";
import {
  answerFault,
  associatedPayloadType,
  carriesMedia,
  findCodec,
  isRtx,
  mediaFault,
  readAllMedia,
} from "../../../peer/jsep/media/mod.ts";
import { hostileText, hostileVectors } from "../../sdp/hostile.ts";
import { answerOf, newNumbering, payloadTypesOf, sessionOf, vectorText } from "./support.ts";
import { HANG } from "../../support/hang.ts";

interface Sample {
  readonly name: string;
  readonly sdp: string;
  readonly expect: {
    readonly sections: readonly {
      readonly kind: string;
      readonly direction?: string;
      readonly formats: readonly string[];
      readonly rtpmap?: Readonly<Record<string, string>>;
      readonly rtcpMux?: boolean;
      readonly mid?: string;
    }[];
  };
}

const SAMPLES: readonly Sample[] = JSON.parse(vectorText("sdp-samples.json"));

const isMedia = ({ kind }: { readonly kind: string }) => kind === "audio" || kind === "video";

const WITH_MEDIA = SAMPLES.filter(({ expect }) => expect.sections.some(isMedia));

Deno.test("there are samples of audio and video", () => assert(WITH_MEDIA.length > 30));

for (const { name, sdp, expect } of WITH_MEDIA) {
  Deno.test(`real SDP is read: ${name}`, () => {
    const session = sessionOf(sdp);
    const media = readAllMedia(session);
    for (const { index, formats, direction, rtcpMux, mid, kind } of media) {
      const expected = expect.sections[index]!;
      assertEquals(kind, expected.kind);
      if (expected.direction !== undefined) assertEquals(direction, expected.direction);
      assertEquals(rtcpMux, expected.rtcpMux ?? false);
      assertEquals(mid, expected.mid ?? String(index));
      for (const { payloadType, name, clockRate, channels } of formats) {
        const map = expected.rtpmap?.[payloadType];
        if (map === undefined) continue; // one of those that need none
        const text = `${name}/${clockRate}`;
        assert(map === text || map === `${text}/${channels}`, `${map} was read as ${text}`);
      }
      const explained = expected.formats.filter((format) =>
        expected.rtpmap?.[format]?.includes("/") || ["0", "8", "9", "13"].includes(format)
      );
      assertEquals(payloadTypesOf({ formats }), [...new Set(explained.map(Number))]);
    }
  });

  Deno.test(`real SDP is answered as an offer: ${name}`, () => {
    const offer = sessionOf(sdp);
    const answer = answerOf(offer, newNumbering(), undefined, "max-compat");
    assertEquals(answer.media.map(({ kind, protocol }) => [kind, protocol]), [
      ...offer.media.map(({ kind, protocol }) => [kind, protocol]),
    ]);
    const answered = new Map(readAllMedia(answer).map((media) => [media.index, media]));
    for (const offered of readAllMedia(offer)) {
      const media = answered.get(offered.index)!;
      const usable = offered.formats.filter((format) =>
        findCodec(offered.kind, format) !== undefined && carriesMedia(format)
      );
      if (!media.isRejected) {
        assertEquals(answerFault(offered, media), undefined);
        assert(usable.length > 0);
        const order = payloadTypesOf(offered).filter((type) =>
          payloadTypesOf(media).includes(type)
        );
        assertEquals(payloadTypesOf(media), order);
        for (const rtx of media.formats.filter(isRtx)) {
          assert(payloadTypesOf(media).includes(associatedPayloadType(rtx)!));
        }
      } else {
        const tag = groupsOf(offer, "BUNDLE").find(({ mids }) => mids.includes(offered.mid))?.mids;
        assert(offered.isRejected || usable.length === 0 || tag?.[0] !== offered.mid);
      }
    }
    const bundled = groupsOf(answer, "BUNDLE").flatMap(({ mids }) => mids);
    assertEquals(new Set(bundled).size, bundled.length);
  });
}

Deno.test("real SDP has no fault within its bundles", () => {
  const faults = WITH_MEDIA.flatMap(({ name, sdp }) => {
    const session = sessionOf(sdp);
    const fault = mediaFault(readAllMedia(session), groupsOf(session, "BUNDLE"));
    return fault === undefined ? [] : [`${name}: ${fault}`];
  });
  assertEquals(faults, []);
});

for (const vector of hostileVectors()) {
  Deno.test(`hostile SDP is read and answered without an exception: ${vector.name}`, () => {
    const result = parseSession(hostileText(vector));
    if (!result.ok) return;
    const { session } = result;
    const before = performance.now();
    const media = readAllMedia(session);
    mediaFault(media, groupsOf(session, "BUNDLE"));
    const answer = answerOf(session, newNumbering());
    assertEquals(answer.media.length, session.media.length);
    assert(
      answer.media.every((section, i) => isRejected(section) || !isRejected(session.media[i]!)),
    );
    assert(performance.now() - before < HANG);
  });
}
