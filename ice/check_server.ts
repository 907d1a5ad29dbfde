import type { Millis } from "../core/stage/mod.ts";
import type { Datagram } from "../core/wire/mod.ts";
import type { IceContext, IceDiscard } from "./context.ts";
import type { IceSession } from "./session.ts";
import {
  BINDING,
  checkIntegrity,
  ERROR_CODE,
  MESSAGE_INTEGRITY,
  NOMINATION,
  PRIORITY,
  shortTermKey,
  StunBuilder,
  type StunMessage,
  UNKNOWN_ATTRIBUTES,
  unknownRequired,
  USE_CANDIDATE,
  USERNAME,
  XOR_MAPPED_ADDRESS,
} from "./stun/mod.ts";

const REASONS = {
  400: "Bad Request",
  401: "Unauthenticated",
  420: "Unknown Attribute",
  487: "Role Conflict",
} as const;

/** The server side of connectivity checks, of all sessions that live (RFC 8445 section 7.3). */
export class CheckServer {
  readonly #context: IceContext;
  readonly #sessions: () => readonly IceSession[];

  constructor(context: IceContext, sessions: () => readonly IceSession[]) {
    this.#context = context;
    this.#sessions = sessions;
  }

  /** Authenticates a request, answers it, and hands an accepted one to its session. */
  handleRequest(request: StunMessage, datagram: Datagram, now: Millis): void {
    const session = this.#authenticate(request, datagram);
    if (session === undefined) return;
    const { password } = session.local;
    const unknown = unknownRequired(request);
    if (unknown.length > 0) {
      this.#refuse(request, datagram, 420, "unknown comprehension-required attribute", password);
    } else if (!this.#context.role.accepts(request)) {
      this.#refuse(request, datagram, 487, "role conflict", password);
    } else {
      this.#accept(request, datagram, session, now);
    }
  }

  /** RFC 8489 section 9.1.3; the username must begin with the fragment of a session in progress (RFC 8445 section 7.3). */
  #authenticate(request: StunMessage, datagram: Datagram): IceSession | undefined {
    const username = request.get(USERNAME);
    if (username === undefined || request.raw(MESSAGE_INTEGRITY) === undefined) {
      return this.#refuse(request, datagram, 400, "check without credentials");
    }
    const { local, remote } = splitUsername(username);
    const session = this.#sessions().find((each) => each.local.usernameFragment === local);
    if (session === undefined) {
      return this.#refuse(request, datagram, 401, "check for an unknown username fragment");
    }
    if (session.remote !== undefined && session.remote.usernameFragment !== remote) {
      return this.#refuse(request, datagram, 401, "check from an unknown username fragment");
    }
    const key = shortTermKey(session.local.password);
    if (checkIntegrity(this.#context.crypto, request, key) !== "ok") {
      return this.#refuse(request, datagram, 401, "check with wrong integrity");
    }
    return session;
  }

  #accept(request: StunMessage, datagram: Datagram, session: IceSession, now: Millis): void {
    const { local, remote } = datagram;
    const response = new StunBuilder("success", BINDING, request.transactionId)
      .add(XOR_MAPPED_ADDRESS, remote);
    this.#answer(response, datagram, session.local.password);
    session.handleCheck({
      base: local,
      source: remote,
      priority: request.get(PRIORITY) ?? 0,
      useCandidate: request.has(USE_CANDIDATE),
      nomination: request.get(NOMINATION),
      remoteFragment: splitUsername(request.get(USERNAME) ?? "").remote,
    }, now);
  }

  /** An answer to what could not be authenticated has no integrity itself (RFC 8489 section 9.1.3), so a peer can't act on it. */
  #refuse(
    request: StunMessage,
    datagram: Datagram,
    code: keyof typeof REASONS,
    discard: IceDiscard,
    password?: string,
  ): undefined {
    this.#context.discards.add(discard);
    const response = new StunBuilder("error", BINDING, request.transactionId)
      .add(ERROR_CODE, { code, reason: REASONS[code] });
    if (code === 420) response.add(UNKNOWN_ATTRIBUTES, unknownRequired(request));
    this.#answer(response, datagram, password);
  }

  #answer(response: StunBuilder, { local, remote }: Datagram, password?: string): void {
    const { crypto, send } = this.#context;
    if (password !== undefined) response.integrity(crypto, shortTermKey(password));
    send({ data: response.fingerprint().finish(), local, remote });
  }
}

/** Of a received check the first fragment is this agent's, the second the peer's (RFC 8445 section 7.2.2). */
function splitUsername(username: string): { local: string; remote: string } {
  const colon = username.indexOf(":");
  if (colon < 0) return { local: username, remote: "" };
  return { local: username.slice(0, colon), remote: username.slice(colon + 1) };
}
