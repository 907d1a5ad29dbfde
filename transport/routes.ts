import type { Clock } from "../core/stage/clock.ts";
import type { Millis } from "../core/stage/layer.ts";
import { addressKey, type TransportAddress } from "../core/wire/address.ts";
import type { CheckUsername } from "./stun_header.ts";

/** Username fragments of one owner: that of its ICE session, those of restarts, and the ones before them. */
const MAX_USERNAME_FRAGMENTS = 8;

/** Addresses of one owner: a peer has at most a hundred candidates, and some that only its checks tell. */
export const MAX_ADDRESSES = 256;

/** Questions that may yet be answered, of all owners. The oldest is forgotten, which is like an answer that got lost. */
export const MAX_TRANSACTIONS = 16_384;

/**
 * How long an address stays with whom its checks were answered by, in milliseconds: a peer that is there asks for consent more often than
 * every 6 seconds (RFC 7675 section 5.1), so this outlives two lost checks.
 */
export const OWNED_FOR: Millis = 15_000;

/** Whom packets can be for. */
export interface RouteOwner {
  /** The fragments that name it, each with that of its peer, once that is known. */
  readonly usernameFragments: Map<string, string | undefined>;
  /** The keys of the addresses that belong to it. */
  readonly addresses: Set<string>;
}

/** To whom an address belongs. */
interface Owned<Owner> {
  readonly owner: Owner;
  /** Until when nobody else may have it. */
  readonly until: Millis;
}

/**
 * Which packets are for whom, where several share a port.
 *
 * An address belongs to the first that sends a request to it, until somebody answers a check from there with a success response: only who
 * knows the password brings that about. From then on it stays where it is for as long as checks are answered, so that a client can't
 * take another one's address by forging it as the source of its own checks.
 */
export class Routes<Owner extends RouteOwner> {
  readonly #clock: Clock;
  /** The first is the one that goes by the name; the others would, if it left. */
  readonly #byUsernameFragment = new Map<string, Set<Owner>>();
  readonly #byTransaction = new Map<string, Owner>();
  readonly #byAddress = new Map<string, Owned<Owner>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Checks that name this fragment are for the owner, unless somebody has it already: then those of its peer are, or all once the others have
   * left.
   */
  claim(owner: Owner, usernameFragment: string, peer?: string): void {
    const isNew = !owner.usernameFragments.has(usernameFragment);
    if (isNew && owner.usernameFragments.size >= MAX_USERNAME_FRAGMENTS) {
      const [oldest] = owner.usernameFragments.keys();
      this.#disown(owner, oldest!);
    }
    if (isNew || peer !== undefined) owner.usernameFragments.set(usernameFragment, peer);
    const owners = this.#byUsernameFragment.get(usernameFragment);
    if (owners === undefined) this.#byUsernameFragment.set(usernameFragment, new Set([owner]));
    else owners.add(owner);
  }

  #disown(owner: Owner, usernameFragment: string): void {
    owner.usernameFragments.delete(usernameFragment);
    const owners = this.#byUsernameFragment.get(usernameFragment);
    owners?.delete(owner);
    if (owners?.size === 0) this.#byUsernameFragment.delete(usernameFragment);
  }

  /** The owner has sent a request. */
  asked(owner: Owner, transactionId: string, remote: TransportAddress): void {
    if (this.#byTransaction.size >= MAX_TRANSACTIONS) {
      for (const [oldest] of this.#byTransaction) {
        this.#byTransaction.delete(oldest);
        break;
      }
    }
    this.#byTransaction.set(transactionId, owner);
    const key = addressKey(remote);
    if (!this.#byAddress.has(key)) this.#assign(owner, key, -Infinity);
  }

  /** The owner has answered an authentic check. */
  answered(owner: Owner, remote: TransportAddress): void {
    const key = addressKey(remote);
    const now = this.#clock.now();
    const owned = this.#byAddress.get(key);
    const isFree = owned === undefined || owned.until <= now || areRelated(owner, owned.owner);
    if (isFree) this.#assign(owner, key, now + OWNED_FOR);
  }

  /**
   * Whom a check is for: of several transports of one description, the one whose peer it comes from; as long as that is not known, the one
   * that deals with the address where it comes from.
   */
  ofUsername(username: CheckUsername | undefined, remote: TransportAddress): Owner | undefined {
    const { receiver, sender } = username ?? {};
    const owners = this.#byUsernameFragment.get(receiver ?? "");
    if (owners === undefined) return undefined;
    const [first, ...others] = owners;
    if (others.length === 0) return first;
    const peerOf = (owner: Owner) => owner.usernameFragments.get(receiver!);
    const all = [...owners];
    const undecided = all.filter((owner) => peerOf(owner) === undefined);
    const known = this.ofAddress(remote);
    return all.find((owner) => peerOf(owner) === sender) ??
      undecided.find((owner) => owner === known) ?? undecided[0] ?? first;
  }

  /** Whom a response is for. It may come again: the request may have been sent more than once. */
  ofTransaction(transactionId: string): Owner | undefined {
    return this.#byTransaction.get(transactionId);
  }

  /** Whom data is for. */
  ofAddress(remote: TransportAddress): Owner | undefined {
    return this.#byAddress.get(addressKey(remote))?.owner;
  }

  /** The owner is no more. Its questions go with it. */
  forget(owner: Owner): void {
    for (const usernameFragment of [...owner.usernameFragments.keys()]) {
      this.#disown(owner, usernameFragment);
    }
    for (const key of owner.addresses) this.#byAddress.delete(key);
    for (const [id, asker] of this.#byTransaction) {
      if (asker === owner) this.#byTransaction.delete(id);
    }
    owner.addresses.clear();
  }

  #assign(owner: Owner, key: string, until: Millis): void {
    this.#byAddress.get(key)?.owner.addresses.delete(key);
    if (owner.addresses.size >= MAX_ADDRESSES) {
      const [oldest] = owner.addresses;
      owner.addresses.delete(oldest!);
      this.#byAddress.delete(oldest!);
    }
    owner.addresses.add(key);
    this.#byAddress.set(key, { owner, until });
  }
}

/** Whether these are one, or transports of one description: whoever knows the password of the one knows that of the other. */
function areRelated(one: RouteOwner, other: RouteOwner): boolean {
  return one === other ||
    [...one.usernameFragments.keys()].some((fragment) => other.usernameFragments.has(fragment));
}
