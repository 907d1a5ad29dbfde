import type { CryptoProvider } from "../core/crypto/provider.ts";

/** What one side's checks are authenticated with, in one ICE session (RFC 8445 section 5.3). */
export interface IceParameters {
  /** 4 to 256 ice-chars: names the session. */
  readonly usernameFragment: string;
  /** 22 to 256 ice-chars: the key of the checks sent towards this side. */
  readonly password: string;
  /** This side answers checks, and sends none (RFC 8445 section 2.5). */
  readonly iceLite?: boolean;
  /** This side follows numbered nominations (draft-thatcher-ice-renomination-01). */
  readonly renomination?: boolean;
}

/** RFC 8839 section 5.4: ALPHA / DIGIT / "+" / "/", 64 of them, so that 6 random bits make one. */
const ICE_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** 48 bits; RFC 8445 section 5.3 asks for 24. */
const USERNAME_FRAGMENT_LENGTH = 8;

/** 144 bits; RFC 8445 section 5.3 asks for 128. */
const PASSWORD_LENGTH = 24;

/**
 * Makes unpredictable parameters for a new ICE session.
 *
 * @example
 * ```ts
 * import { generateIceParameters } from "@heron/webrtc/ice";
 * import { nodeProvider } from "@heron/webrtc/core";
 * import { assertMatch } from "@std/assert";
 *
 * const { usernameFragment, password } = generateIceParameters(nodeProvider);
 * assertMatch(usernameFragment, /^[A-Za-z0-9+\/]{8}$/);
 * assertMatch(password, /^[A-Za-z0-9+\/]{24}$/);
 * ```
 */
export function generateIceParameters(crypto: CryptoProvider): IceParameters {
  return {
    usernameFragment: iceChars(crypto, USERNAME_FRAGMENT_LENGTH),
    password: iceChars(crypto, PASSWORD_LENGTH),
  };
}

function iceChars(crypto: CryptoProvider, length: number): string {
  return Array.from(crypto.random(length), (byte) => ICE_CHARS[byte & 63]).join("");
}
