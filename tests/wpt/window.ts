/**
 * As much of a window and its document as the suite's harness and helpers need.
 *
 * @module
 */
import { type Metadata, readSuiteFile } from "./suite.ts";

/** An element that only keeps what it was given. */
class FakeElement extends EventTarget {
  readonly localName: string;
  readonly childNodes: FakeElement[] = [];
  readonly style: Record<string, string> = {};
  readonly #attributes = new Map<string, string>();
  textContent = "";
  innerHTML = "";

  constructor(localName: string) {
    super();
    this.localName = localName;
  }

  appendChild(child: FakeElement): FakeElement {
    this.childNodes.push(child);
    return child;
  }

  setAttribute(name: string, value: unknown): void {
    this.#attributes.set(name, `${value}`);
  }

  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
  }
}

/** A document of nothing but the metadata that testharness.js looks for. */
export class FakeDocument extends EventTarget {
  readyState = "loading";
  readonly title: string;
  readonly scripts: { src: string }[] = [];
  readonly head: FakeElement = new FakeElement("head");
  readonly body: FakeElement = new FakeElement("body");
  readonly #metas: { name: string; content: string }[];
  readonly #byId = new Map<string, FakeElement>();

  constructor({ title, isLong }: Metadata) {
    super();
    this.title = title ?? "";
    this.#metas = isLong ? [{ name: "timeout", content: "long" }] : [];
  }

  get location(): Location {
    return location;
  }

  createElement(name: string): FakeElement {
    if (name === "iframe") {
      throw new DOMException("There are no frames outside a browser", "NotSupportedError");
    }
    return new FakeElement(name);
  }

  /** Takes an element of the file's markup. */
  declare(name: string, id: string): void {
    this.#byId.set(id, this.createElement(name));
  }

  getElementById(id: string): FakeElement | null {
    return this.#byId.get(id) ?? null;
  }

  getElementsByTagName(name: string): unknown[] {
    if (name === "meta") return this.#metas;
    if (name === "script") return this.scripts;
    if (name === "head") return [this.head];
    return [];
  }

  querySelector(): null {
    return null;
  }

  querySelectorAll(): unknown[] {
    return [];
  }
}

/** Turns this process's global scope into a page's, in which the module's exports are built in. */
export function installWindow(
  module: Readonly<Record<string, unknown>>,
  metadata: Metadata,
): FakeDocument {
  for (const [name, value] of Object.entries(module)) define(name, value);
  for (const name of ["window", "self", "parent", "top", "frames"]) define(name, globalThis);
  const document = new FakeDocument(metadata);
  define("Window", class Window extends EventTarget {});
  define("document", document);
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
