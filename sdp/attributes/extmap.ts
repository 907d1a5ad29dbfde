import { cut, parseDecimal } from "../grammar.ts";
import type { Direction } from "./direction.ts";

/** An RTP header extension (RFC 8285 section 5). */
export interface ExtMap {
  /** 1 to 255, of which one-byte headers carry 1 to 14; 4096 to 4351 if an offer leaves the choice to the answer. */
  readonly id: number;
  /** Who may send it; absent means both. */
  readonly direction?: Direction;
  /** Names the extension. */
  readonly uri: string;
  /** What the extension wants to say beyond its name. */
  readonly attributes?: string;
}

/** Parses the value of `a=extmap`: `<id>[/<direction>] <uri> [<attributes>]` (RFC 8285 section 8). */
export function parseExtMap(value: string | undefined): ExtMap | undefined {
  if (value === undefined) return undefined;
  const [entry, extension = ""] = cut(value.trim(), " ");
  const [idText, directionText] = cut(entry, "/");
  const [uri, attributes] = cut(extension.trimStart(), " ");
  const id = parseDecimal(idText, MAX_PROVISIONAL_ID);
  if (id === undefined || !isValidId(id) || uri === "") return undefined;
  const direction = directionText === undefined ? undefined : parseExtMapDirection(directionText);
  if (directionText !== undefined && direction === undefined) return undefined;
  return {
    id,
    ...(direction && { direction }),
    uri,
    ...(attributes !== undefined && { attributes }),
  };
}

/** Ids that stand for "none of 1 to 255 is free" in an offer (RFC 8285 section 7). */
const MIN_PROVISIONAL_ID = 4096;
const MAX_PROVISIONAL_ID = 4351;

function isValidId(id: number): boolean {
  return (id >= 1 && id <= 255) || id >= MIN_PROVISIONAL_ID;
}

function parseExtMapDirection(text: string): Direction | undefined {
  switch (text) {
    case "sendrecv":
    case "sendonly":
    case "recvonly":
    case "inactive":
      return text;
    default:
      return undefined;
  }
}

/** Writes the value of `a=extmap`. */
export function writeExtMap({ id, direction, uri, attributes }: ExtMap): string {
  const entry = direction === undefined ? String(id) : `${id}/${direction}`;
  return attributes === undefined ? `${entry} ${uri}` : `${entry} ${uri} ${attributes}`;
}
