let enabled: boolean | undefined;

/**
 * Says one line on the console where the environment variable HERON_DEBUG is set and may be read; silent otherwise.
 *
 * It never prompts for the permission to read the environment.
 */
export function debug(topic: string, message: string): void {
  enabled ??= wanted();
  // deno-lint-ignore no-console
  if (enabled) console.debug(`heron ${topic}: ${message}`);
}

function wanted(): boolean {
  try {
    const permission = Deno.permissions.querySync({ name: "env", variable: "HERON_DEBUG" });
    return permission.state === "granted" && Boolean(Deno.env.get("HERON_DEBUG"));
  } catch {
    return false;
  }
}
