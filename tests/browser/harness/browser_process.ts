import { deadline } from "@std/async/deadline";
import { type BrowserName, type BrowserOptions, findBrowser, PROFILES } from "./profiles.ts";
import { removeFolder } from "./remove_folder.ts";

/** How long a killed browser may take to end before it is given up. */
const EXIT_TIMEOUT_MS = 5_000;

/** A browser's processes, and the folder that holds all they write. Neither outlives this program, even where that exits amid a test. */
export class BrowserProcess implements AsyncDisposable {
  #process: Deno.ChildProcess;
  #folder: string;
  #onUnload = () => {
    this.kill();
    Deno.removeSync(this.#folder, { recursive: true });
  };

  private constructor(process: Deno.ChildProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
    addEventListener("unload", this.#onUnload);
  }

  /** Starts a browser with a fresh profile on a page. */
  static async start(
    name: BrowserName,
    url: string,
    options: BrowserOptions,
  ): Promise<BrowserProcess> {
    const executable = await findBrowser(name);
    if (!executable) throw new Error(`${name} is not installed`);
    const { files, arguments: args } = PROFILES[name];
    // A short name: within it, Chromium has a socket, whose whole path may have 107 bytes.
    const folder = await Deno.makeTempDir({ prefix: "heron-" });
    for (const [file, text] of Object.entries(files(options))) {
      await Deno.writeTextFile(`${folder}/${file}`, text);
    }
    const process = new Deno.Command(executable, {
      args: args(folder, url, options),
      // Nothing of the user's own is read or written, whatever else a browser keeps outside its profile.
      env: { HOME: folder, TMPDIR: folder, XDG_CACHE_HOME: folder, XDG_CONFIG_HOME: folder },
      stdin: "null",
      stdout: "null",
      stderr: "null",
      detached: true, // a process group of its own, which kill() ends as a whole
    }).spawn();
    return new BrowserProcess(process, folder);
  }

  /** Ends it in an instant, as a crash or a power cut would. */
  kill(): void {
    try {
      Deno.kill(-this.#process.pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // it may have ended already
    }
  }

  /** Ends it, and removes what it has written. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    try {
      await deadline(this.#process.status, EXIT_TIMEOUT_MS);
    } finally {
      await removeFolder(this.#folder);
      removeEventListener("unload", this.#onUnload);
    }
  }
}
