import {
  ABS_CAPTURE_TIME_URI,
  ABS_SEND_TIME_URI,
  AUDIO_LEVEL_URI,
  MIXER_AUDIO_LEVEL_URI,
  parseAbsCaptureTime,
  parseAbsSendTime,
  parseAudioLevel,
  parseMixerAudioLevels,
  parsePlayoutDelay,
  parseRepairedRid,
  parseRid,
  parseTransportSequence,
  parseVideoOrientation,
  PLAYOUT_DELAY_URI,
  type PlayoutDelay,
  REPAIRED_RID_URI,
  RID_URI,
  TRANSPORT_CC_URI,
  VIDEO_ORIENTATION_URI,
} from "../../extensions/mod.ts";
import { findElement } from "../../header_extension.ts";
import type { RtpPacket } from "../../packet.ts";
import type { FrameMetadata } from "../items.ts";
import type { ExtensionIds } from "../parameters.ts";

/** The bytes of a header extension; undefined if the packet has none of that URI. */
export function elementOf(
  { extension }: RtpPacket,
  ids: ExtensionIds,
  uri: string,
): Uint8Array | undefined {
  const id = ids.get(uri);
  return id === undefined ? undefined : findElement(extension, id);
}

function read<T>(
  packet: RtpPacket,
  ids: ExtensionIds,
  uri: string,
  parse: (data: Uint8Array) => T | undefined,
): T | undefined {
  const data = elementOf(packet, ids, uri);
  return data === undefined ? undefined : parse(data);
}

/** The encoding that a packet says it belongs to. */
export function ridOf(packet: RtpPacket, ids: ExtensionIds): string | undefined {
  return read(packet, ids, RID_URI, parseRid);
}

/** The encoding that a packet says it repairs. */
export function repairedRidOf(packet: RtpPacket, ids: ExtensionIds): string | undefined {
  return read(packet, ids, REPAIRED_RID_URI, parseRepairedRid);
}

/** The transport-wide number of a packet. */
export function transportSequenceOf(packet: RtpPacket, ids: ExtensionIds): number | undefined {
  return read(packet, ids, TRANSPORT_CC_URI, parseTransportSequence);
}

/** When a packet left, in milliseconds below 64000. */
export function absSendTimeOf(packet: RtpPacket, ids: ExtensionIds): number | undefined {
  return read(packet, ids, ABS_SEND_TIME_URI, parseAbsSendTime);
}

/** How long a packet says that what it belongs to is to be held back. */
export function playoutDelayOf(packet: RtpPacket, ids: ExtensionIds): PlayoutDelay | undefined {
  return read(packet, ids, PLAYOUT_DELAY_URI, parsePlayoutDelay);
}

/** What the header extensions of a packet tell of its frame. */
export function metadataOf(packet: RtpPacket, ids: ExtensionIds): FrameMetadata {
  const level = read(packet, ids, AUDIO_LEVEL_URI, parseAudioLevel);
  const orientation = read(packet, ids, VIDEO_ORIENTATION_URI, parseVideoOrientation);
  const captureTime = read(packet, ids, ABS_CAPTURE_TIME_URI, parseAbsCaptureTime);
  const levels = read(packet, ids, MIXER_AUDIO_LEVEL_URI, parseMixerAudioLevels);
  return {
    ...(level && { audioLevel: level.level, voiceActivity: level.voice }),
    ...(orientation && { rotation: orientation.rotation }),
    ...(captureTime && { captureTime }),
    ...(packet.csrcs.length > 0 && {
      contributingSources: packet.csrcs,
      ...(levels && { contributingLevels: levels.slice(0, packet.csrcs.length) }),
    }),
  };
}
