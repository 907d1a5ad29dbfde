import {
  ABS_CAPTURE_TIME_URI,
  ABS_SEND_TIME_URI,
  AUDIO_LEVEL_URI,
  DEPENDENCY_DESCRIPTOR_URI,
  MID_URI,
  MIXER_AUDIO_LEVEL_URI,
  PLAYOUT_DELAY_URI,
  REPAIRED_RID_URI,
  RID_URI,
  TRANSPORT_CC_URI,
  VIDEO_ORIENTATION_URI,
} from "../../../rtp/mod.ts";
import { type ExtMap, reverseDirection } from "../../../sdp/mod.ts";
import { type Direction, intersectDirections, type TransceiverDirection } from "./directions.ts";
import type { MediaKind } from "./media_format.ts";
import { StableNumbers } from "./stable_numbers.ts";

/** The dictionary `RTCRtpHeaderExtensionCapability`, with the direction that WebRTC Extensions adds. */
export interface RtpHeaderExtensionCapability {
  /** What it is known by. */
  uri: string;
  /** In which direction it is wanted; "stopped" if it is not. */
  direction: TransceiverDirection;
}

type Extension = Readonly<RtpHeaderExtensionCapability>;

/** RFC 8834 section 5.2.4: what tells the sections of a bundle apart can't be given up. */
export const MANDATORY_EXTENSIONS: ReadonlySet<string> = new Set([MID_URI]);

const AUDIO: readonly Extension[] = [
  { uri: AUDIO_LEVEL_URI, direction: "sendrecv" },
  { uri: ABS_SEND_TIME_URI, direction: "sendrecv" },
  { uri: TRANSPORT_CC_URI, direction: "sendrecv" },
  { uri: MID_URI, direction: "sendrecv" },
  { uri: MIXER_AUDIO_LEVEL_URI, direction: "stopped" },
  { uri: ABS_CAPTURE_TIME_URI, direction: "stopped" },
];

const VIDEO: readonly Extension[] = [
  { uri: ABS_SEND_TIME_URI, direction: "sendrecv" },
  { uri: VIDEO_ORIENTATION_URI, direction: "sendrecv" },
  { uri: TRANSPORT_CC_URI, direction: "sendrecv" },
  { uri: PLAYOUT_DELAY_URI, direction: "sendrecv" },
  { uri: MID_URI, direction: "sendrecv" },
  { uri: RID_URI, direction: "sendrecv" },
  { uri: REPAIRED_RID_URI, direction: "sendrecv" },
  { uri: DEPENDENCY_DESCRIPTOR_URI, direction: "stopped" },
  { uri: ABS_CAPTURE_TIME_URI, direction: "stopped" },
];

/** Every extension that we know. */
export const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set(
  [...AUDIO, ...VIDEO].map(({ uri }) => uri),
);

/** The extensions that a transceiver of this kind can negotiate, and whether it does unless told otherwise: new dictionaries. */
export function headerExtensionCapabilities(kind: MediaKind): RtpHeaderExtensionCapability[] {
  return (kind === "audio" ? AUDIO : VIDEO).map((extension) => ({ ...extension }));
}

/** What costs more than it is worth where nobody asks for it, and is taken where somebody offers it, as Chromium does. */
const TAKEN_IF_OFFERED: readonly string[] = [DEPENDENCY_DESCRIPTOR_URI, ABS_CAPTURE_TIME_URI];

/** What a transceiver of this kind takes of what is offered, unless told otherwise: new dictionaries. */
export function acceptableHeaderExtensions(kind: MediaKind): RtpHeaderExtensionCapability[] {
  return headerExtensionCapabilities(kind).map((extension) =>
    TAKEN_IF_OFFERED.includes(extension.uri) ? { ...extension, direction: "sendrecv" } : extension
  );
}

/** What a sender of layers, or of several encodings, asks for besides: what lets a server tell them apart (as Chromium does). */
export function withLayerExtensions(wanted: readonly Extension[]): RtpHeaderExtensionCapability[] {
  return wanted.map((extension) =>
    extension.uri === DEPENDENCY_DESCRIPTOR_URI
      ? { ...extension, direction: "sendrecv" }
      : { ...extension }
  );
}

/** Ids that headers of one byte can carry come first; of the others, 15 means "stop" to these headers (RFC 8285 section 4.2). */
const IDS: readonly number[] = [
  ...Array.from({ length: 14 }, (_, i) => i + 1),
  ...Array.from({ length: 240 }, (_, i) => i + 16),
];

/** The first id that only stands for "choose one yourself" (RFC 8285 section 7). */
const FIRST_PROVISIONAL_ID = 4096;

/** The ids of a connection's header extensions, which stay what they are from offer to offer. */
export class HeaderExtensionIds {
  readonly #numbers = new StableNumbers(IDS);

  /** Takes over what a description, of either side, has mapped in a section: an answer has the ids of its offer. */
  adopt(mid: string, extensions: readonly ExtMap[]): void {
    for (const { id, uri } of extensions) {
      if (id < FIRST_PROVISIONAL_ID) {
        this.#numbers.adopt(mid, id, KNOWN_EXTENSIONS.has(uri) ? uri : undefined);
      }
    }
  }

  /** The id of an extension in a section; undefined if none is left. */
  assign(mid: string, uri: string): number | undefined {
    return this.#numbers.assign(mid, uri);
  }

  /** Forgets a section that has been recycled; its ids stay taken. */
  forget(mid: string): void {
    this.#numbers.forget(mid);
  }
}

/** The `a=extmap` lines of an offer (RFC 8285 section 5). */
export function offerExtensions(
  wanted: readonly Extension[],
  ids: HeaderExtensionIds,
  mid: string,
): ExtMap[] {
  return wanted.flatMap(({ uri, direction }) => {
    if (direction === "stopped") return [];
    const id = ids.assign(mid, uri);
    return id === undefined ? [] : [extMap(id, uri, direction)];
  });
}

/**
 * The `a=extmap` lines of an answer: what was offered and is wanted, under the offered ids, in the direction that remains
 * (RFC 8285 section 7). An extension that is to be encrypted (RFC 6904) is another one, and none of ours.
 */
export function answerExtensions(
  offered: readonly ExtMap[],
  wanted: readonly Extension[],
  ids: HeaderExtensionIds,
  mid: string,
): ExtMap[] {
  const answered = new Map<string, ExtMap>();
  const provisional = new Set<number>();
  for (const { id, uri, direction = "sendrecv" } of offered) {
    const own = wanted.find((extension) => extension.uri === uri)?.direction ?? "stopped";
    if (own === "stopped" || answered.has(uri) || provisional.has(id)) continue;
    const common = intersectDirections(reverseDirection(direction), own);
    if (common === "inactive") continue;
    let chosen: number | undefined = id;
    if (id >= FIRST_PROVISIONAL_ID) {
      // RFC 8285 section 7: of the extensions that share such an id, one may be chosen.
      provisional.add(id);
      chosen = ids.assign(mid, uri);
    }
    if (chosen !== undefined) answered.set(uri, extMap(chosen, uri, common));
  }
  return [...answered.values()];
}

function extMap(id: number, uri: string, direction: Direction): ExtMap {
  return direction === "sendrecv" ? { id, uri } : { id, direction, uri };
}

/**
 * The extensions in use between two descriptions: those of the other side's that are ours too, with the direction that this side may use
 * them in. Ids are the other side's, which are ours as well unless it broke the rules.
 */
export function negotiatedExtensions(
  ours: readonly ExtMap[],
  theirs: readonly ExtMap[],
): ExtMap[] {
  const negotiated = new Map<string, ExtMap>();
  for (const { id, uri, direction = "sendrecv" } of theirs) {
    const own = ours.find((extension) => extension.uri === uri);
    if (own === undefined || negotiated.has(uri) || id >= FIRST_PROVISIONAL_ID) continue;
    const common = intersectDirections(reverseDirection(direction), own.direction ?? "sendrecv");
    if (common !== "inactive") negotiated.set(uri, extMap(id, uri, common));
  }
  return [...negotiated.values()];
}
