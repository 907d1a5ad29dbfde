/**
 * What connections had before there were transceivers: whole streams are added and removed. Applications still call it, so it is
 * there as browsers have it, in terms of what took its place.
 *
 * @module
 */
import { MediaStream } from "../media/media_stream.ts";
import { MediaStreamTrack } from "../media/media_stream_track.ts";
import { instance, requireArguments } from "../webidl/convert.ts";
import type { RTCDTMFSender } from "./rtc_dtmf_sender.ts";
import type { TransceiverTable } from "./transceivers/mod.ts";

const toStream = instance(MediaStream);
const toTrack = instance(MediaStreamTrack);

/** The deprecated operations. */
export interface LegacyStreams {
  /** @deprecated Sends all tracks of a stream; call `addTrack` for each instead. */
  addStream(stream: MediaStream): void;
  /** @deprecated Sends no track of a stream any more; call `removeTrack` instead. */
  removeStream(stream: MediaStream): void;
  /** @deprecated The streams of the tracks that are sent. */
  getLocalStreams(): MediaStream[];
  /** @deprecated The streams of the tracks that are received. */
  getRemoteStreams(): MediaStream[];
  /** @deprecated What sends DTMF beside a track; `RTCRtpSender.dtmf` now. Throws an `InvalidAccessError` if the track is not sent. */
  createDTMFSender(track: MediaStreamTrack): RTCDTMFSender;
}

/** Gives a class the deprecated operations. `transceiversOf` throws a TypeError for a foreign object. */
export function defineLegacyStreams(
  // deno-lint-ignore no-explicit-any
  constructor: abstract new (...args: any[]) => object,
  transceiversOf: (object: never) => TransceiverTable,
): void {
  const name = (operation: string) => `${constructor.name}.${operation}`;
  const find = (object: unknown) => transceiversOf(object as never);
  const operations: LegacyStreams = {
    addStream(stream) {
      const table = find(this);
      requireArguments(name("addStream"), arguments.length, 1);
      const converted = toStream(stream, name("addStream"));
      for (const track of converted.getTracks()) {
        if (senderOf(table, track) === undefined) {
          table.addTrack(track, [converted], name("addStream"));
        }
      }
    },
    removeStream(stream) {
      const table = find(this);
      requireArguments(name("removeStream"), arguments.length, 1);
      const tracks = toStream(stream, name("removeStream")).getTracks();
      for (const { object } of tracks.map((track) => senderOf(table, track)).filter(isThere)) {
        table.removeTrack(object, name("removeStream"));
      }
    },
    getLocalStreams() {
      const sending = find(this).active.filter(({ sender }) => sender.track !== null);
      return [...new Set(sending.flatMap(({ sender }) => sender.associatedMediaStreams))];
    },
    getRemoteStreams() {
      return [...find(this).remoteStreams];
    },
    createDTMFSender(track) {
      const table = find(this);
      requireArguments(name("createDTMFSender"), arguments.length, 1);
      const sender = senderOf(table, toTrack(track, name("createDTMFSender")));
      if (sender?.dtmf) return sender.dtmf.object;
      throw new DOMException(
        `${name("createDTMFSender")}: no audio track of a sender`,
        "InvalidAccessError",
      );
    },
  };
  Object.defineProperties(constructor.prototype, Object.getOwnPropertyDescriptors(operations));
}

function senderOf(table: TransceiverTable, track: MediaStreamTrack) {
  return table.active.map(({ sender }) => sender).find((sender) => sender.track === track);
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}
