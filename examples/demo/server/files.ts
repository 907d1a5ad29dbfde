import type { RTCDataChannel } from "@heron/webrtc";
import { createHash, randomUUID } from "node:crypto";
import { parseFileHeader, parseHash } from "./protocol.ts";
import type { ShelvedFile } from "./shelf.ts";

/** The largest file that is taken. */
export const MAX_FILE_BYTES: number = 256 << 20;
/** How often the sender hears how far its file has come. */
const PROGRESS_BYTES = 256 << 10;
/** Above this many bytes in the channel's buffer, sending waits ... */
const HIGH_WATER = 1 << 20;
/** ... until no more than this many are left in it. */
const LOW_WATER = 256 << 10;
/** What each message of a file carries: what every browser takes. */
const PART_BYTES = 64 << 10;

/**
 * Takes a file: a header, its bytes, and the hash which the sender has found. The sender hears how far it has come, and in the end
 * which hash was found here, and under which id the file can be fetched. Calls `onFile` if the two are the same.
 */
export function receiveFile(
  channel: RTCDataChannel,
  from: string,
  onFile: (file: ShelvedFile) => void,
): void {
  const hash = createHash("sha256");
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let header: { name: string; size: number } | undefined;
  let received = 0;
  let reported = 0;

  const take = (bytes: Uint8Array<ArrayBuffer>) => {
    received += bytes.length;
    if (!header || received > header.size) return channel.close();
    hash.update(bytes);
    parts.push(bytes);
    if (received - reported < PROGRESS_BYTES && received < header.size) return;
    reported = received;
    channel.send(JSON.stringify({ received }));
  };

  const finish = (theirs: string | undefined) => {
    if (!header || received !== header.size || !theirs) return channel.close();
    const sha256 = hash.digest("hex");
    const id = randomUUID();
    if (sha256 === theirs) onFile({ id, ...header, sha256, from, parts });
    channel.send(JSON.stringify({ received, sha256, id }));
  };

  channel.binaryType = "arraybuffer";
  channel.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) return take(new Uint8Array(data));
    if (header) return finish(parseHash(data));
    header = parseFileHeader(data, MAX_FILE_BYTES);
    if (!header) channel.close();
  };
}

/** Sends a file over a channel that was opened for it; the receiver closes it. */
export async function sendFile(channel: RTCDataChannel, file: ShelvedFile): Promise<void> {
  channel.bufferedAmountLowThreshold = LOW_WATER;
  channel.send(JSON.stringify({ name: file.name, size: file.size }));
  for (const part of file.parts) {
    for (let at = 0; at < part.length; at += PART_BYTES) {
      if (channel.bufferedAmount > HIGH_WATER) await drained(channel);
      if (channel.readyState !== "open") return;
      channel.send(part.subarray(at, at + PART_BYTES));
    }
  }
  channel.send(JSON.stringify({ sha256: file.sha256 }));
}

/** Resolves once the channel's buffer is low, or the channel is closed. */
function drained(channel: RTCDataChannel): Promise<void> {
  return new Promise((resolve) => {
    channel.onbufferedamountlow = channel.onclose = () => resolve();
  });
}
