import { metadataFor } from "./chunk_frames.ts";
import type { FramePipe } from "./frame_pipe.ts";
import type { CountedChunk, FrameTransform } from "./frame_transform.ts";
import { KeyFrameTasks } from "./key_frame_tasks.ts";
import type { FromTransformer, ToTransformer } from "./messages.ts";
import { UnreadFrames } from "./unread_frames.ts";

/** This end of the port between a sender or receiver and a transformer in a worker. */
export class ScriptTransformPort implements FrameTransform {
  owner: FramePipe | null = null;
  readonly #port: MessagePort;
  readonly #unread = new UnreadFrames();
  readonly #keyFrameTasks = new KeyFrameTasks();
  #isOpen = true;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** Frames that the worker did not read in time. */
  get dropped(): number {
    return this.#unread.dropped;
  }

  attach(owner: FramePipe): void {
    const { side, kind } = owner.owner;
    this.#post({ is: "associated", side, kind });
    this.#port.onmessage = ({ data }) => this.#handle(owner, data);
  }

  push({ counter, chunk }: CountedChunk): void {
    if (!this.#isOpen || !this.#unread.admit(chunk)) return;
    const { kind } = this.owner!.owner;
    const data = chunk.data.slice().buffer;
    const metadata = metadataFor(this.owner!.owner, chunk);
    const fulfills = chunk.type === "key"
      ? this.#keyFrameTasks.arrived(chunk.metadata?.rid ?? null)
      : [];
    const { type } = chunk;
    this.#post({ is: "frame", kind, type, data, metadata, counter, fulfills }, [data]);
  }

  detach(): void {
    this.#finish("detached");
  }

  end(): void {
    this.#finish("ended");
  }

  keyFrameRequested(rid: string | undefined): boolean {
    this.#post({ is: "keyframerequest", rid });
    return this.#isOpen;
  }

  #handle(owner: FramePipe, message: FromTransformer): void {
    if (!this.#isOpen) return;
    switch (message.is) {
      case "read":
        if (this.#unread.read()) this.#askForKeyFrame(owner);
        return;
      case "frame":
        return owner.write(this, message.counter, new Uint8Array(message.data));
      case "generateKeyFrame":
        return this.#generateKeyFrame(owner, message.call, message.rid);
      case "sendKeyFrameRequest":
        return owner.owner.requestRemoteKeyFrame();
    }
  }

  /** The generate key frame algorithm (W3C WebRTC Encoded Transform section 4.10), from where it goes in parallel. */
  #generateKeyFrame(owner: FramePipe, call: number, rid: string | undefined): void {
    const layers = owner.layersOf(rid);
    if (layers.length === 0) {
      const message = rid === undefined ? "Nothing is sent" : `No layer '${rid}' is sent`;
      return this.#post({ is: "rejected", call, message });
    }
    const wanted = this.#keyFrameTasks.add(call, layers);
    if (wanted.length > 0) owner.owner.requestKeyFrames(wanted);
  }

  #askForKeyFrame({ owner }: FramePipe): void {
    if (owner.kind !== "video") return;
    if (owner.side === "sender") owner.requestKeyFrames(owner.layers());
    else owner.requestRemoteKeyFrame();
  }

  #post(message: ToTransformer, transfer: Transferable[] = []): void {
    if (this.#isOpen) this.#port.postMessage(message, transfer);
  }

  #finish(is: "detached" | "ended"): void {
    this.#post({ is });
    this.#isOpen = false;
    this.#port.close();
  }
}
