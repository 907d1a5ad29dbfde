import { MediaStream } from "../../media/media_stream.ts";
import { instance, nullable } from "../../webidl/convert.ts";
import { eventArguments } from "../../webidl/event.ts";
import { defineInterface } from "../../webidl/interface.ts";

/** How a {@linkcode MediaStreamEvent} is made. */
export interface MediaStreamEventInit extends EventInit {
  /** The stream; null by default. */
  stream?: MediaStream | null;
}

const readArguments = eventArguments("MediaStreamEvent", {
  stream: { convert: nullable(instance(MediaStream)), default: () => null },
});

/**
 * Brings a stream that the other side has added or removed, as browsers have it.
 *
 * @deprecated {@linkcode RTCTrackEvent} took its place.
 */
export class MediaStreamEvent extends Event {
  readonly #stream: MediaStream | null;

  /** A new event. */
  constructor(type: string, eventInitDict: MediaStreamEventInit = {}) {
    const { type: name, init } = readArguments(arguments.length, type, eventInitDict);
    super(name, init);
    this.#stream = init.stream;
  }

  /** The stream. */
  get stream(): MediaStream | null {
    return this.#stream;
  }
}

defineInterface(MediaStreamEvent);
