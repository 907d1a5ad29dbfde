/** What a folder of the library may do: the table of ARCHITECTURE.md section 2. */
export interface Folder {
  /** Folders of this project that it may import from, besides itself. */
  readonly imports: readonly string[];
  /** What else it may import: beginnings of specifiers. */
  readonly packages: readonly string[];
  /** A pure folder computes: it has no clock, timer, randomness, promise or I/O of its own. */
  readonly pure: boolean;
  /** Whether it may connect streams. */
  readonly pipes?: boolean;
  /** Whether it may name `Deno`. */
  readonly namesDeno?: boolean;
}

const PROTOCOL: Folder = { imports: ["core"], packages: [], pure: true };
const LAYERS = [
  ...["core", "transport", "ice", "dtls", "sctp", "srtp", "rtp", "sdp", "media", "peer", "webidl"],
];
const STD = ["@std/async/", "@std/crypto/", "@std/streams/"];

/** By path, which may be that of a single file; the longest that matches counts. */
export const FOLDERS: Readonly<Record<string, Folder>> = {
  "core": { imports: [], packages: [], pure: true },
  "core/stage": { imports: [], packages: [], pure: true },
  "core/stage/stage.ts": { imports: ["core/stage"], packages: [], pure: false, pipes: true },
  "core/stage/clock.ts": { imports: ["core/stage"], packages: [], pure: false },
  "core/wire": { imports: [], packages: [], pure: true },
  "core/crypto": {
    imports: ["core/wire"],
    packages: ["node:crypto", "node:buffer", "@std/crypto/"],
    pure: true,
  },
  "transport": {
    imports: ["core"],
    packages: ["node:", "dns-packet", ...STD],
    pure: false,
    pipes: true,
    namesDeno: true,
  },
  "ice": PROTOCOL,
  "dtls": PROTOCOL,
  "sctp": PROTOCOL,
  "srtp": PROTOCOL,
  "rtp": PROTOCOL,
  "sdp": PROTOCOL,
  "webidl": { imports: [], packages: ["webidl-conversions", "node:timers"], pure: false },
  "media": { imports: ["core", "rtp", "webidl"], packages: [...STD, "mediabunny"], pure: false },
  "peer": { imports: LAYERS, packages: STD, pure: false },
  "peer/jsep/media": { imports: LAYERS, packages: [], pure: true },
  "peer/pipeline.ts": { imports: LAYERS, packages: STD, pure: false, pipes: true },
  "mod.ts": { imports: LAYERS, packages: [], pure: false },
  "globals.ts": { imports: [...LAYERS, "mod.ts", "worker.ts"], packages: [], pure: false },
  "worker.ts": { imports: LAYERS, packages: [], pure: false },
};

/** The entry for a file of the library; undefined for tests, tools, benchmarks and examples. */
export function folderOf(path: string): { path: string; folder: Folder } | undefined {
  let found: string | undefined;
  for (const key of Object.keys(FOLDERS)) {
    if (isWithin(path, key) && key.length > (found?.length ?? 0)) found = key;
  }
  const folder = found === undefined ? undefined : FOLDERS[found];
  return found === undefined || folder === undefined ? undefined : { path: found, folder };
}

/** Whether a path is another or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
