/**
 * Workers for the suite's pages: it has classic scripts, and Deno module workers only. `worker_child.ts` runs the one in the other.
 *
 * @module
 */

/** What a worker is told in the fragment of its address. */
export interface WorkerSetting {
  /** The address of the script. */
  readonly script: string;
  /** The address of the page. */
  readonly page: string;
}

/** The `Worker` of a page. */
export class ClassicWorker extends Worker {
  constructor(script: string | URL, options: WorkerOptions = {}) {
    const setting: WorkerSetting = {
      script: new URL(script, location.href).href,
      page: location.href,
    };
    const boot = new URL("worker_child.ts", import.meta.url);
    boot.hash = encodeURIComponent(JSON.stringify(setting));
    super(boot.href, { ...options, type: "module" });
  }
}
Object.defineProperty(ClassicWorker, "name", { value: "Worker" });
