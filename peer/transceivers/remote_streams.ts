import { createStream, type MediaStream } from "../../media/media_stream.ts";

/**
 * The streams that the other side has named, by their ids: the same id is the same stream for as long as anybody has it
 * (W3C WebRTC section 5.1.1, "set the associated remote streams"). A peer can name as many as it likes, so that those which nobody has
 * are let go.
 */
export class RemoteStreams {
  readonly #streams = new Map<string, WeakRef<MediaStream>>();

  /** The stream of an id. */
  get(id: string): MediaStream {
    const known = this.#streams.get(id)?.deref();
    if (known !== undefined) return known;
    for (const [other, stream] of this.#streams) {
      if (stream.deref() === undefined) this.#streams.delete(other);
    }
    const stream = createStream(id);
    this.#streams.set(id, new WeakRef(stream));
    return stream;
  }
}
