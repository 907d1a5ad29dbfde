import { addRemoteTrack, type MediaStream, removeRemoteTrack } from "../../media/media_stream.ts";
import { MediaStreamEvent } from "../events/media_stream_event.ts";
import { RTCTrackEvent } from "../events/rtc_track_event.ts";
import { receives } from "../jsep/media/mod.ts";
import type { NegotiatedDirection, ReceiverSlots, TransceiverSlots } from "./slots.ts";
import type { TransceiverTable } from "./table.ts";

/** Whether a stream has a track more, or less. */
type Pair = readonly [stream: MediaStream, receiver: ReceiverSlots];

/**
 * What one description changes of the tracks that come from the other side (W3C WebRTC section 5.1.1). First all transceivers are
 * processed, then {@linkcode fire} tells the application.
 */
export class RemoteTracks {
  readonly #transceivers: TransceiverTable;
  readonly #streamsBefore: ReadonlySet<MediaStream>;
  readonly #addList: Pair[] = [];
  readonly #removeList: Pair[] = [];
  readonly #muteTracks: ReceiverSlots[] = [];
  readonly #added: { transceiver: TransceiverSlots; streams: readonly MediaStream[] }[] = [];

  constructor(transceivers: TransceiverTable) {
    this.#transceivers = transceivers;
    this.#streamsBefore = transceivers.remoteStreams;
  }

  /** The "process remote tracks" steps. `direction` is seen from this side. */
  process(
    transceiver: TransceiverSlots,
    direction: NegotiatedDirection | null,
    msids: readonly string[],
  ): void {
    const { receiver } = transceiver;
    const added = this.#addList.length;
    this.setStreams(receiver, msids);
    const isFired = hasFired(transceiver);
    const isReceived = direction !== null && receives(direction);
    if ((isReceived && !isFired) || this.#addList.length > added) {
      this.#added.push({ transceiver, streams: receiver.associatedRemoteMediaStreams });
    }
    if (!isReceived) transceiver.receptive = false;
    if (!isReceived && isFired) this.#remove(transceiver);
    transceiver.firedDirection = direction;
  }

  /** A local answer ends the reception of a track that has been announced. */
  stopReceiving(transceiver: TransceiverSlots): void {
    if (!hasFired(transceiver)) return;
    this.setStreams(transceiver.receiver, []);
    this.#remove(transceiver);
  }

  /** The "set the associated remote streams" steps. */
  setStreams(receiver: ReceiverSlots, msids: readonly string[]): void {
    const streams = [...new Set(msids)].map((id) => this.#transceivers.streams.get(id));
    const before = receiver.associatedRemoteMediaStreams;
    for (const stream of before) {
      if (!streams.includes(stream)) this.#removeList.push([stream, receiver]);
    }
    for (const stream of streams) {
      if (!before.includes(stream)) this.#addList.push([stream, receiver]);
    }
    receiver.associatedRemoteMediaStreams = streams;
  }

  /** Fires the events, in the order of the text. */
  fire(target: EventTarget): void {
    for (const { source } of this.#muteTracks) source.setMutedNow(true);
    for (const [stream, { track }] of this.#removeList) removeRemoteTrack(stream, track);
    for (const [stream, { track }] of this.#addList) addRemoteTrack(stream, track);
    this.#fireLegacy(target);
    for (const { transceiver, streams } of this.#added) {
      const { object, receiver } = transceiver;
      target.dispatchEvent(
        new RTCTrackEvent("track", {
          receiver: receiver.object,
          track: receiver.track,
          streams: [...streams],
          transceiver: object,
        }),
      );
    }
  }

  /** Events of whole streams, which browsers fire before those of tracks. */
  #fireLegacy(target: EventTarget): void {
    const [before, now] = [this.#streamsBefore, this.#transceivers.remoteStreams];
    for (const stream of before.difference(now)) {
      target.dispatchEvent(new MediaStreamEvent("removestream", { stream }));
    }
    for (const stream of now.difference(before)) {
      target.dispatchEvent(new MediaStreamEvent("addstream", { stream }));
    }
  }

  /** The "process the removal of a remote track" steps. */
  #remove({ receiver }: TransceiverSlots): void {
    if (!receiver.source.muted) this.#muteTracks.push(receiver);
  }
}

/** Whether `track` has fired for what is received now. */
function hasFired({ firedDirection }: TransceiverSlots): boolean {
  return firedDirection !== null && receives(firedDirection);
}
