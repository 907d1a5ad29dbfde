/**
 * Runs one file of the suite in this process: `child.ts <id>`, started by `runner.ts`.
 *
 * @module
 */
import { Script } from "node:vm";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type ChildLine, MARK } from "./runner.ts";
import {
  htmlAttribute,
  type Metadata,
  parseHtmlMetadata,
  parseScriptMetadata,
  readSuiteFile,
} from "./suite.ts";
import { type FakeDocument, installWindow } from "./window.ts";

const STATUS = ["PASS", "FAIL", "TIMEOUT", "NOTRUN", "PRECONDITION_FAILED"];
const FILE_STATUS = ["OK", "ERROR", "TIMEOUT", "PRECONDITION_FAILED"];

/** What is used of testharness.js. */
interface Harness {
  setup(options: { output: boolean }): void;
  add_result_callback(callback: (test: HarnessTest) => void): void;
  add_completion_callback(
    callback: (tests: HarnessTest[], file: { status: number; message: string | null }) => void,
  ): void;
}

interface HarnessTest {
  readonly name: string;
  readonly status: number;
  readonly message: string | null;
}

const suite = Deno.env.get("WPT_DIR")!;
const id = Deno.args[0]!;
const path = id.split("?")[0]!;
const exit = Deno.exit; // tests may hide the global

function print(line: ChildLine): void {
  const bytes = new TextEncoder().encode(`${MARK}${JSON.stringify(line)}\n`);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

function printTest({ name, status, message }: HarnessTest): void {
  print({ name, status: STATUS[status]!, message });
}

/** The harness reports by itself whatever nobody has caught; the process must live on until then. */
function keepErrorsFromEndingTheProcess(): void {
  for (const type of ["error", "unhandledrejection"]) {
    globalThis.addEventListener(type, (event) => event.preventDefault());
  }
}

function run(code: string, filename: string): void {
  try {
    new Script(code, { filename }).runInThisContext();
  } catch (error) {
    reportError(error);
  }
}

/** What a browser's driver would do: nobody has to be asked for a permission here. */
function automate(): void {
  const driver = globalThis as unknown as {
    test_driver?: { bless: unknown };
    test_driver_internal?: { set_permission: unknown };
  };
  if (driver.test_driver_internal) driver.test_driver_internal.set_permission = async () => {};
  if (driver.test_driver) {
    driver.test_driver.bless = async (_: string, action?: () => unknown) => await action?.();
  }
}

/** Loads a script as `<script src>` does. */
function load(source: string, document: FakeDocument): void {
  const { href, pathname } = new URL(source, location.href);
  if (pathname === "/resources/testharnessreport.js") return;
  if (pathname === "/resources/testdriver-vendor.js") return automate();
  const code = readSuiteFile(suite, pathname);
  if (code === undefined) return; // like a 404: the page goes on without it
  document.scripts.push({ src: href });
  run(code, pathname);
  if (pathname !== "/resources/testharness.js") return;
  const harness = globalThis as unknown as Harness;
  harness.setup({ output: false });
  harness.add_result_callback(printTest); // at once: a file may never get to its end
  harness.add_completion_callback((tests, { status, message }) => {
    tests.forEach(printTest);
    print({ file: FILE_STATUS[status]!, message });
    exit(0);
  });
}

function runScriptFile(text: string, metadata: Metadata, document: FakeDocument): void {
  load("/resources/testharness.js", document);
  for (const source of metadata.scripts) load(source, document);
  run(text, `/${path}`);
}

async function runHtmlFile(text: string, document: FakeDocument): Promise<void> {
  const html = text.replace(/<!--[\s\S]*?-->/g, "");
  for (const [tag, name = ""] of html.matchAll(/<(div|span|p|audio|video|canvas)\b[^>]*>/gi)) {
    const id = htmlAttribute(tag, "id");
    if (id !== undefined) document.declare(name, id);
  }
  for (const match of html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script\s*>/gi)) {
    const [, attributes = "", code = ""] = match;
    const source = htmlAttribute(attributes, "src");
    if (source !== undefined) load(source, document);
    else if (htmlAttribute(attributes, "type") === "module") {
      await import(`data:text/javascript,${encodeURIComponent(code)}`).catch(reportError);
    } else {
      const linesBefore = html.slice(0, match.index).split("\n").length - 1;
      run("\n".repeat(linesBefore) + code, `/${path}`);
    }
  }
}

const heron = await import(pathToFileURL(Deno.env.get("RTC_MODULE")!).href);
const text = Deno.readTextFileSync(join(suite, path));
const metadata = path.endsWith(".js") ? parseScriptMetadata(text) : parseHtmlMetadata(text);
const document = installWindow(heron, metadata);
keepErrorsFromEndingTheProcess();
if (path.endsWith(".js")) runScriptFile(text, metadata, document);
else await runHtmlFile(text, document);
document.readyState = "complete";
document.dispatchEvent(new Event("DOMContentLoaded"));
// Deno fires the window's load event once this module has been evaluated.
