/**
 * Elements that only keep what they were given. Those of media say that they play once a track of theirs does; nothing is rendered.
 *
 * @module
 */
import type { MediaStream, MediaStreamTrack, MediaTrackSettings } from "../../media/mod.ts";

/** An element of no kind in particular. */
export class FakeElement extends EventTarget {
  readonly localName: string;
  readonly childNodes: FakeElement[] = [];
  readonly style: Record<string, string> = {};
  readonly #attributes = new Map<string, string>();
  parentElement: FakeElement | null = null;
  textContent = "";
  innerHTML = "";

  constructor(localName = "div") {
    super();
    this.localName = localName;
  }

  appendChild(child: FakeElement): FakeElement {
    this.childNodes.push(child);
    child.parentElement = this;
    return child;
  }

  removeChild(child: FakeElement): FakeElement {
    const at = this.childNodes.indexOf(child);
    if (at >= 0) this.childNodes.splice(at, 1);
    child.parentElement = null;
    return child;
  }

  getElementsByTagName(name: string): FakeElement[] {
    return this.childNodes.filter(({ localName }) => localName === name);
  }

  remove(): void {
    this.parentElement?.removeChild(this);
  }

  setAttribute(name: string, value: unknown): void {
    this.#attributes.set(name, `${value}`);
  }

  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
  }
}

/** How often a media element looks at its tracks, in milliseconds. */
const POLLING = 50;

/** Plays in so far as it fires the events of playing once one of its tracks is live and not muted. */
export class HTMLMediaElement extends FakeElement {
  static readonly HAVE_NOTHING = 0;
  readonly HAVE_ENOUGH_DATA = 4;
  static readonly HAVE_ENOUGH_DATA = 4;
  autoplay = false;
  muted = false;
  paused = true;
  readyState: number = HTMLMediaElement.HAVE_NOTHING;
  #stream: MediaStream | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #startedAt: number | undefined;
  #size = "";
  #waiting: (() => void)[] = [];

  get srcObject(): MediaStream | null {
    return this.#stream;
  }

  set srcObject(stream: MediaStream | null) {
    this.#stream = stream;
    this.#startedAt = undefined;
    this.readyState = HTMLMediaElement.HAVE_NOTHING;
    clearInterval(this.#timer);
    if (stream !== null) this.#timer = setInterval(() => this.#look(), POLLING);
  }

  get currentTime(): number {
    return this.#startedAt === undefined ? 0 : (performance.now() - this.#startedAt) / 1000;
  }

  get videoWidth(): number {
    return this.#settings.width ?? 0;
  }

  get videoHeight(): number {
    return this.#settings.height ?? 0;
  }

  play(): Promise<void> {
    if (this.#startedAt !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  pause(): void {
    this.paused = true;
  }

  get #settings(): MediaTrackSettings {
    return this.readyState === 0 ? {} : this.#playing("video")?.getSettings() ?? {};
  }

  #playing(kind?: string): MediaStreamTrack | undefined {
    return this.#stream?.getTracks().find((track) =>
      (kind ?? track.kind) === track.kind && track.readyState === "live" && !track.muted
    );
  }

  #look(): void {
    const showsVideo = this.localName === "video" &&
      this.#stream!.getTracks().some(({ kind }) => kind === "video");
    if (this.#playing(showsVideo ? "video" : undefined) === undefined) return;
    if (this.readyState === 0) {
      this.readyState = HTMLMediaElement.HAVE_ENOUGH_DATA;
      this.#fire("loadedmetadata", "loadeddata", "canplay", "canplaythrough");
    }
    if (this.#startedAt === undefined) {
      if (!this.autoplay && this.#waiting.length === 0) return;
      this.#startedAt = performance.now();
      this.paused = false;
      this.#fire("play", "playing");
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
    const size = `${this.videoWidth}x${this.videoHeight}`;
    if (size !== this.#size) this.#fire("resize");
    this.#size = size;
    this.#fire("timeupdate");
  }

  #fire(...types: string[]): void {
    for (const type of types) {
      const event = new Event(type);
      (this as unknown as Record<string, ((event: Event) => void) | undefined>)[`on${type}`]?.(
        event,
      );
      this.dispatchEvent(event);
    }
  }
}

/** A canvas on which nothing shows. */
export class HTMLCanvasElement extends FakeElement {
  width = 300;
  height = 150;
  /** A member of each canvas, not of all: helpers that look for it on the prototype take a camera. */
  captureStream: (() => MediaStream) | undefined;

  constructor() {
    super("canvas");
  }

  /** A context whose operations all do nothing. */
  getContext(): unknown {
    return new Proxy({}, {
      get: () => () => ({ data: new Uint8ClampedArray(4) }),
      set: () => true,
    });
  }
}

/** A new element. `captureStream` is what canvases have of that name. */
export function createElement(name: string, captureStream?: () => MediaStream): FakeElement {
  switch (name.toLowerCase()) {
    case "iframe":
      throw new DOMException("There are no frames outside a browser", "NotSupportedError");
    case "canvas":
      return Object.assign(new HTMLCanvasElement(), { captureStream });
    case "audio":
    case "video":
      return new HTMLMediaElement(name.toLowerCase());
    default:
      return new FakeElement(name);
  }
}
