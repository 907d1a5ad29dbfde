/** What a received message was, in a form that travels as JSON. */
export interface Description {
  /** How `onmessage` presented it. */
  readonly kind: "text" | "arraybuffer" | "blob";
  /** UTF-16 units of a text, bytes of anything else. */
  readonly size: number;
  /** SHA-256 of the bytes (of a text: of its UTF-8), in hexadecimal. */
  readonly sha256: string;
}

/** The SHA-256 of some bytes, in hexadecimal. */
export async function sha256(data: BufferSource): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The same pseudo-random bytes for the same seed at both ends (xorshift32): whole messages needn't be compared over the bridge. */
export function pattern(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}

/** Describes a message as it came out of `onmessage`. */
export async function describe(data: unknown): Promise<Description> {
  if (typeof data === "string") {
    return {
      kind: "text",
      size: data.length,
      sha256: await sha256(new TextEncoder().encode(data)),
    };
  }
  if (data instanceof ArrayBuffer) {
    return { kind: "arraybuffer", size: data.byteLength, sha256: await sha256(data) };
  }
  if (data instanceof Blob) {
    return { kind: "blob", size: data.size, sha256: await sha256(await data.arrayBuffer()) };
  }
  throw new TypeError(`a message of an unknown kind: ${Object.prototype.toString.call(data)}`);
}

/** Resolves once `condition` holds, looking now and whenever `target` fires one of `events`. */
export function until(
  target: EventTarget,
  events: readonly string[],
  condition: () => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!condition()) return;
      for (const event of events) target.removeEventListener(event, look);
      resolve();
    };
    for (const event of events) target.addEventListener(event, look);
    look();
  });
}
