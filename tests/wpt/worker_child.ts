/**
 * Runs a classic worker script of the suite in this worker, with the module under test: see `worker.ts`.
 *
 * @module
 */
import { Script } from "node:vm";
import { pathToFileURL } from "node:url";
import { readSuiteFile } from "./suite.ts";
import type { WorkerSetting } from "./worker.ts";

const { script, page }: WorkerSetting = JSON.parse(
  decodeURIComponent(new URL(import.meta.url).hash.slice(1)),
);
const suite = Deno.env.get("WPT_DIR")!;
const module = pathToFileURL(Deno.env.get("RTC_MODULE")!);

/** Messages that came before the script could listen. */
const early: MessageEvent[] = [];
const keep = (event: Event) => {
  early.push(event as MessageEvent);
  event.stopImmediatePropagation();
};
globalThis.addEventListener("message", keep);

for (const [name, value] of Object.entries(await import(module.href))) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}
await import(new URL("worker.ts", module).href);
globalThis.removeEventListener("message", keep);
Object.assign(globalThis, {
  importScripts: (...scripts: string[]) =>
    scripts.forEach((path) => run(textOf(new URL(path, page).pathname), path)),
});
for (const type of ["error", "unhandledrejection"]) {
  globalThis.addEventListener(type, (event) => event.preventDefault());
}
const { protocol, pathname } = new URL(script);
const isInline = protocol === "blob:" || protocol === "data:";
run(isInline ? await (await fetch(script)).text() : textOf(pathname), pathname);
for (const { data, ports } of early) {
  globalThis.dispatchEvent(new MessageEvent("message", { data, ports: [...ports] }));
}

function textOf(path: string): string {
  const text = readSuiteFile(suite, path);
  if (text === undefined) throw new DOMException(`${path} is not there`, "NetworkError");
  return text;
}

function run(code: string, filename: string): void {
  new Script(code, { filename }).runInThisContext();
}
