import type { Millis } from "../../core/stage/mod.ts";
import type { TransportAddress } from "../../core/wire/mod.ts";
import { earliest } from "../deadline.ts";
import { SERVER_UNREACHABLE } from "../server_error.ts";
import type { StunError } from "../stun/attributes.ts";
import { CREATE_PERMISSION, XOR_PEER_ADDRESS } from "./attributes.ts";
import type { TurnRequests } from "./requests.ts";
import type { TurnContext } from "./turn_context.ts";

/** Permissions of one allocation: as many as there may be pairs of it. */
const MAX_PERMISSIONS = 100;

/** Datagrams that wait for one permission: checks of a few pairs, for one round trip. */
const MAX_WAITING = 8;

/** Where a permission stands. */
export type PermissionState = "wanted" | "requested" | "granted" | "refused" | "expired";

/** A datagram that waits for its permission. */
export interface Waiting {
  readonly data: Uint8Array;
  readonly peer: TransportAddress;
}

/** What lets one IP address through an allocation (RFC 8656 section 9). */
export class Permission {
  state: PermissionState = "wanted";
  /** Whether something was sent there since it was refreshed: what nobody uses is left to expire. */
  used = true;
  refreshAt: Millis | undefined;
  readonly waiting: Waiting[] = [];

  constructor(readonly ip: string) {}
}

/** The permissions of one allocation. */
export class Permissions {
  readonly #context: TurnContext;
  readonly #requests: TurnRequests;
  readonly #granted: (waiting: readonly Waiting[]) => void;
  readonly #failed: (error: StunError, now: Millis) => void;
  readonly #byIp = new Map<string, Permission>();
  /** Those that are to be asked for; set apart so that sending needs no clock. */
  #wanted: Permission[] = [];

  /** `granted` takes what has waited; `failed` hears why one was refused. */
  constructor(
    context: TurnContext,
    requests: TurnRequests,
    outcome: {
      granted(waiting: readonly Waiting[]): void;
      failed(error: StunError, now: Millis): void;
    },
  ) {
    this.#context = context;
    this.#requests = requests;
    this.#granted = outcome.granted;
    this.#failed = outcome.failed;
  }

  /** When {@linkcode Permissions.advance} has something to do. */
  get nextTimeout(): Millis | undefined {
    if (this.#wanted.length > 0) return -Infinity;
    return earliest([...this.#byIp.values()].map(({ refreshAt }) => refreshAt));
  }

  /** The permission for an address, asked for with the next {@linkcode Permissions.advance} if it is a new one. */
  for(ip: string): Permission | undefined {
    const known = this.#byIp.get(ip);
    if (known !== undefined) return known;
    if (this.#byIp.size >= MAX_PERMISSIONS) {
      this.#context.discards.add("too many relayed peers");
      return undefined;
    }
    const permission = new Permission(ip);
    this.#byIp.set(ip, permission);
    this.#wanted.push(permission);
    return permission;
  }

  /** Keeps a datagram until its permission is granted. */
  wait(permission: Permission, waiting: Waiting): void {
    if (permission.state === "refused" || permission.waiting.length >= MAX_WAITING) {
      this.#context.discards.add("data for a peer without permission");
    } else permission.waiting.push(waiting);
  }

  /** Whether data from this address is wanted: the server keeps the rest away, if it does what it should. */
  allows(ip: string): boolean {
    const permission = this.#byIp.get(ip);
    return permission !== undefined && permission.state !== "refused";
  }

  /** Asks for what is wanted or due. */
  advance(now: Millis): void {
    for (const permission of this.#wanted.splice(0)) this.#request(permission, now);
    for (const permission of this.#byIp.values()) {
      const { refreshAt } = permission;
      if (refreshAt === undefined || refreshAt > now) continue;
      permission.refreshAt = undefined;
      if (permission.used) this.#request(permission, now);
      else this.#forget(permission);
    }
  }

  /** RFC 8656 section 10.1. The port means nothing. */
  #request(permission: Permission, now: Millis): void {
    const { ip } = permission;
    permission.used = false;
    if (permission.state !== "granted") permission.state = "requested";
    this.#requests.send({
      method: CREATE_PERMISSION,
      write: (builder) => void builder.add(XOR_PEER_ADDRESS, { ip, port: 0 }),
      succeeded: (_, now) => this.#grant(permission, now),
      failed: (error, now) => this.#refuse(permission, error, now),
    }, now);
  }

  #grant(permission: Permission, now: Millis): void {
    permission.state = "granted";
    permission.refreshAt = now + this.#context.timings.permissionRefresh;
    this.#granted(permission.waiting.splice(0));
  }

  #refuse(permission: Permission, error: StunError, now: Millis): void {
    const lost = permission.waiting.splice(0).length;
    if (lost > 0) this.#context.discards.add("data for a peer without permission", lost);
    // A server that was silent may be asked again with the next datagram; one that said no has said it for good.
    permission.state = "refused";
    if (error.code === SERVER_UNREACHABLE) this.#forget(permission);
    this.#failed(error, now);
  }

  #forget(permission: Permission): void {
    permission.state = "expired";
    this.#byIp.delete(permission.ip);
  }
}
