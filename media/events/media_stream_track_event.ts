import { MediaStreamTrack } from "../media_stream_track.ts";
import { instance } from "../../webidl/convert.ts";
import { eventArguments } from "../../webidl/event.ts";
import { defineInterface } from "../../webidl/interface.ts";

/** How a {@linkcode MediaStreamTrackEvent} is made. */
export interface MediaStreamTrackEventInit extends EventInit {
  /** The track. */
  track: MediaStreamTrack;
}

const readArguments = eventArguments("MediaStreamTrackEvent", {
  track: { convert: instance(MediaStreamTrack), required: true },
});

/** Tells of a track that came to a stream, or left it, otherwise than by a script (W3C mediacapture-streams section 4.4). */
export class MediaStreamTrackEvent extends Event {
  readonly #track: MediaStreamTrack;

  /** A new event; throws a TypeError if `eventInitDict` lacks a track. */
  constructor(type: string, eventInitDict: MediaStreamTrackEventInit) {
    const { type: name, init } = readArguments(arguments.length, type, eventInitDict);
    super(name, init);
    this.#track = init.track;
  }

  /** The track. */
  get track(): MediaStreamTrack {
    return this.#track;
  }
}

defineInterface(MediaStreamTrackEvent);
