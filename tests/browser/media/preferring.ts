import { type RTCRtpCodec, RTCRtpReceiver } from "../../../mod.ts";

/** Heron's codecs of a kind, the wanted one first. */
export function preferring(kind: "audio" | "video", wanted: string): RTCRtpCodec[] {
  const isWanted = ({ mimeType }: RTCRtpCodec) => mimeType.toLowerCase() === wanted.toLowerCase();
  return RTCRtpReceiver.getCapabilities(kind)!.codecs
    .toSorted((a, b) => Number(isWanted(b)) - Number(isWanted(a)));
}
