import { join } from "node:path";
import { ROOT, say } from "./project.ts";

/**
 * What to put before a command so that it runs in a network namespace of its own, with one ordinary interface and nothing behind
 * it: no packet of a test or a benchmark leaves the machine. Empty where that can't be had, which takes root on Linux.
 */
export async function namespacePrefix(): Promise<string[]> {
  if (Deno.env.get("NETNS") === "0" || Deno.env.has("IN_NETNS")) return [];
  const prefix = [join(ROOT, "tools", "netns.sh")];
  if (await succeeds([...prefix, "true"])) return prefix;
  say(
    "No network namespace can be made here (that takes root): peers use this machine's interfaces.",
  );
  return [];
}

async function succeeds([command = "", ...args]: string[]): Promise<boolean> {
  try {
    const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
    const { success } = await new Deno.Command(command, { args, ...quiet }).output();
    return success;
  } catch {
    return false; // no shell, or not executable
  }
}
