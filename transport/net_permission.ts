import { ipVersion } from "../core/wire/address.ts";

/**
 * Whether a socket may be bound there. To be asked before `node:dgram` is: where it may not, that throws out of reach of anybody, and
 * ends the process.
 *
 * Without `ask`, the user is not prompted for a permission that has been neither given nor denied; it then counts as denied.
 */
export function mayBind(ip: string, port: number, options: { ask: boolean }): boolean {
  const host = ipVersion(ip) === 6 ? `[${ip}]:${port}` : `${ip}:${port}`;
  const descriptor = { name: "net", host } as const;
  try {
    const { permissions } = Deno;
    const { state } = options.ask
      ? permissions.requestSync(descriptor)
      : permissions.querySync(descriptor);
    return state === "granted";
  } catch {
    return true; // a host that has no such thing
  }
}
