import type { MediaCodec } from "../codec.ts";
import type { EncodedChunk } from "../encoded_chunk.ts";
import { concat } from "../../core/wire/mod.ts";

/** The time of one packet, in microseconds (RFC 3551 section 4.2). */
const PACKET_TIME = 20_000;

/** Whether a byte of it is a sample: G.711 (RFC 3551 section 4.5.14). */
export function isSampled({ mimeType }: MediaCodec): boolean {
  return mimeType === "audio/PCMU" || mimeType === "audio/PCMA";
}

/** Cuts the chunks of such a codec, which files have of any length, into what goes into one packet each. */
export async function* inPackets(
  chunks: AsyncIterable<EncodedChunk>,
  { clockRate }: MediaCodec,
): AsyncGenerator<EncodedChunk> {
  const size = PACKET_TIME * clockRate / 1_000_000;
  const micros = (samples: number) => Math.round(samples * 1_000_000 / clockRate);
  let rest: Uint8Array = new Uint8Array(0);
  let last: EncodedChunk | undefined;
  for await (const chunk of chunks) {
    const start = chunk.timestamp - micros(rest.length);
    const samples = concat([rest, chunk.data]);
    const whole = samples.length - samples.length % size;
    for (let at = 0; at < whole; at += size) {
      const data = samples.subarray(at, at + size);
      yield { ...chunk, timestamp: start + micros(at), duration: PACKET_TIME, data };
    }
    rest = samples.subarray(whole);
    last = {
      ...chunk,
      timestamp: start + micros(whole),
      duration: micros(rest.length),
      data: rest,
    };
  }
  if (last !== undefined && rest.length > 0) yield last;
}
