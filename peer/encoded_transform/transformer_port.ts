import type { MediaKind } from "../../media/encoded_chunk.ts";
import { createKeyFrameRequest } from "../../media/events/key_frame_request_event.ts";
import { createFrame, type EncodedFrame, slotsOf } from "./chunk_frames.ts";
import { FrameSource } from "./frame_source.ts";
import type { FrameMessage, FromTransformer, StartMessage, ToTransformer } from "./messages.ts";

/** RFC 8851 section 10: `rid-id`. */
const RID = /^[A-Za-z0-9_-]+$/;

/** The worker's end of the port between a sender or receiver and a transformer: the internal slots of an `RTCRtpScriptTransformer`. */
export class TransformerPort implements UnderlyingSink<EncodedFrame> {
  /** [[options]]. */
  readonly options: unknown;
  /** [[readable]]. */
  readonly readable: ReadableStream<EncodedFrame>;
  /** [[writable]]. */
  readonly writable: WritableStream<EncodedFrame>;
  /** Where `keyframerequest` is fired. */
  target: EventTarget | undefined;
  readonly #port: MessagePort;
  /** What times of the other side's clock are moved by. */
  readonly #timeShift: number;
  readonly #source = new FrameSource<EncodedFrame>(() => this.#post({ is: "read" }));
  readonly #calls = new Map<number, PromiseWithResolvers<number>>();
  #lastCall = 0;
  /** Layers of which a key frame is awaited since the other side wants it: it may ask again and again. */
  readonly #asked = new Set<string | undefined>();
  /** [[encoder]] or [[depacketizer]]. */
  #owner: { readonly side: "sender" | "receiver"; readonly kind: MediaKind } | undefined;
  #lastWritten = 0;
  #isOpen = true;

  constructor({ port, options, timeOrigin }: StartMessage) {
    this.options = options;
    this.#port = port;
    this.#timeShift = timeOrigin - performance.timeOrigin;
    this.readable = this.#source.stream();
    // W3C WebRTC Encoded Transform section 2.1.1: no back-pressure.
    this.writable = new WritableStream(this, { highWaterMark: Infinity });
    port.onmessage = ({ data }) => this.#handle(data);
  }

  /** The underlying sink of [[writable]]. What is not a frame of [[readable]], or not later than what was written, is ignored. */
  write(frame: unknown): void {
    const slots = slotsOf(frame);
    if (slots === undefined) throw new TypeError("Not an encoded frame");
    const { owner, counter = 0, data } = slots;
    if (owner !== this || counter <= this.#lastWritten) return;
    this.#lastWritten = counter;
    this.#post({ is: "frame", counter, data }, [data]);
  }

  /** The generate key frame algorithm (W3C WebRTC Encoded Transform section 4.10). */
  generateKeyFrame(rid: string | undefined): Promise<number> {
    if (this.#owner?.side !== "sender" || this.#owner.kind !== "video") {
      throw new DOMException("Not the transformer of a video sender", "InvalidStateError");
    }
    if (rid !== undefined && !RID.test(rid)) throw new TypeError(`'${rid}' is no rid`);
    const call = ++this.#lastCall;
    const pending = Promise.withResolvers<number>();
    this.#calls.set(call, pending);
    this.#post({ is: "generateKeyFrame", call, rid });
    return pending.promise;
  }

  /** The send request key frame algorithm (W3C WebRTC Encoded Transform section 4.10). */
  sendKeyFrameRequest(): void {
    if (this.#owner?.side !== "receiver" || this.#owner.kind !== "video") {
      throw new DOMException("Not the transformer of a video receiver", "InvalidStateError");
    }
    this.#post({ is: "sendKeyFrameRequest" });
  }

  #handle(message: ToTransformer): void {
    switch (message.is) {
      case "frame":
        return this.#receive(message);
      case "associated":
        this.#owner = message;
        return;
      case "keyframerequest":
        return this.#keyFrameRequested(message.rid);
      case "rejected":
        this.#calls.get(message.call)?.reject(new DOMException(message.message, "NotFoundError"));
        this.#calls.delete(message.call);
        return;
      case "detached":
        this.#source.error(new DOMException("Another transform has taken over", "AbortError"));
        return this.#close();
      case "ended":
        this.#source.close();
        return this.#close();
    }
  }

  /** Whoever waits for this key frame learns of it just before it can be read. */
  #receive({ kind, type, data, metadata, counter, fulfills }: FrameMessage): void {
    for (const call of fulfills) {
      this.#calls.get(call)?.resolve(metadata.rtpTimestamp ?? 0);
      this.#calls.delete(call);
    }
    const { receiveTime, captureTime } = metadata;
    const shifted = {
      ...metadata,
      ...receiveTime !== undefined && { receiveTime: receiveTime + this.#timeShift },
      ...captureTime !== undefined && { captureTime: captureTime + this.#timeShift },
    };
    this.#source.enqueue(
      createFrame(kind, { type, data, metadata: shifted, owner: this, counter }),
    );
  }

  /** W3C WebRTC Encoded Transform section 4.9. */
  #keyFrameRequested(rid: string | undefined): void {
    if (!this.target!.dispatchEvent(createKeyFrameRequest(rid)) || this.#asked.has(rid)) return;
    this.#asked.add(rid);
    this.generateKeyFrame(rid).catch(() => {}) // a layer that is not sent needs none
      .finally(() => this.#asked.delete(rid));
  }

  #post(message: FromTransformer, transfer: Transferable[] = []): void {
    if (this.#isOpen) this.#port.postMessage(message, transfer);
  }

  #close(): void {
    this.#isOpen = false;
    this.#port.close();
  }
}
