import type { ChunkMetadata, EncodedChunk, MediaKind } from "../../../media/mod.ts";
import { type EncodedFrame, frameOf } from "../../../peer/encoded_transform/chunk_frames.ts";
import { FramePipe, type FramePipeOwner } from "../../../peer/encoded_transform/frame_pipe.ts";
import type { Layer } from "../../../peer/encoded_transform/key_frame_tasks.ts";

/** A chunk that is told by its one byte. */
export function chunk(
  byte: number,
  type: "key" | "delta" = "delta",
  metadata: ChunkMetadata = {},
): EncodedChunk {
  return { type, timestamp: byte * 1000, duration: 5, data: Uint8Array.of(byte), metadata };
}

/** A frame as a receiver gives it. */
export function receivedFrame(kind: MediaKind, chunk: EncodedChunk): EncodedFrame {
  return frameOf({ side: "receiver", kind }, chunk);
}

/** A sender or receiver of nothing, which notes what it is asked for. */
export class FakeOwner implements FramePipeOwner {
  readonly asked: (readonly Layer[] | "remote")[] = [];
  readonly #active: readonly Layer[];

  constructor(
    readonly side: "sender" | "receiver" = "sender",
    readonly kind: MediaKind = "video",
    active: readonly Layer[] = [null],
  ) {
    this.#active = active;
  }

  layers(): readonly Layer[] {
    return this.#active;
  }

  requestKeyFrames(layers: readonly Layer[]): void {
    this.asked.push(layers);
  }

  requestRemoteKeyFrame(): void {
    this.asked.push("remote");
  }
}

/** A pipe of such an owner, with all that comes out of it. */
export class TestPipe extends FramePipe {
  readonly out: EncodedChunk[] = [];
  readonly #waits = new Map<number, () => void>();

  constructor(override readonly owner: FakeOwner = new FakeOwner()) {
    super(owner);
    this.forward = (chunk) => {
      this.out.push(chunk);
      this.#waits.get(this.out.length)?.();
    };
  }

  /** The first bytes of all that came out. */
  get bytes(): number[] {
    return this.out.map(({ data }) => data[0]!);
  }

  /** Resolves when so many frames have come out. */
  async until(count: number): Promise<void> {
    if (this.out.length >= count) return;
    await new Promise<void>((resolve) => this.#waits.set(count, resolve));
  }
}
