import type { CryptoProvider } from "../../core/crypto/provider.ts";
import { NONCE, REALM, USERHASH, USERNAME } from "../stun/attributes.ts";
import type { StunBuilder } from "../stun/builder.ts";
import { checkIntegrity, checkIntegritySha256 } from "../stun/integrity.ts";
import type { StunMessage } from "../stun/message.ts";
import {
  chooseAlgorithm,
  deriveKey,
  hashUsername,
  MD5,
  PASSWORD_ALGORITHM,
  PASSWORD_ALGORITHMS,
  securityFeatures,
} from "./password_algorithms.ts";

/** What a server has asked to be shown. */
interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  /** The server's list, to be sent back unchanged. */
  readonly offered: Uint8Array | undefined;
  readonly algorithm: number;
  readonly anonymous: boolean;
  readonly key: Uint8Array;
}

/** Why a challenge is not taken up. */
export type ChallengeRefusal =
  | "The server sent no valid realm and nonce"
  | "The server's password algorithms are missing"
  | "The server's password algorithms are unknown"
  | "The server changed its realm";

/** The long-term credential mechanism, of one client towards one server (RFC 8489 section 9.2). The password shows nowhere. */
export class LongTermCredential {
  readonly #crypto: CryptoProvider;
  readonly #username: string;
  readonly #password: string;
  #challenge: Challenge | undefined;
  #proven = false;

  constructor(crypto: CryptoProvider, username: string, password: string) {
    this.#crypto = crypto;
    this.#username = opaque(username);
    this.#password = opaque(password);
  }

  /** Whether requests are signed: not before the server has asked for it (RFC 8489 section 9.2.3.1). */
  get active(): boolean {
    return this.#challenge !== undefined;
  }

  /** The realm of the server, once it is known. */
  get realm(): string | undefined {
    return this.#challenge?.realm;
  }

  /** Takes what a 401 or a 438 asks for (RFC 8489 section 9.2.5), unless there is a reason not to, which is returned. */
  take(message: StunMessage): ChallengeRefusal | undefined {
    const nonce = message.get(NONCE);
    const realm = message.get(REALM) ?? this.#challenge?.realm;
    if (nonce === undefined || realm === undefined || realm === "") {
      return "The server sent no valid realm and nonce";
    }
    // RFC 8656 section 5: the credentials of an allocation stay what they are; another realm would learn what it can guess at.
    if (this.#proven && realm !== this.#challenge?.realm) return "The server changed its realm";
    const features = securityFeatures(nonce);
    const offered = message.get(PASSWORD_ALGORITHMS);
    // Somebody may have taken the list away to have a weaker key used; the nonce, which is signed, gives that away.
    if (offered === undefined && features.passwordAlgorithms) {
      return "The server's password algorithms are missing";
    }
    const algorithm = offered === undefined ? MD5 : chooseAlgorithm(offered);
    if (algorithm === undefined) return "The server's password algorithms are unknown";
    const parts = { username: this.#username, realm, password: this.#password };
    const key = deriveKey(this.#crypto, algorithm, parts);
    const anonymous = features.usernameAnonymity;
    this.#challenge = { realm, nonce, offered: offered?.slice(), algorithm, anonymous, key };
    return undefined;
  }

  /** Signs a request (RFC 8489 section 9.2.3.2). Nothing but a fingerprint may follow. */
  sign(builder: StunBuilder): void {
    const challenge = this.#challenge;
    if (challenge === undefined) return;
    const { realm, nonce, offered, algorithm, key } = challenge;
    if (challenge.anonymous) {
      builder.add(USERHASH, hashUsername(this.#crypto, this.#username, realm));
    } else builder.add(USERNAME, this.#username);
    builder.add(REALM, realm).add(NONCE, nonce);
    if (offered === undefined) {
      builder.integrity(this.#crypto, key);
    } else {
      builder.add(PASSWORD_ALGORITHMS, offered).add(PASSWORD_ALGORITHM, algorithm)
        .integritySha256(this.#crypto, key);
    }
  }

  /** Whether an answer to a signed request was signed by somebody who knows the password (RFC 8489 section 9.2.5). */
  verify(message: StunMessage): boolean {
    const challenge = this.#challenge;
    if (challenge === undefined) return true;
    const check = challenge.offered === undefined ? checkIntegrity : checkIntegritySha256;
    const ok = check(this.#crypto, message, challenge.key) === "ok";
    if (ok) this.#proven = true;
    return ok;
  }
}

/** OpaqueString (RFC 8265 section 4.2): spaces become one kind of space, and characters take their composed form. */
function opaque(text: string): string {
  return text.replaceAll(/\p{Zs}/gu, " ").normalize("NFC");
}
