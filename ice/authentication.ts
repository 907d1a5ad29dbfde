import type { Millis } from "../core/stage/mod.ts";
import { type Datagram, sameAddress } from "../core/wire/mod.ts";
import type { Check } from "./candidate_pair.ts";
import type { IceContext } from "./context.ts";
import type { IceParameters } from "./parameters.ts";
import {
  BINDING,
  checkIntegrity,
  type ClientTransaction,
  ICE_CONTROLLED,
  ICE_CONTROLLING,
  NOMINATION,
  PRIORITY,
  shortTermKey,
  StunBuilder,
  type StunMessage,
  USE_CANDIDATE,
  USERNAME,
} from "./stun/mod.ts";

/** Both sides' parameters. */
export interface Credentials {
  readonly local: IceParameters;
  readonly remote: IceParameters;
}

/** A Binding request of this agent's with its transaction ID. */
export interface CheckRequest {
  readonly id: Uint8Array;
  readonly data: Uint8Array;
}

/** Writes a connectivity check (RFC 8445 sections 7.1 and 7.2.2). */
export function writeCheck(
  { crypto, role }: IceContext,
  { local, remote }: Credentials,
  check: Pick<Check, "priority" | "useCandidate" | "nomination">,
): CheckRequest {
  const id = crypto.random(12);
  const builder = new StunBuilder("request", BINDING, id)
    .add(USERNAME, `${remote.usernameFragment}:${local.usernameFragment}`)
    .add(role.controlling ? ICE_CONTROLLING : ICE_CONTROLLED, role.tieBreaker);
  if (check.useCandidate) builder.add(USE_CANDIDATE, true);
  if (check.useCandidate && check.nomination !== undefined) {
    builder.add(NOMINATION, check.nomination);
  }
  const data = builder
    .add(PRIORITY, check.priority)
    .integrity(crypto, shortTermKey(remote.password))
    .fingerprint()
    .finish();
  return { id, data };
}

/**
 * Whether an answer comes from the peer. One that does not is as if it had never arrived (RFC 8489 section 9.1.4), whatever it
 * says: a forged 487 or 401 changes nothing.
 */
export function isAuthentic(
  { crypto, discards }: IceContext,
  message: StunMessage,
  password: string,
): boolean {
  const verdict = checkIntegrity(crypto, message, shortTermKey(password));
  if (verdict === "absent") discards.add("answer without integrity");
  if (verdict === "bad") discards.add("answer with wrong integrity");
  return verdict === "ok";
}

/** Whether an answer came the way that its request went (RFC 8445 section 7.2.5.2.1). */
export function isSymmetric(
  { request }: ClientTransaction<unknown>,
  { local, remote }: Datagram,
): boolean {
  return sameAddress(request.local, local) && sameAddress(request.remote, remote);
}

/** Anything that sends requests and takes their answers. */
export interface StunClient {
  /** Takes an answer; false if it belongs to no request of this client. */
  handleResponse(message: StunMessage, datagram: Datagram, now: Millis): boolean;
}
