import { attribute, type MediaDescription, type SessionDescription } from "../../../sdp/mod.ts";
import { writeDescription } from "../../../peer/jsep/sections.ts";
import {
  CODECS,
  type Direction,
  headerExtensionCapabilities,
  type MediaKind,
} from "../../../peer/jsep/media/mod.ts";
import type { Random } from "../../support/random.ts";
import { END, overTheWire } from "./support.ts";

const DIRECTIONS: readonly Direction[] = ["sendrecv", "sendonly", "recvonly", "inactive"];

/** The offer of a peer that numbers codecs and extensions as it likes, the same way in all its sections. */
export function randomOffer(random: Random): SessionDescription {
  const free = shuffled(random, [...range(96, 127), ...range(35, 63)]);
  const ids = shuffled(random, [...range(1, 14), ...range(16, 60)]);
  const payloadTypes = new Map<string, number>();
  const idOf = new Map<string, number>();
  const number = (map: Map<string, number>, key: string, pool: number[]) => {
    if (!map.has(key)) map.set(key, pool.pop()!);
    return map.get(key)!;
  };
  const section = (mid: string): MediaDescription => {
    const kind: MediaKind = random.pick(["audio", "video"]);
    const lines: string[] = [];
    const formats: number[] = [];
    for (const [i, codec] of CODECS.entries()) {
      if (codec.kind !== kind || random.chance(0.4)) continue;
      const payloadType = number(payloadTypes, `codec ${i}`, free);
      formats.push(payloadType);
      const channels = codec.channels === 2
        ? "/2"
        : random.pick(["", kind === "audio" ? "/1" : ""]);
      const name = random.chance(0.2) ? codec.name.toUpperCase() : codec.name;
      lines.push(`rtpmap:${payloadType} ${name}/${codec.clockRate}${channels}`);
      if (codec.fmtp !== undefined) {
        lines.push(`fmtp:${payloadType} ${variantOf(random, codec.fmtp)}`);
      }
      for (const feedback of codec.feedback) {
        if (random.chance(0.7)) lines.push(`rtcp-fb:${payloadType} ${feedback}`);
      }
      if (kind === "video" && random.chance(0.6)) {
        const rtx = number(payloadTypes, `rtx ${i}`, free);
        formats.push(rtx);
        lines.push(`rtpmap:${rtx} rtx/90000`, `fmtp:${rtx} apt=${payloadType}`);
      }
    }
    if (random.chance(0.5)) {
      const unknown = number(payloadTypes, `unknown ${kind}`, free);
      formats.unshift(unknown);
      lines.push(`rtpmap:${unknown} flarglblurp/90000`);
    }
    if (formats.length === 0) formats.push(3); // GSM, which nobody has
    for (const { uri } of [...headerExtensionCapabilities(kind), { uri: "urn:x-nobody" }]) {
      if (random.chance(0.4)) continue;
      const direction = random.chance(0.2) ? `/${random.pick(DIRECTIONS)}` : "";
      lines.push(`extmap:${number(idOf, uri, ids)}${direction} ${uri}`);
    }
    if (kind === "video" && random.chance(0.3)) {
      lines.push("rid:a recv", "rid:b recv", "simulcast:recv a;b");
    }
    for (const flag of ["rtcp-mux", "rtcp-rsize", "extmap-allow-mixed"]) {
      if (random.chance(0.7)) lines.push(flag);
    }
    return {
      kind,
      port: random.chance(0.1) ? 0 : 9,
      protocol: random.pick(["UDP/TLS/RTP/SAVPF", "RTP/SAVPF"]),
      formats: shuffled(random, formats).map(String),
      connections: [],
      bandwidths: [],
      attributes: ["mid:" + mid, random.pick(DIRECTIONS), ...shuffled(random, lines)].map(
        (line) => {
          const colon = line.indexOf(":");
          return colon < 0
            ? attribute(line)
            : attribute(line.slice(0, colon), line.slice(colon + 1));
        },
      ),
    };
  };
  const media = range(0, random.below(6)).map((mid) => section(String(mid)));
  const offered = media.flatMap(({ port }, i) => port === 0 ? [] : [String(i)]);
  const first = offered.filter(() => random.chance(0.7));
  const second = offered.filter((mid) => !first.includes(mid) && random.chance(0.5));
  return overTheWire(writeDescription(
    END,
    1,
    media,
    [first, second].map((mids) => ({
      semantics: "BUNDLE",
      mids,
    })),
  ));
}

/** The same codec, said otherwise: lower levels, parameters in another order or more of them. */
function variantOf(random: Random, fmtp: string): string {
  const parameters = fmtp.split(";").map((parameter) =>
    random.chance(0.3)
      ? parameter.replace(/^(profile-level-id=....)1f$/, "$10d").replace(
        "level-id=180",
        "level-id=93",
      )
      : parameter
  );
  if (random.chance(0.3)) parameters.push("x-unknown=1");
  return shuffled(random, parameters).join(random.pick([";", "; "]));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const keyed = items.map((item) => ({ item, key: random.fraction() }));
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item);
}
