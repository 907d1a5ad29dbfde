import { join } from "node:path";
import { chooseConfig, ROOT } from "../../../tools/project.ts";

/** Whether a command can be run, and ends well. */
export async function succeeds(command: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args }).output()).success;
  } catch {
    return false; // there is no such command
  }
}

/** The command that runs a program of the project. In a namespace no registry can be asked: it was fetched beforehand. */
export async function denoCommand(program: URL): Promise<[string, ...string[]]> {
  const offline = Deno.env.has("IN_NETNS") ? ["--cached-only"] : [];
  const config = join(ROOT, await chooseConfig());
  return [Deno.execPath(), "run", "-A", ...offline, "--config", config, program.pathname];
}

/** Whether such a program runs: with no request to read, it ends at once. */
export async function runs(program: URL): Promise<boolean> {
  return await succeeds(...await denoCommand(program));
}
