import { join, resolve } from "node:path";

/** The project's own folder. */
export const ROOT: string = join(import.meta.dirname!, "..");

/** How long JSR has to answer before the adapters stand in for it. */
const PROBE_MILLIS = 3000;

/** The parts of `deno.json` that the tools use. */
export interface Manifest {
  /** Entry points by name. */
  exports: Record<string, string>;
  /** What bare names stand for. */
  imports: Record<string, string>;
  /** What is published. */
  publish: { include: string[] };
  /** Local folders that answer for packages. */
  links?: string[];
  [other: string]: unknown;
}

/** `deno.json` as it is committed. */
export function readManifest(): Manifest {
  return JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
}

/**
 * The config to start Deno with, relative to the project's folder: the committed one where JSR
 * answers, else a copy in which the adapters of `tools/std` stand in for its packages.
 * `HERON_OFFLINE` decides without asking: 1 for the copy, 0 for the committed one.
 */
export async function chooseConfig(): Promise<string> {
  if (await jsrAnswers()) return "deno.json";
  return writeConfig("deno.offline.json", { links: adapters(join("tools", "std")) });
}

/** Asks Deno for one small module, which also succeeds from its cache. Deno knows where JSR is. */
async function jsrAnswers(): Promise<boolean> {
  const forced = Deno.env.get("HERON_OFFLINE");
  if (forced === "0" || forced === "1") return forced === "0";
  const probe = new Deno.Command(Deno.execPath(), {
    args: ["cache", "--no-config", "--no-lock", `${readManifest().imports["@std/async"]}/delay`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => probe.kill("SIGKILL"), PROBE_MILLIS);
  const { success } = await probe.status;
  clearTimeout(timer);
  return success;
}

/**
 * Runs with a config whose adapters lie outside the project, which is what `deno publish` needs:
 * it refuses modules inside the project that aren't part of the package.
 */
export async function withOutsideAdapters<T>(
  config: string,
  run: (config: string) => Promise<T>,
): Promise<T> {
  if (config === "deno.json") return await run(config);
  const outside = Deno.makeTempDirSync({ prefix: "heron_std_" });
  try {
    copyFolder(join(ROOT, "tools", "std"), outside);
    return await run(writeConfig("deno.publish.json", { links: adapters(outside) }));
  } finally {
    Deno.removeSync(outside, { recursive: true });
    Deno.removeSync(join(ROOT, "deno.publish.json"));
  }
}

/** Each adapter in a folder, as `links` wants it: relative to the project unless absolute. */
function adapters(folder: string): string[] {
  const absolute = folder.startsWith("tools") ? join(ROOT, folder) : folder;
  const prefix = absolute === folder ? folder : `./${folder.replaceAll("\\", "/")}`;
  return Array.from(Deno.readDirSync(absolute), ({ name }) => name).sort()
    .filter((name) => exists(join(absolute, name, "deno.json")))
    .map((name) => `${prefix}/${name}`);
}

/** Writes a variant of `deno.json` into the project's folder, in one step so that a reader never sees half of it. */
function writeConfig(name: string, changes: Partial<Manifest>): string {
  const path = join(ROOT, name);
  const text = JSON.stringify({ ...readManifest(), ...changes }, null, 2) + "\n";
  if (readIfThere(path) === text) return name;
  const draft = `${path}.${Deno.pid}`;
  Deno.writeTextFileSync(draft, text);
  Deno.renameSync(draft, path);
  return name;
}

function readIfThere(path: string): string | undefined {
  return exists(path) ? Deno.readTextFileSync(path) : undefined;
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyFolder(join(from, name), join(to, name));
    else Deno.copyFileSync(join(from, name), join(to, name));
  }
}

/** Whether a path exists; a relative one counts from the project's folder. */
export function exists(path: string): boolean {
  try {
    Deno.statSync(resolve(ROOT, path));
    return true;
  } catch {
    return false;
  }
}

/** Starts Deno in the project's folder; resolves with its exit code. */
export function deno(command: string, config: string, ...args: string[]): Promise<number> {
  return denoWithin([], command, config, ...args);
}

/** Starts Deno by way of another command, such as one that makes a namespace for it. */
export async function denoWithin(
  prefix: string[],
  command: string,
  config: string,
  ...args: string[]
): Promise<number> {
  const [program, ...before] = [...prefix, Deno.execPath()];
  const child = new Deno.Command(program!, {
    args: [...before, command, "--config", config, ...args],
    cwd: ROOT,
  }).spawn();
  return (await passSignals(child)).code;
}

/** Waits for a child; until then it is the one to act on the signals that this process gets. */
export async function passSignals(child: Deno.ChildProcess): Promise<Deno.CommandStatus> {
  const terminate = () => child.kill("SIGTERM");
  const interrupt = () => {}; // a terminal sends it to the child as well
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", terminate);
  Deno.addSignalListener("SIGINT", interrupt);
  try {
    return await child.status;
  } finally {
    if (Deno.build.os !== "windows") Deno.removeSignalListener("SIGTERM", terminate);
    Deno.removeSignalListener("SIGINT", interrupt);
  }
}

/** One line for whoever started the tool, apart from what the tool's command prints. */
export function say(line: string): void {
  // deno-lint-ignore no-console
  console.error(line);
}
