/** The largest file that Heron takes. */
export const MAX_FILE_BYTES = 256 << 20;
/** Above this many bytes in the channel's buffer, sending waits ... */
const HIGH_WATER = 1 << 20;
/** ... until no more than this many are left in it. */
const LOW_WATER = 256 << 10;
/** What each message of a file carries. */
const PART_BYTES = 64 << 10;

/** What both ends must find to be the same. */
export async function sha256(buffer) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", buffer));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Sends a file to Heron. `onProgress` hears how many bytes have arrived there, as Heron says it.
 * Resolves with the hash found at each end, and the id under which Heron keeps the file.
 */
export async function sendFile(link, file, onProgress) {
  const channel = link.channel("file");
  channel.bufferedAmountLowThreshold = LOW_WATER;
  const answer = new Promise((resolve, reject) => {
    channel.addEventListener("message", ({ data }) => {
      const { received, sha256, id } = JSON.parse(data);
      onProgress(received);
      if (sha256) resolve({ sha256, id });
    });
    channel.addEventListener("close", () => reject(new Error("The channel was closed")));
  });
  answer.catch(() => {}); // it is awaited below, which may be after it was rejected
  await event(channel, "open");
  const bytes = await file.arrayBuffer();
  const ours = sha256(bytes);
  link.send(channel, JSON.stringify({ name: file.name, size: bytes.byteLength }));
  for (let at = 0; at < bytes.byteLength; at += PART_BYTES) {
    if (channel.bufferedAmount > HIGH_WATER) await event(channel, "bufferedamountlow");
    link.send(channel, new Uint8Array(bytes, at, Math.min(PART_BYTES, bytes.byteLength - at)));
  }
  link.send(channel, JSON.stringify({ sha256: await ours }));
  const { sha256: theirs, id } = await answer;
  channel.close();
  return { ours: await ours, theirs, id };
}

/** Fetches a file that lies with Heron. Resolves with it, and with the hash found at each end. */
export function fetchFile(link, { id, size }, onProgress) {
  const channel = link.channel("fetch", id);
  const parts = [];
  let received = 0;
  return new Promise((resolve, reject) => {
    channel.addEventListener("close", () => reject(new Error("Heron no longer has it")));
    channel.addEventListener("message", async ({ data }) => {
      if (typeof data !== "string") {
        parts.push(data);
        received += data.byteLength;
        onProgress(received);
        if (received > size) channel.close();
        return;
      }
      const { sha256: theirs } = JSON.parse(data);
      if (!theirs) return; // the header: name and size are known from the card
      const blob = new Blob(parts);
      resolve({ blob, ours: await sha256(await blob.arrayBuffer()), theirs });
      channel.close();
    });
  });
}

/** A file of noise, for whoever has none at hand: noise can't be compressed by anything on its way. */
export function noise(megabytes) {
  const bytes = new Uint8Array(megabytes << 20);
  // The most that one call gives.
  for (let at = 0; at < bytes.length; at += 65536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65536));
  }
  return new File([bytes], `noise, ${megabytes} MiB`);
}

function event(channel, name) {
  return new Promise((resolve, reject) => {
    channel.addEventListener(name, resolve, { once: true });
    channel.addEventListener("close", () => reject(new Error("The channel was closed")), {
      once: true,
    });
  });
}
