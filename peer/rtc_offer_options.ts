import { boolean, type Converter, dictionary } from "../webidl/convert.ts";
import { type MediaKind, receives, sends } from "./jsep/media/mod.ts";
import type { TransceiverTable } from "./transceivers/mod.ts";

/** Options of `createOffer` (W3C WebRTC section 4.2.7). */
export interface RTCOfferOptions {
  /** Whether to restart ICE, as `restartIce` would. */
  iceRestart?: boolean;
  /** @deprecated Whether to receive audio. Add a transceiver, or set its direction, instead. */
  offerToReceiveAudio?: boolean;
  /** @deprecated Whether to receive video. Add a transceiver, or set its direction, instead. */
  offerToReceiveVideo?: boolean;
}

/** `RTCOfferOptions`. */
export const rtcOfferOptions: Converter<RTCOfferOptions & { iceRestart: boolean }> = dictionary(
  "RTCOfferOptions",
  {
    iceRestart: { convert: boolean, default: () => false },
    offerToReceiveAudio: { convert: boolean },
    offerToReceiveVideo: { convert: boolean },
  },
);

/** What the deprecated options do to the transceivers before there is an offer (W3C WebRTC section 4.4.3.2). */
export function applyOfferToReceive(
  transceivers: TransceiverTable,
  { offerToReceiveAudio, offerToReceiveVideo }: RTCOfferOptions,
): void {
  receive(transceivers, "audio", offerToReceiveAudio);
  receive(transceivers, "video", offerToReceiveVideo);
}

function receive(
  transceivers: TransceiverTable,
  kind: MediaKind,
  wanted: boolean | undefined,
): void {
  const receiving = transceivers.active.filter((transceiver) =>
    transceiver.kind === kind && !transceiver.stopping && receives(transceiver.direction)
  );
  if (wanted === false) {
    for (const transceiver of receiving) {
      transceiver.direction = sends(transceiver.direction) ? "sendonly" : "inactive";
    }
  } else if (wanted && receiving.length === 0) {
    transceivers.create({ kind, direction: "recvonly" });
  }
}
