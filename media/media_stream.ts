import { MediaStreamTrackEvent } from "./events/media_stream_track_event.ts";
import { MediaStreamTrack } from "./media_stream_track.ts";
import { domString, instance, requireArguments, sequence } from "../webidl/convert.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../webidl/interface.ts";

/** The events of a {@linkcode MediaStream}. They don't fire for what a script itself adds or removes. */
export interface MediaStreamEventMap {
  /** The peer has added a track. */
  addtrack: MediaStreamTrackEvent;
  /** The peer has removed a track. */
  removetrack: MediaStreamTrackEvent;
}

const toTrack = instance(MediaStreamTrack);
const toTracks = sequence(toTrack);

/** The slots of a stream. */
interface StreamSlots {
  id: string;
  readonly tracks: Set<MediaStreamTrack>;
}

let streamSlots: (stream: MediaStream) => StreamSlots;

/** Tracks that belong together (W3C mediacapture-streams section 4.2). */
export class MediaStream extends EventTarget {
  static {
    streamSlots = (stream) => stream.#slots;
  }

  readonly #slots: StreamSlots = { id: crypto.randomUUID(), tracks: new Set() };

  /** A new stream of no tracks, of those of another stream, or of the given ones. Throws a TypeError for anything else. */
  constructor(...args: [] | [MediaStream] | [Iterable<MediaStreamTrack>]) {
    super();
    if (args.length === 0) return;
    const [given] = args;
    const tracks = given instanceof MediaStream
      ? given.#slots.tracks
      : toTracks(given, "MediaStream constructor");
    for (const track of tracks) this.#slots.tracks.add(track);
  }

  /** What tells this stream from others of the same origin. */
  get id(): string {
    return this.#slots.id;
  }

  /** The audio tracks, as they are now. */
  getAudioTracks(): MediaStreamTrack[] {
    return this.getTracks().filter((track) => track.kind === "audio");
  }

  /** The video tracks, as they are now. */
  getVideoTracks(): MediaStreamTrack[] {
    return this.getTracks().filter((track) => track.kind === "video");
  }

  /** All tracks, as they are now. */
  getTracks(): MediaStreamTrack[] {
    return [...this.#slots.tracks];
  }

  /** The track of that id, or null. */
  getTrackById(trackId: string): MediaStreamTrack | null {
    const { tracks } = this.#slots;
    requireArguments("MediaStream.getTrackById", arguments.length, 1);
    const id = domString(trackId, "MediaStream.getTrackById");
    return [...tracks].find((track) => track.id === id) ?? null;
  }

  /** Adds a track, unless it is there. */
  addTrack(track: MediaStreamTrack): void {
    const { tracks } = this.#slots;
    requireArguments("MediaStream.addTrack", arguments.length, 1);
    tracks.add(toTrack(track, "MediaStream.addTrack"));
  }

  /** Removes a track, if it is there. */
  removeTrack(track: MediaStreamTrack): void {
    const { tracks } = this.#slots;
    requireArguments("MediaStream.removeTrack", arguments.length, 1);
    tracks.delete(toTrack(track, "MediaStream.removeTrack"));
  }

  /** A new stream of clones of these tracks. */
  clone(): MediaStream {
    return new MediaStream([...this.#slots.tracks].map((track) => track.clone()));
  }

  /** Whether a track of it is live. */
  get active(): boolean {
    return [...this.#slots.tracks].some((track) => track.readyState === "live");
  }
}

/** Typed events. */
export interface MediaStream extends EventHandlers<MediaStreamEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<MediaStreamEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<MediaStreamEventMap>;
}

defineInterface(MediaStream, { handlers: ["addtrack", "removetrack"] });

/** A stream that the other end has named: W3C WebRTC section 9.2 on `MediaStream.id`. */
export function createStream(id: string): MediaStream {
  const stream = new MediaStream();
  streamSlots(stream).id = id;
  return stream;
}

/** W3C mediacapture-streams section 4.2, "add a track": for what no script has asked for, so that `addtrack` fires. */
export function addRemoteTrack(stream: MediaStream, track: MediaStreamTrack): void {
  const { tracks } = streamSlots(stream);
  if (tracks.has(track)) return;
  tracks.add(track);
  stream.dispatchEvent(new MediaStreamTrackEvent("addtrack", { track }));
}

/** W3C mediacapture-streams section 4.2, "remove a track": for what no script has asked for, so that `removetrack` fires. */
export function removeRemoteTrack(stream: MediaStream, track: MediaStreamTrack): void {
  if (!streamSlots(stream).tracks.delete(track)) return;
  stream.dispatchEvent(new MediaStreamTrackEvent("removetrack", { track }));
}
