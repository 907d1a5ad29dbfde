import type { Millis } from "../../core/stage/mod.ts";
import { SERVER_UNREACHABLE } from "../server_error.ts";
import { ERROR_CODE, REALM, type StunError } from "../stun/attributes.ts";
import { StunBuilder } from "../stun/builder.ts";
import type { StunMessage } from "../stun/message.ts";
import {
  type ClientTransaction,
  ClientTransactions,
  type RetransmissionTimings,
  transactionTimeout,
} from "../stun/transactions.ts";
import { LongTermCredential } from "./long_term_credential.ts";
import type { ServerPath, TurnContext, TurnServer } from "./turn_context.ts";

/** Requests that await answers at a time: one for each permission and channel, and that for the allocation itself. */
const MAX_REQUESTS = 128;

/** How often one request is sent anew because the server wants other credentials or another nonce; one that is endless in it lies. */
const MAX_CHALLENGES = 4;

/** Something asked of a server. Exactly one of the two endings is called, once. */
export interface TurnRequest {
  /** The method. */
  readonly method: number;
  /** Writes the attributes, without those of the credential. */
  write(builder: StunBuilder): void;
  /** The server did it. */
  succeeded(message: StunMessage, now: Millis): void;
  /** The server refused; without a message, it was not to be had. */
  failed(error: StunError, now: Millis, message?: StunMessage): void;
}

/** One try of a request. */
interface Try {
  readonly request: TurnRequest;
  /** The realm that it was signed for; undefined for one that was not signed. */
  readonly realm: string | undefined;
  readonly challenges: number;
}

/** Requests to one TURN server over one path, with its credential (RFC 8656 section 5). */
export class TurnRequests {
  readonly #context: TurnContext;
  readonly #path: ServerPath;
  readonly #credential: LongTermCredential;
  readonly #timings: RetransmissionTimings;
  readonly #transactions: ClientTransactions<Try>;

  constructor(context: TurnContext, path: ServerPath, server: TurnServer) {
    const { gathering } = context.timings;
    this.#context = context;
    this.#path = path;
    this.#credential = new LongTermCredential(context.crypto, server.username, server.credential);
    // RFC 8489 section 6.2.2: over a stream nothing is retransmitted, and the wait is as long as all tries would take.
    this.#timings = path.remote.protocol === "udp"
      ? gathering
      : { ...gathering, rto: transactionTimeout(gathering), rc: 1, rm: 1 };
    this.#transactions = new ClientTransactions(MAX_REQUESTS, context.transmit);
  }

  /** When {@linkcode TurnRequests.handleTimeout} has something to do. */
  get nextTimeout(): Millis | undefined {
    return this.#transactions.nextTimeout;
  }

  /** Sends a request. */
  send(request: TurnRequest, now: Millis): void {
    this.#try(request, 0, now);
  }

  /** Sends a request whose answer nobody waits for. */
  sendOnce(request: Pick<TurnRequest, "method" | "write">): void {
    this.#context.transmit({ ...this.#path, data: this.#write(request, this.#newId()) });
  }

  /** Takes an answer; false if it belongs to no request. */
  handleResponse(message: StunMessage, now: Millis): boolean {
    const transaction = this.#transactions.find(message.transactionId);
    if (transaction === undefined) return false;
    const code = message.messageClass === "error" ? message.get(ERROR_CODE)?.code : undefined;
    const { realm } = transaction.subject;
    if (code === 401 || code === 438) this.#challenged(transaction, message, now);
    else if (realm !== undefined && !this.#credential.verify(message)) {
      // RFC 8489 section 9.2.5: as if it had never arrived; the true answer may yet come.
      this.#context.discards.add("TURN answer without valid integrity");
    } else this.#answered(transaction, message, now);
    return true;
  }

  /** Retransmits, and ends what had its time. */
  handleTimeout(now: Millis): void {
    for (const { subject: { request } } of this.#transactions.handleTimeout(now)) {
      request.failed(
        { code: SERVER_UNREACHABLE, reason: "The TURN server did not answer" },
        now,
      );
    }
  }

  /** Forgets every request; none of them ends any more. */
  clear(): void {
    this.#transactions.clear();
  }

  #try(request: TurnRequest, challenges: number, now: Millis): void {
    const id = this.#newId();
    const transaction = this.#transactions.start({
      id,
      data: this.#write(request, id),
      ...this.#path,
      subject: { request, realm: this.#credential.realm, challenges },
      timings: this.#timings,
    }, now);
    if (transaction !== undefined) return;
    this.#context.discards.add("too many transactions");
    request.failed({ code: SERVER_UNREACHABLE, reason: "Too many requests" }, now);
  }

  #write(request: Pick<TurnRequest, "method" | "write">, id: Uint8Array): Uint8Array {
    const builder = new StunBuilder("request", request.method, id);
    request.write(builder);
    this.#credential.sign(builder);
    return builder.fingerprint().finish();
  }

  #newId(): Uint8Array {
    return this.#context.crypto.random(12);
  }

  /** RFC 8489 section 9.2.5: tries again with what the server asks for, if that is something new. */
  #challenged(transaction: ClientTransaction<Try>, message: StunMessage, now: Millis): void {
    const { request, realm, challenges } = transaction.subject;
    const error = message.get(ERROR_CODE)!;
    this.#transactions.finish(transaction);
    const sameCredential = realm !== undefined && (message.get(REALM) ?? realm) === realm;
    if (challenges >= MAX_CHALLENGES || (error.code === 401 && sameCredential)) {
      return request.failed(error, now, message);
    }
    const refusal = this.#credential.take(message);
    if (refusal === undefined) this.#try(request, challenges + 1, now);
    else request.failed({ code: error.code, reason: refusal }, now, message);
  }

  #answered(transaction: ClientTransaction<Try>, message: StunMessage, now: Millis): void {
    const { request } = transaction.subject;
    this.#transactions.finish(transaction);
    if (message.messageClass === "success") return request.succeeded(message, now);
    const error = message.get(ERROR_CODE) ??
      { code: SERVER_UNREACHABLE, reason: "Malformed answer" };
    request.failed(error, now, message);
  }
}
