/**
 * As much of a window and its document as the suite's harness and helpers need.
 *
 * @module
 */
import { createElement, FakeElement, HTMLCanvasElement, HTMLMediaElement } from "./elements.ts";
import type { MediaStream } from "../../mod.ts";
import { audioContext, type StreamModule, streamOf } from "./streams.ts";
import { type Metadata, readSuiteFile } from "./suite.ts";
import { ClassicWorker } from "./worker.ts";

/** A document of nothing but the metadata that testharness.js looks for. */
export class FakeDocument extends EventTarget {
  readyState = "loading";
  readonly title: string;
  readonly scripts: { src: string }[] = [];
  readonly head: FakeElement = new FakeElement("head");
  readonly body: FakeElement = new FakeElement("body");
  readonly #metas: { name: string; content: string }[];
  readonly #byId = new Map<string, FakeElement>();
  readonly #captureStream: () => MediaStream;

  constructor({ title, isLong }: Metadata, captureStream: () => MediaStream) {
    super();
    this.#captureStream = captureStream;
    this.title = title ?? "";
    this.#metas = isLong ? [{ name: "timeout", content: "long" }] : [];
  }

  get location(): Location {
    return location;
  }

  createElement(name: string): FakeElement {
    return createElement(name, this.#captureStream);
  }

  /** Takes an element of the file's markup, which scripts also find under its id (HTML section 7.2.2.3). */
  declare(name: string, id: string): void {
    const element = this.createElement(name);
    this.#byId.set(id, element);
    if (!(id in globalThis)) define(id, element);
  }

  getElementById(id: string): FakeElement | null {
    return this.#byId.get(id) ?? null;
  }

  getElementsByTagName(name: string): unknown[] {
    if (name === "meta") return this.#metas;
    if (name === "script") return this.scripts;
    if (name === "head") return [this.head];
    return [...this.#byId.values()].filter(({ localName }) => localName === name);
  }

  querySelector(selector: string): unknown {
    return selector.startsWith("#")
      ? this.getElementById(selector.slice(1))
      : this.getElementsByTagName(selector)[0] ?? null;
  }

  querySelectorAll(selector: string): unknown[] {
    return this.getElementsByTagName(selector);
  }
}

/** What a window doesn't have. */
const WORKER_ONLY = new Set([
  "KeyFrameRequestEvent",
  "RTCRtpScriptTransformer",
  "RTCTransformEvent",
]);

/** Turns this process's global scope into a page's, in which the module's exports are built in. */
export function installWindow(
  module: Readonly<Record<string, unknown>>,
  metadata: Metadata,
): FakeDocument {
  for (const [name, value] of Object.entries(module)) {
    if (!WORKER_ONLY.has(name)) define(name, value);
  }
  define("Worker", ClassicWorker);
  for (const name of ["window", "self", "parent", "top", "frames"]) define(name, globalThis);
  const streams = module as unknown as StreamModule;
  const document = new FakeDocument(metadata, () => streamOf(streams, "video"));
  define("Window", class Window extends EventTarget {});
  define("document", document);
  for (const each of [HTMLCanvasElement, HTMLMediaElement]) define(each.name, each);
  define("HTMLVideoElement", HTMLMediaElement);
  define("HTMLAudioElement", HTMLMediaElement);
  Object.defineProperty(navigator, "mediaDevices", { value: module.mediaDevices });
  define("AudioContext", audioContext(streams));
  define("requestAnimationFrame", (run: () => void) => setTimeout(run, 16));
  define("opener", null);
  define("isSecureContext", true);
  define("GLOBAL", { isWindow: () => true, isWorker: () => false, isShadowRealm: () => false });
  if (metadata.title !== undefined) define("META_TITLE", metadata.title);
  installFetch();
  return document;
}

/** The suite's helpers fetch the interfaces' IDL from their server. */
function installFetch(): void {
  const original = globalThis.fetch;
  define("fetch", (input: string | URL | Request, init?: RequestInit) => {
    const url = new URL(input instanceof Request ? input.url : input, location.href);
    if (url.origin !== location.origin) return original(url, init);
    const text = readSuiteFile(Deno.env.get("WPT_DIR")!, url.pathname);
    return Promise.resolve(new Response(text ?? null, { status: text === undefined ? 404 : 200 }));
  });
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, {
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}
