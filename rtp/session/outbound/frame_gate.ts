import type { Discards, Millis } from "../../../core/stage/mod.ts";
import { startsKeyFrame } from "../../payload/mod.ts";
import type { RtpSessionDiscard } from "../discards.ts";
import { KEY_FRAME_INTERVAL } from "../inbound/key_frame_requests.ts";
import type { OutboundPacket } from "../items.ts";
import type { RtpFormat, RtpKind } from "../parameters.ts";
import type { OutgoingStream } from "./outgoing_stream.ts";
import { SectionLimit } from "./section_limit.ts";

/** When what waits would take longer, frames of video are left out until the next key frame. */
const MAX_QUEUE_TIME: Millis = 1000;

/** What the gate of a section needs of its session. */
export interface FrameGateHost {
  readonly discards: Discards<RtpSessionDiscard>;
  /** How long what waits will take. */
  readonly queueTime: Millis;
  /** Asks whoever encodes for a key frame. */
  wantKeyFrame(mid: string, stream: OutgoingStream): void;
}

/**
 * Decides which frames of a section leave: as many as its limits and the queue have room for. Behind one of video that was left out, no other
 * leaves before a key frame, which is asked for.
 */
export class FrameGate {
  readonly #section: { readonly mid: string; readonly kind: RtpKind };
  readonly #host: FrameGateHost;
  readonly #limit = new SectionLimit();
  /** Streams whose next frame has to be a key frame, and when that was last asked for. */
  readonly #waiting = new Map<OutgoingStream, Millis>();
  /** The last frame of each stream of which packets were forwarded. */
  readonly #forwarded = new Map<OutgoingStream, { timestamp: number; leaves: boolean }>();

  constructor(section: { readonly mid: string; readonly kind: RtpKind }, host: FrameGateHost) {
    this.#section = section;
    this.#host = host;
  }

  /** Follows the parameters of the section, and those of its streams. */
  configure(maxBitrate: number | undefined, streams: readonly OutgoingStream[]): void {
    this.#limit.configure(maxBitrate, streams);
    for (const known of [this.#waiting, this.#forwarded]) {
      for (const stream of known.keys()) if (!streams.includes(stream)) known.delete(stream);
    }
  }

  /** A stream begins again: by a key frame. */
  resume(stream: OutgoingStream, now: Millis): void {
    this.#skipToKeyFrame(stream, now);
  }

  /** Something of a stream has come, whatever becomes of it. */
  given(stream: OutgoingStream, bytes: number, now: Millis): void {
    this.#limit.given(stream, bytes, now);
  }

  /** Bytes of a stream leave. */
  sent(stream: OutgoingStream, bytes: number): void {
    stream.limits.bytes(bytes);
    this.#limit.sent(stream, bytes);
  }

  /** Whether a frame leaves. Where it does not, that is counted. */
  lets(stream: OutgoingStream, keyFrame: boolean, now: Millis): boolean {
    if (this.#section.kind === "video") return this.#letsPicture(stream, keyFrame, now);
    const leaves = stream.limits.allows(now);
    if (!leaves) this.#host.discards.add("limited");
    return leaves;
  }

  /** Whether a packet that is forwarded leaves: the first one of a frame decides for the others. */
  letsPacket(
    stream: OutgoingStream,
    item: OutboundPacket,
    { mimeType }: RtpFormat,
    now: Millis,
  ): boolean {
    const { timestamp, payload } = item.packet;
    const beginsKeyFrame = startsKeyFrame(mimeType, payload);
    if (beginsKeyFrame === undefined) return true;
    const last = this.#forwarded.get(stream);
    if (!beginsKeyFrame && last?.timestamp === timestamp) return last.leaves;
    const leaves = this.#letsPicture(stream, beginsKeyFrame, now);
    if (leaves) stream.limits.frame();
    this.#forwarded.set(stream, { timestamp, leaves });
    return leaves;
  }

  #letsPicture(stream: OutgoingStream, keyFrame: boolean, now: Millis): boolean {
    const { limits } = stream;
    const reason = !limits.allows(now) || !this.#limit.allows(stream, now)
      ? "limited"
      : !keyFrame && this.#host.queueTime > MAX_QUEUE_TIME
      ? "congested"
      : undefined;
    if (reason !== undefined) {
      this.#host.discards.add(reason);
      stream.quality.enter(reason === "limited" ? "other" : "bandwidth", now);
      if (!this.#waiting.has(stream)) this.#waiting.set(stream, -Infinity);
    } else if (keyFrame) this.#waiting.delete(stream);
    if (!this.#waiting.has(stream)) {
      stream.quality.enter("none", now);
      return true;
    }
    // A key frame is large: there has to be room for it.
    const hasRoom = limits.hasRoom(now) && this.#limit.hasRoom(stream, now);
    if (hasRoom && this.#host.queueTime <= MAX_QUEUE_TIME / 2) this.#skipToKeyFrame(stream, now);
    return false;
  }

  /** Asks until a key frame comes: a request may have been made too soon after another one. */
  #skipToKeyFrame(stream: OutgoingStream, now: Millis): void {
    const askedAt = this.#waiting.get(stream) ?? -Infinity;
    if (this.#section.kind === "audio" || now < askedAt + KEY_FRAME_INTERVAL) return;
    this.#waiting.set(stream, now);
    this.#host.wantKeyFrame(this.#section.mid, stream);
  }
}
