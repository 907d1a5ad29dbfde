/**
 * The demo's page, used as a person would: in a frame of the browser under test, by clicks and keys only.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { createDemo } from "../../../examples/demo/server/demo.ts";
import { Browser } from "../harness/browser.ts";
import type { BrowserName } from "../harness/profiles.ts";
import { endWithTheTest, report } from "./reporter.ts";

const STEP_TIMEOUT_MS = 60_000;

/** The parts of a browser's objects that the functions below use. */
interface Page {
  readonly document: {
    getElementById(id: string): Element | null;
    querySelectorAll(selector: string): Iterable<Element>;
  };
  readonly File: typeof File;
  readonly DataTransfer: new () => { items: { add(file: File): void }; files: unknown };
  readonly Event: typeof Event;
  readonly navigator: { mediaDevices: { getUserMedia(): Promise<never> } };
}
interface Element {
  readonly textContent: string;
  readonly hidden: boolean;
  value: string;
  files: unknown;
  readonly dataset: Record<string, string>;
  click(): void;
  requestSubmit(): void;
  dispatchEvent(event: Event): void;
}
interface Video extends Element {
  readonly currentTime: number;
  readonly duration: number;
  readonly videoWidth: number;
  readonly error: { readonly message: string } | null;
  muted: boolean;
  requestVideoFrameCallback(shown: () => void): void;
  play(): Promise<void>;
}

/** A visitor: the demo in a frame of the page. */
class Visitor {
  #browser: Browser;
  #frame: string;

  constructor(browser: Browser, frame: string) {
    this.#browser = browser;
    this.#frame = frame;
  }

  async enter(name: string): Promise<void> {
    await this.#browser.evaluate((id) => {
      // deno-lint-ignore no-explicit-any -- the page's own globals
      const { document } = globalThis as any;
      const frame = document.createElement("iframe");
      Object.assign(frame, { id, src: "/", width: "1200", height: "900" });
      document.body.append(frame);
      return new Promise<void>((resolve) =>
        frame.onload = () => {
          for (const name of ["error", "unhandledrejection", "securitypolicyviolation"]) {
            frame.contentWindow.addEventListener(name, (event: Record<string, unknown>) => {
              const what = event.message ?? event.reason ?? event.violatedDirective;
              // deno-lint-ignore no-console -- the harness tells the test
              console.error(`${name} in the demo: ${what}`);
            });
          }
          resolve();
        }
      );
    }, this.#frame);
    await this.use((page, name) => {
      page.document.getElementById("name")!.value = name;
      page.document.getElementById("connect")!.click();
    }, name);
    await this.sees("desk", (page) => !page.document.getElementById("desk")!.hidden);
  }

  /** Runs a function on the page. */
  use<A extends readonly unknown[], T>(act: (page: Page, ...args: A) => T, ...args: A) {
    return this.#browser.evaluate(
      (frame, act, args) => {
        // deno-lint-ignore no-explicit-any -- the page's own globals
        const page = (globalThis as any).document.getElementById(frame).contentWindow;
        return (0, eval)(`(${act})`)(page, ...args) as T;
      },
      this.#frame,
      act.toString(),
      args,
    );
  }

  /** Looks until `condition` holds. */
  async sees<A extends readonly unknown[]>(
    what: string,
    condition: (page: Page, ...args: A) => boolean,
    ...args: A
  ): Promise<void> {
    const start = performance.now();
    while (!await this.use(condition, ...args)) {
      if (performance.now() - start > STEP_TIMEOUT_MS / 2) {
        throw new Error(`never saw: ${what}\n${this.#browser.log.join("\n")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits until some element that matches has this text in it. */
  async reads(selector: string, text: string): Promise<void> {
    await this.sees(
      `"${text}" in ${selector}`,
      ({ document }, selector, text) =>
        [...document.querySelectorAll(selector)].some((e) => e.textContent.includes(text)),
      selector,
      text,
    );
  }

  click(id: string): Promise<void> {
    return this.use(({ document }, id) => document.getElementById(id)!.click(), id);
  }

  /** Waits until so many more frames of the mirror are shown. Firefox counts those of streams nowhere else. */
  async seesFrames(more: number): Promise<void> {
    await this.use(({ document }, more) => {
      const echo = document.getElementById("echo") as Video;
      return new Promise<void>((resolve) => {
        const count = (left: number) =>
          left === 0 ? resolve() : echo.requestVideoFrameCallback(() => count(left - 1));
        count(more);
      });
    }, more);
  }

  /** Waits until a meter shows a number above `least`. */
  async gauges(id: string, least: number): Promise<void> {
    await this.sees(
      `more than ${least} in ${id}`,
      ({ document }, id, least) => Number(document.getElementById(id)!.textContent) > least,
      id,
      least,
    );
  }

  say(text: string): Promise<void> {
    return this.use(({ document }, text) => {
      document.getElementById("text")!.value = text;
      document.getElementById("compose")!.requestSubmit();
    }, text);
  }
}

/** One step of the test. */
async function step(name: string, run: () => Promise<void>): Promise<void> {
  await report(name, async () => {
    try {
      await deadline(run(), STEP_TIMEOUT_MS);
      return { notes: [] };
    } catch (error) {
      return { notes: [], error: error instanceof Error ? error.stack! : String(error) };
    }
  });
}

endWithTheTest();
const [name] = Deno.args as [BrowserName];
{
  const site = createDemo(() => {});
  await using browser = await Browser.launch(name, { site, fakeDevices: true });
  const ada = new Visitor(browser, "ada");
  const bea = new Visitor(browser, "bea");

  await step("connects on a click, and is greeted by Heron", async () => {
    await ada.enter("Ada");
    await ada.reads(".message.heron .words", "Hello, Ada.");
    await ada.reads("#people", "Heron, Ada (you)");
  });

  await step("shows the state of every layer, and the selected candidate pair", async () => {
    await ada.reads("#status-text", "Connected");
    await ada.reads("#state-signaling", "stable");
    for (const layer of ["ice", "dtls", "sctp", "connection"]) {
      await ada.reads(`#state-${layer}`, "connected");
    }
    await ada.reads("#pair-remote", Deno.env.get("NETNS_ADDR")!);
    // Of a host candidate or a peer-reflexive one: a check may come before the candidate that it comes from (RFC 8445 section 7.3.1.3).
    await ada.reads("#pair-remote-type", ", UDP");
  });

  await step("chats with Heron while alone", async () => {
    await ada.say("<b>Are you there?</b>");
    await ada.reads(".message.mine .words", "<b>Are you there?</b>");
    await ada.say("/who");
    await ada.reads(".message.heron .words", "Here: Ada, and I.");
  });

  await step("chats with others in the room", async () => {
    await bea.enter("Bea");
    await ada.reads(".notice", "Bea is here.");
    await ada.say("Gr\u00fc\u00dfe, \u9dfa!");
    await bea.reads(".message .words", "Gr\u00fc\u00dfe, \u9dfa!");
    await bea.say("Good morning");
    await ada.reads(".message .words", "Good morning");
  });

  await step("measures the round trip", async () => {
    await ada.reads("#trip-detail", "median");
    const trip = await ada.use(({ document }) =>
      Number(document.getElementById("trip")!.textContent)
    );
    assert(trip > 0 && trip < 10_000, `${trip} ms`);
  });

  await step("sends a file with progress, and both ends find the same hash", async () => {
    const expected = await ada.use((page) => {
      const bytes = new Uint8Array(5_000_000).map((_, i) => i * 7 % 251);
      const files = new page.DataTransfer();
      files.items.add(new page.File([bytes], "f\u00fcnf.bin"));
      const input = page.document.getElementById("file")!;
      input.files = files.files;
      input.dispatchEvent(new page.Event("change"));
      return crypto.subtle.digest("SHA-256", bytes).then((hash) =>
        Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("")
      );
    });
    await ada.reads(".verdict.good", "The same SHA-256 at both ends");
    await ada.reads(".verdict code", await expected);
    const shown = await ada.use(({ document }) => {
      const [bar] = document.querySelectorAll(".transfer progress");
      const [detail] = document.querySelectorAll(".transfer .detail");
      return { value: bar!.value, detail: detail!.textContent };
    });
    assertEquals(Number(shown.value), 5_000_000);
    assertMatch(shown.detail, /^sent, 5\.0 MB in [\d.]+ s, [\d.]+ [kKM]?B\/s$/);
  });

  await step("fetches another's file, and both ends find the same hash", async () => {
    await bea.reads(".notice", "Ada shares f\u00fcnf.bin.");
    await bea.use(({ document }) => [...document.querySelectorAll("button.act")][0]!.click());
    await bea.reads(".verdict.good", "The same SHA-256 at both ends");
    await bea.reads("a.act", "Save");
  });

  await step("sees the camera come back from Heron", async () => {
    await ada.click("camera");
    await ada.sees(
      "the camera's picture",
      ({ document }) => document.getElementById("mirror")!.dataset.camera === "own",
    );
    await ada.seesFrames(30);
  });

  await step("measures the bitrate, the loss and the round trip of the camera", async () => {
    await ada.gauges("media-rate", 20);
    await ada.gauges("media-loss", -1);
    await ada.gauges("media-trip", 0);
  });

  await step("records three seconds, and plays and saves them", async () => {
    await ada.click("record");
    await ada.reads("#record-text", "Stop 0:03");
    await ada.click("record");
    await ada.reads("#recordings .verdict.good", "The same SHA-256 at both ends");
    await ada.reads("#recordings a.act", "Save");
    await ada.sees("the recording", ({ document }) => {
      const [video] = document.querySelectorAll(".playback") as Iterable<Video>;
      return video!.videoWidth > 0;
    });
    const duration = await ada.use(({ document }) => {
      const [video] = document.querySelectorAll(".playback") as Iterable<Video>;
      video!.muted = true;
      video!.play();
      return video!.duration;
    });
    assert(duration > 2.4 && duration < 4, `${duration} s`);
    await ada.sees("the recording played to its end", ({ document }) => {
      const [video] = document.querySelectorAll(".playback") as Iterable<Video>;
      if (video!.error) throw new Error(video!.error.message);
      return video!.currentTime > video!.duration - 0.1;
    });
  });

  await step("switches the camera off, and on again", async () => {
    for (const camera of ["off", "own"]) {
      await ada.click("camera");
      await ada.sees(
        `camera: ${camera}`,
        ({ document }, camera) => document.getElementById("mirror")!.dataset.camera === camera,
        camera,
      );
    }
    await ada.seesFrames(10);
    await ada.click("camera");
    await ada.reads("#state-signaling", "stable");
  });

  await step("sees and records Heron's own picture where there is no camera", async () => {
    await bea.use(({ navigator }) => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException("", "NotFoundError"));
    });
    await bea.click("camera");
    await bea.reads("#badge", "Heron\u2019s own");
    await bea.seesFrames(30);
    await bea.click("record");
    await bea.reads("#record-text", "Stop 0:01");
    await bea.click("record");
    await bea.reads("#recordings .verdict.good", "The same SHA-256 at both ends");
  });

  await step("leaves on a click, and the others hear of it", async () => {
    await bea.use(({ document }) => document.getElementById("leave")!.click());
    await bea.reads("#status-text", "Connection ended");
    await ada.reads(".notice", "Bea has left.");
  });

  await step("nothing went wrong unseen", () => {
    assertEquals(browser.log, []);
    return Promise.resolve();
  });
}
Deno.exit(0);
