/**
 * The suite's files on disk, and what they say of themselves.
 *
 * @module
 */
import { join } from "node:path";
import { normalize } from "node:path/posix";

/** Folders of the suite that concern WebRTC. */
export const FOLDERS = [
  ...["webrtc", "webrtc-extensions", "webrtc-stats", "webrtc-encoded-transform"],
  ...["webrtc-priority", "webrtc-svc"],
] as const;

/** One run of one file. */
export interface Test {
  /** The path, with the variant's query if the file has variants. */
  readonly id: string;
  /** Whether the file asks for more time. */
  readonly isLong: boolean;
}

/** What a file says of itself, in `// META:` lines or `<meta>` elements. */
export interface Metadata {
  readonly title: string | undefined;
  readonly isLong: boolean;
  /** Queries with which to run the file; none means once, without. */
  readonly variants: readonly string[];
  /** For a script: what to load before it. */
  readonly scripts: readonly string[];
}

/** Reads the head of a `.window.js` or `.any.js` file. */
export function parseScriptMetadata(text: string): Metadata {
  const values: Record<string, string[]> = {};
  for (const line of text.split("\n")) {
    const match = /^\/\/\s*META:\s*(\w+)=(.*)$/.exec(line.trim());
    if (match !== null) (values[match[1]!] ??= []).push(match[2]!.trim());
    else if (line.trim() !== "" && !line.trim().startsWith("//")) break;
  }
  const { title = [], timeout = [], variant = [], script = [] } = values;
  return {
    title: title[0],
    isLong: timeout.includes("long"),
    variants: variant,
    scripts: script,
  };
}

/** Reads the head of an HTML file. */
export function parseHtmlMetadata(text: string): Metadata {
  const values: Record<string, string[]> = {};
  for (const [tag] of text.matchAll(/<meta\b[^>]*>/gi)) {
    const name = htmlAttribute(tag, "name");
    if (name !== undefined) (values[name] ??= []).push(htmlAttribute(tag, "content") ?? "");
  }
  return {
    title: /<title[^>]*>([\s\S]*?)<\/title>/i.exec(text)?.[1]?.trim(),
    isLong: values.timeout?.includes("long") ?? false,
    variants: values.variant ?? [],
    scripts: [],
  };
}

/** The value of an attribute of a start tag. */
export function htmlAttribute(tag: string, name: string): string | undefined {
  const pattern = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i");
  const match = pattern.exec(tag);
  return match === null ? undefined : match[1] ?? match[2] ?? match[3];
}

/** Every test below the suite's folder, in a stable order. */
export function listTests(suite: string): Test[] {
  return FOLDERS.flatMap((folder) => [...walk(suite, folder)]).sort().flatMap((path) => {
    const text = Deno.readTextFileSync(join(suite, path));
    const isScript = path.endsWith(".js");
    if (!isScript && !text.includes("testharness.js")) return [];
    const { isLong, variants } = isScript ? parseScriptMetadata(text) : parseHtmlMetadata(text);
    const queries = variants.length > 0 ? variants : [""];
    return queries.map((query) => ({ id: path + query, isLong }));
  });
}

function* walk(suite: string, folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(suite, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory && name !== "resources" && name !== "tools") yield* walk(suite, path);
    else if (/\.(html|window\.js|any\.js)$/.test(name)) yield path;
  }
}

/** A file of the suite as its server would send it; undefined where that would be a 404. */
export function readSuiteFile(suite: string, path: string): string | undefined {
  const name = normalize(decodeURIComponent(path)).replace(/^\/+/, "")
    .replace(/^resources\/WebIDLParser\.js$/, "resources/webidl2/lib/webidl2.js");
  try {
    const text = Deno.readTextFileSync(join(suite, name));
    return name.includes(".sub.") ? substitute(text) : text;
  } catch {
    return undefined;
  }
}

/** What the suite's server fills in. */
function substitute(text: string): string {
  return text.replace(/\{\{(host|domains\[[\w-]*\]|hosts\[\w*\]\[[\w-]*\])\}\}/g, "localhost")
    .replace(/\{\{ports\[\w+\]\[\d+\]\}\}/g, "8443");
}
