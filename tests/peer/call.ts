import { type EncodedChunk, MediaStreamTrackGenerator } from "../../media/mod.ts";
import type { RTCTrackEvent } from "../../mod.ts";
import { rtpHeaderLength, sequenceNumberOf, ssrcOf } from "../../srtp/packet.ts";
import type { Packet } from "../net/mod.ts";
import { type End, Pair, type PairOptions } from "./pair.ts";

/** Bytes that AEAD_AES_128_GCM adds to a packet (RFC 7714 section 12). */
const TAG = 16;

/** What a key frame of VP8 begins with: of 64 by 48 pixels (RFC 6386 section 9.1). */
const KEY_FRAME = Uint8Array.of(0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 48, 0);

/** A frame of VP8 (RFC 7741 section 4.3: the lowest bit is 0 in key frames). */
export function vp8(index: number, keyFrame: boolean, size = 500): EncodedChunk {
  const data = new Uint8Array(size).fill(index);
  if (keyFrame) data.set(KEY_FRAME);
  else data[0] = 0x11;
  return { type: keyFrame ? "key" : "delta", timestamp: index * 40_000, data };
}

/** 20 ms of Opus (RFC 6716 section 3.1), which tells how loud it is. */
export function opus(index: number, audioLevel?: number): EncodedChunk {
  const data = new Uint8Array(80).fill(index);
  data[0] = 0x78;
  return {
    ...{ type: "key", timestamp: index * 20_000, data },
    ...(audioLevel !== undefined && { metadata: { audioLevel } }),
  };
}

/** An RTP packet as it crosses the network: its header is in clear (RFC 3711 section 3.1), its payload is not. */
export interface SeenPacket {
  readonly from: End;
  readonly ssrc: number;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  /** Whether there is padding at its end, which is encrypted. */
  readonly padded: boolean;
  /** Bytes of header, with its extension. */
  readonly headerLength: number;
  /** Bytes of what follows, without the tag. */
  readonly payloadLength: number;
  /** When it passes by. */
  readonly at: number;
}

/** Two peers, and all RTP that passes between them. */
export class Call extends Pair {
  /** Every packet that was sent, those that are dropped among them. */
  readonly seen: SeenPacket[] = [];
  /** Decides which packets are lost. */
  loses: (packet: SeenPacket) => boolean = () => false;
  /** RTCP packets that were sent, by their sender. */
  readonly rtcp: Record<End, number> = { alice: 0, bob: 0 };
  readonly tracks: RTCTrackEvent[] = [];

  constructor(options: PairOptions = {}) {
    super(options);
    this.bob.addEventListener("track", (event) => void this.tracks.push(event));
    this.net.block((packet) => this.#passes(packet));
  }

  /** Lets time go by until media can flow. */
  connected(): Promise<void> {
    return this.until(() =>
      this.alice.connectionState === "connected" && this.bob.connectionState === "connected"
    );
  }

  /** What a source has sent. */
  sentBy(ssrc: number): SeenPacket[] {
    return this.seen.filter((packet) => packet.ssrc === ssrc);
  }

  #passes({ data, source }: Packet): boolean {
    const [first = 0, second = 0] = data;
    if (first < 128 || first > 191) return false;
    const from = this.hosts.alice.ips.includes(source.ip) ? "alice" : "bob";
    if (second >= 192 && second <= 223) {
      this.rtcp[from]++;
      return false;
    }
    const headerLength = rtpHeaderLength(data, data.length)!;
    const view = new DataView(data.buffer, data.byteOffset);
    const seen: SeenPacket = {
      from,
      headerLength,
      at: this.net.clock.now(),
      ssrc: ssrcOf(data),
      payloadType: second & 0x7f,
      sequenceNumber: sequenceNumberOf(data),
      timestamp: view.getUint32(4),
      padded: (first & 0x20) !== 0,
      payloadLength: data.length - headerLength - TAG,
    };
    this.seen.push(seen);
    return this.loses(seen);
  }
}

/** A track, and who writes to it. */
export class Source {
  readonly track: MediaStreamTrackGenerator;
  readonly #writer: WritableStreamDefaultWriter;
  /** Times at which key frames were asked for. */
  readonly requests: (string | null)[] = [];
  index = 0;

  constructor(readonly kind: "audio" | "video", codec = kind === "audio" ? "opus" : "vp8") {
    this.track = new MediaStreamTrackGenerator({ kind, codec });
    this.#writer = this.track.writable.getWriter();
    this.track.addEventListener("keyframerequest", ({ rid }) => void this.requests.push(rid));
  }

  write(chunk: EncodedChunk): Promise<void> {
    this.index++;
    return this.#writer.write(chunk);
  }
}

/** The statistics of a kind. */
// deno-lint-ignore no-explicit-any
export type Stats = Record<string, any>;

/** The only statistics of a type in a report. */
export async function statsOf(
  of: { getStats(): Promise<ReadonlyMap<string, unknown>> },
  type: string,
  kind?: string,
): Promise<Stats> {
  const all = [...(await of.getStats()).values()] as Stats[];
  const found = all.filter((each) =>
    each.type === type && (kind === undefined || each.kind === kind)
  );
  if (found.length !== 1) throw new Error(`${found.length} of ${type}`);
  return found[0]!;
}
