import type { CryptoProvider } from "../core/crypto/provider.ts";
import { ICE_CONTROLLED, ICE_CONTROLLING, type StunMessage } from "./stun/mod.ts";

/** Which agent nominates (RFC 8445 section 6.1.1). */
export type IceRole = "controlling" | "controlled";

/** The agent's role and its tie-breaker. */
export class Role {
  #value: IceRole;
  #tieBreaker: bigint;
  readonly #crypto: CryptoProvider;
  readonly #lite: boolean;
  readonly #changed: () => void;

  /** `changed` is called whenever the role is another one. A lite agent is controlled (RFC 8445 section 6.1.1). */
  constructor(value: IceRole, crypto: CryptoProvider, changed: () => void, lite = false) {
    this.#value = lite ? "controlled" : value;
    this.#lite = lite;
    this.#crypto = crypto;
    this.#changed = changed;
    this.#tieBreaker = drawTieBreaker(crypto);
  }

  /** The role now. */
  get value(): IceRole {
    return this.#value;
  }

  /** Whether this agent nominates. */
  get controlling(): boolean {
    return this.#value === "controlling";
  }

  /** 64 random bits that decide a conflict. */
  get tieBreaker(): bigint {
    return this.#tieBreaker;
  }

  /** Takes a role. */
  set(value: IceRole): void {
    if (value === this.#value || this.#lite) return;
    this.#value = value;
    this.#changed();
  }

  /** Looks for a conflict with the sender of a check, and repairs it; false if it must be answered with 487 (RFC 8445 section 7.3.1.1). */
  accepts(request: StunMessage): boolean {
    const theirs = request.get(this.controlling ? ICE_CONTROLLING : ICE_CONTROLLED);
    if (theirs === undefined) return true;
    if (this.#lite) return false;
    const weControl = this.#tieBreaker >= theirs;
    if (weControl === this.controlling) return false;
    this.set(weControl ? "controlling" : "controlled");
    return true;
  }

  /** The peer has answered 487 to a check that claimed `claimed` (RFC 8445 section 7.2.5.1). */
  lostConflict(claimed: IceRole): void {
    this.#tieBreaker = drawTieBreaker(this.#crypto);
    this.set(claimed === "controlling" ? "controlled" : "controlling");
  }
}

function drawTieBreaker(crypto: CryptoProvider): bigint {
  const bytes = crypto.random(8);
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
}
