import type { Millis } from "../../../core/stage/mod.ts";
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
  writeAbsCaptureTime,
  writeAbsSendTime,
  writeAudioLevel,
  writeMid,
  writeMixerAudioLevels,
  writeRepairedRid,
  writeRid,
  writeTransportSequence,
  writeVideoOrientation,
} from "../../extensions/mod.ts";
import {
  type ExtensionElement,
  type HeaderExtension,
  parseElements,
} from "../../header_extension.ts";
import type { RtpPacket } from "../../packet.ts";
import type { ExtensionValue, FrameMetadata } from "../items.ts";
import type { ExtensionIds } from "../parameters.ts";
import type { ExtensionHeaders } from "./extension_headers.ts";

/** Bytes that {@linkcode stamped} may add to an extension: a number and a time, with their headers and padding. */
export const STAMP_SIZE = 16;

/** What tells of the media rather than of the way that it takes: forwarded packets keep it. */
const ABOUT_MEDIA: readonly string[] = [
  AUDIO_LEVEL_URI,
  MIXER_AUDIO_LEVEL_URI,
  VIDEO_ORIENTATION_URI,
  ABS_CAPTURE_TIME_URI,
  PLAYOUT_DELAY_URI,
  DEPENDENCY_DESCRIPTOR_URI,
];

/** How a stream is named in its packets. */
export interface StreamName {
  readonly mid: string;
  readonly rid?: string;
}

function element(ids: ExtensionIds, uri: string, data: () => Uint8Array): ExtensionElement[] {
  const id = ids.get(uri);
  return id === undefined ? [] : [{ id, data: data() }];
}

/** What tells the receiver which section and encoding a stream belongs to (RFC 9143 section 15, RFC 8852). */
export function nameElements({ mid, rid }: StreamName, ids: ExtensionIds): ExtensionElement[] {
  return [
    ...element(ids, MID_URI, () => writeMid(mid)),
    ...rid === undefined ? [] : element(ids, RID_URI, () => writeRid(rid)),
  ];
}

/** The same for a stream that repairs it. */
export function repairElements({ mid, rid }: StreamName, ids: ExtensionIds): ExtensionElement[] {
  return [
    ...element(ids, MID_URI, () => writeMid(mid)),
    ...rid === undefined ? [] : element(ids, REPAIRED_RID_URI, () => writeRepairedRid(rid)),
  ];
}

/** What a frame has to say with its first packet, or with its last one. */
export function frameElements(
  metadata: FrameMetadata,
  ids: ExtensionIds,
  place: { readonly isFirst: boolean; readonly isLast: boolean },
): ExtensionElement[] {
  const { audioLevel, voiceActivity = false, captureTime, rotation } = metadata;
  const { contributingSources, contributingLevels: levels } = metadata;
  return [
    ...audioLevel === undefined || !place.isFirst
      ? []
      : element(ids, AUDIO_LEVEL_URI, () =>
        writeAudioLevel({ level: audioLevel, voice: voiceActivity })),
    // RFC 6465 section 3: as many levels as there are CSRCs, in their order.
    ...levels === undefined || levels.length !== contributingSources?.length || !place.isFirst
      ? []
      : element(ids, MIXER_AUDIO_LEVEL_URI, () => writeMixerAudioLevels(levels)),
    ...captureTime === undefined || !place.isFirst
      ? []
      : element(ids, ABS_CAPTURE_TIME_URI, () => writeAbsCaptureTime(captureTime)),
    // 3GPP TS 26.114 section 7.4.5: in the last packet of a picture.
    ...rotation === undefined || !place.isLast
      ? []
      : element(ids, VIDEO_ORIENTATION_URI, () =>
        writeVideoOrientation({ rotation, flip: false, backCamera: false })),
  ];
}

/** What a forwarded packet keeps of its extensions, under the ids of the new way. */
export function mediaElements(
  { extension }: RtpPacket,
  from: ReadonlyMap<string, number>,
  to: ExtensionIds,
): ExtensionElement[] {
  if (extension === undefined) return [];
  const renumbered = new Map<number, number>();
  for (const uri of ABOUT_MEDIA) {
    const [old, id] = [from.get(uri), to.get(uri)];
    if (old !== undefined && id !== undefined) renumbered.set(old, id);
  }
  return parseElements(extension).flatMap(({ id, data }) => {
    const renamed = renumbered.get(id);
    return renamed === undefined ? [] : [{ id: renamed, data }];
  });
}

/** What a session writes into every packet itself. */
const OWN: ReadonlySet<string> = new Set([
  MID_URI,
  RID_URI,
  REPAIRED_RID_URI,
  TRANSPORT_CC_URI,
  ABS_SEND_TIME_URI,
]);

/** Whether a header extension names the stream or tells of the way, and so is the session's to write. */
export function isSessionExtension(uri: string): boolean {
  return OWN.has(uri);
}

/** What an application has to say in header extensions. */
export function writtenElements(
  values: readonly ExtensionValue[],
  ids: ExtensionIds,
): ExtensionElement[] {
  return values.filter(({ uri }) => !isSessionExtension(uri))
    .flatMap(({ uri, data }) => element(ids, uri, () => data));
}

/** The extension of a packet that repeats another: the stream is named as one of repair. */
export function repairExtension(
  { extension }: Pick<RtpPacket, "extension">,
  name: StreamName,
  headers: ExtensionHeaders,
): HeaderExtension | undefined {
  const { ids } = headers;
  const own = new Set([MID_URI, RID_URI].map((uri) => ids.get(uri)));
  const rest = extension === undefined
    ? []
    : parseElements(extension).filter(({ id }) => !own.has(id));
  return headers.build([...repairElements(name, ids), ...rest]);
}

/** A packet with the time at which it leaves, and its transport-wide number. */
export function stamped(
  packet: RtpPacket,
  headers: ExtensionHeaders,
  sequence: number,
  now: Millis,
): RtpPacket {
  const { ids } = headers;
  const sequenceId = ids.get(TRANSPORT_CC_URI);
  const timeId = ids.get(ABS_SEND_TIME_URI);
  if (sequenceId === undefined && timeId === undefined) return packet;
  const elements = packet.extension === undefined
    ? []
    : parseElements(packet.extension).filter(({ id }) => id !== sequenceId && id !== timeId);
  // They come first, in the same place of every packet: what is recovered by forward error correction is wrong there, and nowhere else.
  const stamps = [
    ...timeId === undefined ? [] : [{ id: timeId, data: writeAbsSendTime(now) }],
    ...sequenceId === undefined ? [] : [{ id: sequenceId, data: writeTransportSequence(sequence) }],
  ];
  return { ...packet, extension: headers.build([...stamps, ...elements]) };
}
