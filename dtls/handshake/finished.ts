import { AlertDescription } from "../alert.ts";
import type { Secrets } from "../keys/secrets.ts";
import { parseFinished } from "../messages/finished.ts";
import { type DtlsRole, HandshakeType } from "../protocol.ts";
import type { HandshakeContext } from "./context.ts";
import type { HandshakeMessage } from "./message.ts";
import { HandshakeFailure } from "./state.ts";

/** Prepares ChangeCipherSpec and our Finished, the end of a flight. */
export function addFinished(context: HandshakeContext, secrets: Secrets): void {
  const verifyData = secrets.verifyData(context.config.role, context.transcript.hash());
  context.addChangeCipherSpec();
  context.add(HandshakeType.finished, (writer) => writer.bytes(verifyData));
}

/** Checks the peer's Finished against everything that came before it (RFC 5246 section 7.4.9); undefined if it is good. */
export function verifyFinished(
  message: HandshakeMessage,
  sender: DtlsRole,
  context: HandshakeContext,
  secrets: Secrets,
): HandshakeFailure | undefined {
  const verifyData = parseFinished(message.body);
  if (verifyData === undefined) {
    return new HandshakeFailure(AlertDescription.decodeError, "malformed Finished");
  }
  const expected = secrets.verifyData(sender, context.transcript.hash());
  return context.crypto.equal(verifyData, expected)
    ? undefined
    : new HandshakeFailure(AlertDescription.decryptError, "the peer's Finished is wrong");
}
