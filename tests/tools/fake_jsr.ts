import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import { ROOT } from "../../tools/project.ts";

/** A JSR on this machine, whose packages are the adapters of `tools/std`. */
export function serveFakeJsr(): Deno.HttpServer<Deno.NetAddr> {
  const files = new Map<string, string>();
  const std = join(ROOT, "tools", "std");
  for (const { name } of Deno.readDirSync(std)) addPackage(files, join(std, name));
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url }) => {
      const file = files.get(new URL(url).pathname);
      return file === undefined ? new Response(null, { status: 404 }) : new Response(file);
    },
  );
}

/** The documents that JSR has for a package. */
function addPackage(files: Map<string, string>, folder: string): void {
  const config = join(folder, "deno.json");
  const sources = Array.from(Deno.readDirSync(folder), (entry) => join(folder, entry.name));
  if (!sources.includes(config)) return;
  const { name, version, exports } = JSON.parse(Deno.readTextFileSync(config));
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const source of sources) {
    const text = Deno.readTextFileSync(source);
    const path = `/${relative(folder, source)}`;
    files.set(`/${name}/${version}${path}`, text);
    manifest[path] = {
      size: new TextEncoder().encode(text).length,
      checksum: `sha256-${createHash("sha256").update(text).digest("hex")}`,
    };
  }
  files.set(`/${name}/meta.json`, JSON.stringify({ name, versions: { [version]: {} } }));
  files.set(`/${name}/${version}_meta.json`, JSON.stringify({ manifest, exports }));
}
