/**
 * What the encoded frames of senders and receivers go through (W3C WebRTC Encoded Transform section 2.1).
 *
 * @module
 */
import { FramePipe, type FramePipeOwner } from "../encoded_transform/frame_pipe.ts";
import type { Layer } from "../encoded_transform/key_frame_tasks.ts";
import { withReadableType } from "../encoded_transform/readable_type.ts";
import type { ReceiverSlots, SenderSlots } from "./slots.ts";

/** Between a sender's encoder and its packetizer, which sets `forward`. */
export function senderFrames(sender: SenderSlots): FramePipe {
  return waiting(sender, new FramePipe(new Sending(sender)));
}

/** Between a receiver's depacketizer and its track. */
export function receiverFrames(receiver: ReceiverSlots): FramePipe {
  const { source } = receiver;
  const frames: FramePipe = new FramePipe(
    new Receiving(receiver),
    (chunk) => source.emit(frames.transform === null ? chunk : withReadableType(chunk)),
  );
  return waiting(receiver, frames);
}

function waiting({ transceiver }: SenderSlots | ReceiverSlots, frames: FramePipe): FramePipe {
  if (transceiver.host.encodedInsertableStreams) frames.waitForTransform();
  return frames;
}

class Sending implements FramePipeOwner {
  readonly side = "sender";
  readonly #sender: SenderSlots;

  constructor(sender: SenderSlots) {
    this.#sender = sender;
  }

  get kind(): "audio" | "video" {
    return this.#sender.transceiver.kind;
  }

  layers(): readonly Layer[] {
    const { track, sendEncodings } = this.#sender;
    if (track?.readyState === "ended") return [];
    return sendEncodings.filter(({ active }) => active).map(({ rid }) => rid ?? null);
  }

  requestKeyFrames(layers: readonly Layer[]): void {
    const { transceiver, sendEncodings } = this.#sender;
    const indices = [...sendEncodings.keys()].filter((index) =>
      layers.includes(sendEncodings[index]!.rid ?? null)
    );
    if (indices.length > 0) transceiver.host.media.requestKeyFrames(this.#sender, indices);
  }

  requestRemoteKeyFrame(): void {}
}

class Receiving implements FramePipeOwner {
  readonly side = "receiver";
  readonly #receiver: ReceiverSlots;

  constructor(receiver: ReceiverSlots) {
    this.#receiver = receiver;
  }

  get kind(): "audio" | "video" {
    return this.#receiver.transceiver.kind;
  }

  layers(): readonly Layer[] {
    return [];
  }

  requestKeyFrames(): void {}

  requestRemoteKeyFrame(): void {
    const { host } = this.#receiver.transceiver;
    if (!host.isClosed) host.media.requestRemoteKeyFrame(this.#receiver);
  }
}
