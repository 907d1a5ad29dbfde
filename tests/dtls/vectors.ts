import { fromHex } from "../../core/wire/mod.ts";
import tls from "../vectors/tls.json" with { type: "json" };

/** The vector of this name, which must be there. */
// deno-lint-ignore no-explicit-any
export function vector(name: string): any {
  const found = (tls as { name: string }[]).find((one) => one.name === name);
  if (found === undefined) throw new Error(`No vector is called "${name}"`);
  return found;
}

/** Every vector whose name begins so. */
// deno-lint-ignore no-explicit-any
export function vectors(prefix: string): any[] {
  return (tls as { name: string }[]).filter((one) => one.name.startsWith(prefix));
}

export function hex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error("Not hexadecimal");
  return bytes;
}

/** The datagrams of a browser's first ClientHello. */
export function clientHelloOf(browser: "chromium" | "firefox"): Uint8Array[] {
  const url = new URL(`../vectors/browsers/${browser}-clienthello.hex`, import.meta.url);
  return Deno.readTextFileSync(url).split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => hex(line.trim()));
}
