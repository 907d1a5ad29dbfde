import { assert, assertEquals } from "@std/assert";
import {
  candidatesOf,
  find,
  findDirection,
  fingerprintsOf,
  groupsOf,
  has,
  inherited,
  isIceLite,
  maxMessageSizeOf,
  type MediaDescription,
  parseMid,
  parseRtpMap,
  sctpPortOf,
  type SessionDescription,
  setupOf,
  writeFingerprint,
  writeRtpMap,
  writeSession,
} from "../../sdp/mod.ts";
import { sessionOf, vectors } from "./support.ts";

interface Sample {
  readonly name: string;
  readonly sdp: string;
  readonly expect: {
    readonly sections: readonly SectionExpectation[];
    readonly bundle?: readonly (readonly string[])[];
    readonly iceLite?: boolean;
  };
}

interface SectionExpectation {
  readonly kind: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly candidates: number;
  readonly ufrag?: string;
  readonly fingerprint?: string;
  readonly setup?: string;
  readonly mid?: string;
  readonly direction?: string;
  readonly rtcpMux?: boolean;
  readonly rtpmap?: Readonly<Record<string, string>>;
  readonly maxMessageSize?: number;
  readonly sctpPort?: number;
}

/** Samples whose lines are not in the order of RFC 8866 section 5, or have a line of unknown type: they do not come back as they were. */
const REORDERED = [
  /\r\nt=0 0\r\nc=/,
  /\r\na=mid:video\r\nc=IN/,
  /\r\nf=invalid/,
];

for (const sample of vectors<Sample>("sdp-samples.json")) {
  Deno.test(`real SDP says what it should: ${sample.name}`, () => {
    const session = sessionOf(sample.sdp);
    assertEquals(session.media.length, sample.expect.sections.length);
    sample.expect.sections.forEach((expected, i) =>
      checkSection(session, session.media[i]!, expected)
    );
    assertEquals(
      groupsOf(session, "BUNDLE").map(({ mids }) => mids),
      (sample.expect.bundle ?? []).map((mids) => [...mids]),
    );
    assertEquals(isIceLite(session), sample.expect.iceLite ?? false);
  });

  Deno.test(`real SDP comes back as it was: ${sample.name}`, () => {
    const session = sessionOf(sample.sdp);
    const text = writeSession(session);
    assertEquals(sessionOf(text), session);
    const normalised = sample.sdp.trimEnd() === sample.sdp
      ? sample.sdp + (sample.sdp.endsWith("\n") ? "" : "\r\n")
      : sample.sdp.replace(/(\r\n)+$/, "\r\n");
    const reordered = REORDERED.some((pattern) => pattern.test(sample.sdp));
    assertEquals(text === normalised, !reordered, text);
  });
}

function checkSection(
  session: SessionDescription,
  media: MediaDescription,
  expected: SectionExpectation,
): void {
  assertEquals(media.kind, expected.kind);
  assertEquals(media.port, expected.port);
  assertEquals(media.protocol, expected.protocol);
  assertEquals(media.formats, [...expected.formats]);
  assertEquals(candidatesOf(media).length, expected.candidates);
  assertEquals(inherited(session, media, "ice-ufrag")?.value, expected.ufrag);
  assertEquals(fingerprintsOf(session, media).map(writeFingerprint)[0], expected.fingerprint);
  assertEquals(setupOf(session, media), expected.setup);
  assertEquals(parseMid(find(media.attributes, "mid")?.value), expected.mid);
  assertEquals(has(media.attributes, "rtcp-mux"), expected.rtcpMux ?? false);
  assertEquals(rtpMapsOf(media), expected.rtpmap ?? {});
  if (expected.direction !== undefined) {
    assertEquals(findDirection([...media.attributes, ...session.attributes]), expected.direction);
  }
  if (expected.sctpPort !== undefined) assertEquals(sctpPortOf(media), expected.sctpPort);
  assert(media.kind !== "application" || maxMessageSizeOf(media) > 0);
  if (expected.maxMessageSize !== undefined) {
    assertEquals(maxMessageSizeOf(media), expected.maxMessageSize);
  }
}

/** The codecs by payload type: as the codec writes them, or as text where it does not know the form. */
function rtpMapsOf(media: MediaDescription): Record<string, string> {
  const maps = new Map<string, string>();
  for (const { name, value = "" } of media.attributes) {
    if (name !== "rtpmap") continue;
    const map = parseRtpMap(value);
    const text = map === undefined ? value : writeRtpMap(map);
    maps.set(text.slice(0, text.indexOf(" ")), text.slice(text.indexOf(" ") + 1));
  }
  return Object.fromEntries(maps);
}

for (const file of Deno.readDirSync(new URL("../vectors/browsers/", import.meta.url))) {
  if (!file.name.endsWith(".sdp")) continue;
  Deno.test(`a browser's own SDP comes back as it was: ${file.name}`, () => {
    const text = Deno.readTextFileSync(
      new URL(`../vectors/browsers/${file.name}`, import.meta.url),
    );
    assertEquals(writeSession(sessionOf(text)), text.replace(/\r?\n/g, "\r\n"));
  });
}
