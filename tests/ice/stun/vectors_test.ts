import { assert, assertEquals } from "@std/assert";
import { fromHex, toHex } from "../../../core/wire/mod.ts";
import { nodeProvider } from "../../../core/crypto/node_provider.ts";
import {
  ALTERNATE_SERVER,
  checkFingerprint,
  checkIntegrity,
  ERROR_CODE,
  ICE_CONTROLLED,
  ICE_CONTROLLING,
  NONCE,
  parseStun,
  PRIORITY,
  REALM,
  shortTermKey,
  SOFTWARE,
  type StunMessage,
  unknownRequired,
  USE_CANDIDATE,
  USERNAME,
  XOR_MAPPED_ADDRESS,
} from "../../../ice/mod.ts";
import { deriveKey, MD5 } from "../../../ice/turn/password_algorithms.ts";
import vectors from "../../vectors/stun.json" with { type: "json" };

interface Vector {
  name: string;
  source: string;
  message: string;
  password?: string;
  passwordAfterSASLprep?: string;
  expect: Record<string, unknown>;
}

const hex64 = (value: bigint | undefined) => value?.toString(16).padStart(16, "0");

/** What each expectation of the vectors is compared with; one that is not here fails the test. */
const CHECKS: Record<string, (message: StunMessage, vector: Vector) => unknown> = {
  class: (message) => message.messageClass,
  method: (message) => message.method,
  transactionId: (message) => toHex(message.transactionId),
  software: (message) => message.get(SOFTWARE),
  username: (message) => message.get(USERNAME),
  priority: (message) => message.get(PRIORITY),
  useCandidate: (message) => message.get(USE_CANDIDATE),
  iceControlled: (message) => hex64(message.get(ICE_CONTROLLED)),
  iceControlling: (message) => hex64(message.get(ICE_CONTROLLING)),
  realm: (message) => message.get(REALM),
  nonce: (message) => message.get(NONCE),
  errorCode: (message) => message.get(ERROR_CODE)?.code,
  reason: (message) => message.get(ERROR_CODE)?.reason,
  alternateServer: (message) => message.get(ALTERNATE_SERVER)?.ip,
  alternatePort: (message) => message.get(ALTERNATE_SERVER)?.port,
  xorMappedPort: (message) => message.get(XOR_MAPPED_ADDRESS)?.port,
  xorMappedAddress: (message) =>
    message.get(XOR_MAPPED_ADDRESS)?.ip ?? (message.has(XOR_MAPPED_ADDRESS) ? "error" : undefined),
  longTermKey: (message, vector) => toHex(keyOf(message, vector)),
  integrity: (message, vector) => checkIntegrity(nodeProvider, message, keyOf(message, vector)),
  fingerprint: (message) => checkFingerprint(message),
  accept: (message, vector) =>
    checkFingerprint(message) !== "bad" &&
    checkIntegrity(nodeProvider, message, keyOf(message, vector)) === "ok",
  reply: (message) => ({ class: "error", code: 420, unknownAttributes: unknownRequired(message) }),
};

function keyOf(message: StunMessage, { password, passwordAfterSASLprep }: Vector): Uint8Array {
  if (passwordAfterSASLprep === undefined) return shortTermKey(password!);
  const realm = message.get(REALM)!;
  const username = message.get(USERNAME)!;
  return deriveKey(nodeProvider, MD5, { username, realm, password: passwordAfterSASLprep });
}

for (const vector of vectors as Vector[]) {
  Deno.test(`STUN vector: ${vector.name} (${vector.source})`, () => {
    const message = parseStun(fromHex(vector.message)!);
    if (vector.expect.parse === "error") return assertEquals(message, undefined);
    assert(message !== undefined, "parses");
    for (const [what, expected] of Object.entries(vector.expect)) {
      assertEquals(CHECKS[what]!(message, vector), expected, what);
    }
  });
}
