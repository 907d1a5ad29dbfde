import {
  type Converter,
  dictionary,
  enforcedUnsignedLongLong,
  enumeration,
  instance,
  requireArguments,
} from "../../../webidl/convert.ts";
import { queueTask } from "../../../webidl/task.ts";
import { CIPHER_SUITES, type SFrameCipherSuite } from "./cipher_suites.ts";
import { SFrameContext, type SFrameFailure } from "./sframe_context.ts";
import { SFrameTransformErrorEvent } from "./sframe_transform_error_event.ts";

/** How SFrame transforms and streams are made (W3C WebRTC Encoded Transform section 3). */
export interface SFrameTransformOptions {
  /** What to encrypt and decrypt with. */
  cipherSuite: SFrameCipherSuite;
}

/** The number of a key, from 0 to 2^64 - 1. */
export type CryptoKeyID = number | bigint;

/** The events of SFrame transforms and streams. */
export interface SFrameKeyManagementEventMap {
  /** A frame could not be decrypted, and is left out. */
  error: SFrameTransformErrorEvent;
}

const transformOptions = dictionary("SFrameTransformOptions", {
  cipherSuite: {
    convert: enumeration(
      "SFrameCipherSuite",
      Object.keys(CIPHER_SUITES) as SFrameCipherSuite[],
    ) as Converter<SFrameCipherSuite>,
    required: true,
  },
});

/** WebIDL `CryptoKeyID`: a bigint is not limited here. */
export const cryptoKeyID: Converter<bigint> = (value, context) =>
  typeof value === "bigint" ? value : BigInt(enforcedUnsignedLongLong(value, context));

/** What a key id is for scripts: a number if that can hold it. */
export function keyIDOf(kid: bigint): CryptoKeyID {
  return kid <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(kid) : kid;
}

/** The id of a key for which none is given. */
const DEFAULT_KEY_ID = 0;
const KEY_ID_BITS = 64;

/** `SFrameKeyManagement` (W3C WebRTC Encoded Transform section 3): what SFrame transforms and streams share. */
export class KeyManagement {
  readonly context: SFrameContext;
  readonly #name: string;
  readonly #target: EventTarget;
  #settled: Promise<unknown> = Promise.resolve();

  /** Reads the options of `target`'s constructor; throws a TypeError if they name no cipher suite. */
  constructor(target: EventTarget, options: unknown) {
    this.#target = target;
    this.#name = target.constructor.name;
    const { cipherSuite } = transformOptions(options, `${this.#name} constructor`);
    this.context = new SFrameContext(cipherSuite);
  }

  /** Resolves when the keys that have been set by now can be used: no frame comes before its key. */
  get settled(): Promise<unknown> {
    return this.#settled;
  }

  /** The steps of `setEncryptionKey` (W3C WebRTC Encoded Transform section 3.2). */
  setEncryptionKey(given: number, key: unknown, keyID: unknown = DEFAULT_KEY_ID): Promise<void> {
    const context = `${this.#name}.setEncryptionKey`;
    requireArguments(context, given, 1);
    const baseKey = instance(CryptoKey)(key, `${context}: key`);
    const kid = cryptoKeyID(keyID, `${context}: keyID`);
    if (kid !== BigInt.asUintN(KEY_ID_BITS, kid)) throw new RangeError("Not a 64 bits integer");
    const set = this.#settled.then(() => this.context.setKey(baseKey, kid)).catch(() => {
      throw new DOMException(`${context}: the key is not one for HKDF`, "InvalidModificationError");
    });
    this.#settled = set.catch(() => {});
    return set;
  }

  /** Says in a task of its own that a frame could not be decrypted (W3C WebRTC Encoded Transform section 3.1). */
  failed(failure: SFrameFailure, frame: unknown): void {
    const init = failure.error === "keyID"
      ? { errorType: failure.error, keyID: keyIDOf(failure.kid), frame }
      : { errorType: failure.error, frame };
    queueTask(() => this.#target.dispatchEvent(new SFrameTransformErrorEvent("error", init)));
  }
}
