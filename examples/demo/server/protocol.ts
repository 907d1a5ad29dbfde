/** What the page says on the channel `chat`. */
export type FromPage =
  | { readonly type: "hello"; readonly name: string }
  | { readonly type: "say"; readonly text: string };

/** What Heron says on the channel `chat`. */
export type FromHeron =
  | { readonly type: "welcome"; readonly name: string; readonly people: readonly string[] }
  | { readonly type: "said"; readonly from: string; readonly text: string; readonly heron?: true }
  | { readonly type: "people"; readonly people: readonly string[]; readonly note: string }
  | ({ readonly type: "file"; readonly from: string } & FileCard);

/** A file that the room can fetch. */
export interface FileCard {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** What Heron says on a channel `record` when the recording is there to be fetched. */
export interface RecordingCard extends FileCard {
  /** In seconds. */
  readonly duration: number;
}

/** The first message on a channel that carries a file: what comes. */
export interface FileHeader {
  readonly name: string;
  readonly size: number;
}

/** The longest name of a visitor, in UTF-16 units. */
const MAX_NAME = 32;
/** The longest line of chat. */
const MAX_TEXT = 2000;
/** The longest name of a file. */
const MAX_FILE_NAME = 200;

/** Reads a message of the page; undefined if it is none. */
export function parseFromPage(data: unknown): FromPage | undefined {
  const message = parseObject(data);
  switch (message?.type) {
    case "hello": {
      const name = cleanText(message.name, MAX_NAME);
      return name ? { type: "hello", name } : undefined;
    }
    case "say": {
      const text = cleanText(message.text, MAX_TEXT);
      return text ? { type: "say", text } : undefined;
    }
    default:
      return undefined;
  }
}

/** Reads the header of a file; undefined if it is none, or the file is too large. */
export function parseFileHeader(data: unknown, maxSize: number): FileHeader | undefined {
  const message = parseObject(data);
  const name = cleanText(message?.name, MAX_FILE_NAME);
  const size = message?.size;
  if (!name || typeof size !== "number" || !Number.isInteger(size)) return undefined;
  return size >= 0 && size <= maxSize ? { name, size } : undefined;
}

/** The hash which the sender of a file says it has. */
export function parseHash(data: unknown): string | undefined {
  const sha256 = parseObject(data)?.sha256;
  return typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined;
}

function parseObject(data: unknown): Record<string, unknown> | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const value = JSON.parse(data);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The text without control characters, and no longer than `max`; undefined if it isn't a text. */
function cleanText(value: unknown, max: number): string | undefined {
  if (typeof value !== "string") return undefined;
  return value.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ").trim().slice(0, max).toWellFormed();
}
