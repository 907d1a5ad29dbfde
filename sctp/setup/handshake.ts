import { type Millis, ProtocolError } from "../../core/stage/mod.ts";
import { Writer } from "../../core/wire/mod.ts";
import { buildCookieAck, buildCookieEcho } from "../chunks/cookie.ts";
import { buildAbort, buildError, CauseCode } from "../chunks/error_cause.ts";
import { buildInit, buildInitAck, type InitFields, parseInit } from "../chunks/init.ts";
import { ASSOCIATION_MAX_RETRANS, MAX_STREAMS, RECEIVE_BUFFER, RTO_INITIAL } from "../constants.ts";
import type { SctpDiscard } from "../items.ts";
import type { Tcb } from "../tcb.ts";
import type { Parameter } from "../chunks/parameter.ts";
import { peerOf, type PeerParameters } from "./peer_parameters.ts";
import { CookieJar, staleness, type StateCookie } from "./state_cookie.ts";

/**
 * Setting an association up (RFC 9260 section 5): INIT, INIT ACK, COOKIE ECHO, COOKIE ACK.
 *
 * ```text
 * CLOSED -- INIT -> COOKIE-WAIT -- INIT ACK / COOKIE ECHO -> COOKIE-ECHOED -- COOKIE ACK -> ESTABLISHED
 * any of the first three -- COOKIE ECHO / COOKIE ACK -> ESTABLISHED
 * ```
 *
 * Both sides of a peer connection send an INIT, so the collision of RFC 9260 section 5.2.1 is the normal case. It works out since
 * every INIT ACK but a restart's has the tag and TSN of our own INIT.
 */
export class Handshake {
  readonly #tcb: Tcb;
  readonly #cookies: CookieJar;
  #attempts = 0;
  #cookieEcho: Uint8Array[] = [];
  /** Whether an INIT or INIT ACK has told the peer that a checksum of zero is accepted. */
  hasOffered = false;

  constructor(tcb: Tcb) {
    this.#tcb = tcb;
    this.#cookies = new CookieJar(tcb.crypto);
  }

  /** Sends an INIT, unless the peer was faster. */
  connect(now: Millis): void {
    if (this.#tcb.state !== "CLOSED") return;
    this.#tcb.enter("COOKIE-WAIT");
    this.#sendInit(now);
  }

  /** Answers an INIT (RFC 9260 sections 5.1, 5.2.1 and 5.2.2). Our state stays as it is: the cookie keeps the peer's. */
  handleInit(value: Uint8Array, now: Millis): boolean {
    const init = parseInit(value);
    if (init === undefined) return false;
    const tcb = this.#tcb;
    const exists = tcb.state !== "CLOSED" && tcb.state !== "COOKIE-WAIT" &&
      tcb.state !== "COOKIE-ECHOED";
    // RFC 9260 section 5.2.2: while an association exists, a new tag is offered, and the tie-tags tell which one it was.
    const localTag = exists ? tcb.newTag() : tcb.localTag;
    const cookie = this.#cookies.seal({
      created: now,
      localTag,
      localTieTag: exists ? tcb.localTag : 0,
      peerTieTag: exists ? tcb.peer!.tag : 0,
      peer: peerOf(init),
    });
    // RFC 9653 section 4 leaves it free. Stacks of before 2024 (pion, str0m) drop an INIT ACK that has a parameter they don't know,
    // and get through by an INIT of their own: so what theirs doesn't have is not offered in return.
    const zeroChecksum = tcb.offersZeroChecksum && init.zeroChecksum;
    this.hasOffered ||= zeroChecksum;
    const fields = { ...this.#fields(), initiateTag: localTag };
    tcb.sendAlone(
      init.initiateTag,
      buildInitAck(fields, zeroChecksum, cookie, init.unrecognized),
    );
    return true;
  }

  /** Returns the cookie of an INIT ACK (RFC 9260 section 5.1, step C). */
  handleInitAck(value: Uint8Array, now: Millis): boolean {
    // RFC 9260 section 5.2.3: in other states it is an old one.
    if (this.#tcb.state !== "COOKIE-WAIT") return false;
    const initAck = parseInit(value);
    if (initAck?.stateCookie === undefined) return false;
    this.#tcb.timers.clear("T1-init");
    this.#tcb.peer = peerOf(initAck);
    this.#cookieEcho = [buildCookieEcho(initAck.stateCookie)];
    if (initAck.unrecognized.length > 0) {
      this.#cookieEcho.push(
        buildError(CauseCode.UNRECOGNIZED_PARAMETERS, listed(initAck.unrecognized)),
      );
    }
    this.#attempts = 0;
    this.#tcb.enter("COOKIE-ECHOED");
    this.#sendCookieEcho(now);
    return true;
  }

  /** Takes a cookie back (RFC 9260 sections 5.1.5 and 5.2.4), or says why not; `verificationTag` is the packet's. */
  handleCookieEcho(
    value: Uint8Array,
    verificationTag: number,
    now: Millis,
  ): SctpDiscard | undefined {
    const cookie = this.#cookies.open(value);
    if (cookie === undefined || cookie.localTag !== verificationTag) return "bad cookie";
    const late = staleness(cookie, now);
    const known = this.#tcb.peer?.tag === cookie.peer.tag && this.#tcb.localTag === cookie.localTag;
    // RFC 9260 section 5.1.5, step 4: but a cookie that matches the association is good however old it is.
    if (late > 0 && !known) {
      this.#reportStale(cookie.peer, late);
      return "stale cookie";
    }
    return this.#acceptCookie(cookie, now);
  }

  /** The peer has accepted our cookie. */
  handleCookieAck(now: Millis): void {
    // RFC 9260 section 5.2.5: in other states it is dropped silently. After a collision there is one.
    if (this.#tcb.state === "COOKIE-ECHOED") this.#tcb.establish(this.#tcb.peer!, now);
  }

  /** The peer calls our cookie stale: another INIT, another cookie (RFC 9260 section 5.2.6). */
  handleStaleCookie(now: Millis): void {
    if (this.#tcb.state !== "COOKIE-ECHOED") return;
    this.#tcb.timers.clear("T1-cookie");
    this.#tcb.peer = undefined;
    this.#tcb.enter("COOKIE-WAIT");
    this.#sendInit(now);
  }

  /** T1-init or T1-cookie has expired (RFC 9260 section 5.1, RFC 9260 section 4). */
  handleTimeout(now: Millis): void {
    if (++this.#attempts > ASSOCIATION_MAX_RETRANS) {
      this.#tcb.end(new ProtocolError("sctp", "The peer does not answer the association's set-up"));
    } else if (this.#tcb.state === "COOKIE-WAIT") {
      this.#sendInit(now);
    } else if (this.#tcb.state === "COOKIE-ECHOED") {
      this.#sendCookieEcho(now);
    }
  }

  /** The table of RFC 9260 section 5.2.4. */
  #acceptCookie(cookie: StateCookie, now: Millis): SctpDiscard | undefined {
    const tcb = this.#tcb;
    const settingUp = tcb.state === "CLOSED" || tcb.state === "COOKIE-WAIT" ||
      tcb.state === "COOKIE-ECHOED";
    if (cookie.localTag !== tcb.localTag) {
      const restart = cookie.localTieTag === tcb.localTag && cookie.peerTieTag === tcb.peer?.tag;
      if (!restart) return "stale cookie"; // Action C.
      // Deviation: action A of RFC 9260 section 5.2.4 restarts the association. Inside one DTLS connection a restart means that the
      // peer's SCTP has lost its state while its DTLS has not; no data channel could survive that.
      tcb.sendAlone(
        tcb.peer!.tag,
        buildAbort({ code: CauseCode.PROTOCOL_VIOLATION, text: "restart" }),
      );
      tcb.end(new ProtocolError("sctp", "The peer has restarted the association"));
      return undefined;
    }
    if (!settingUp) {
      // Action D, once more: our COOKIE ACK was lost. Action B comes too late by now.
      if (tcb.peer?.tag !== cookie.peer.tag) return "stale cookie";
      tcb.send(buildCookieAck());
      return undefined;
    }
    // Actions B and D, and RFC 9260 section 5.1, step D.
    tcb.send(buildCookieAck());
    tcb.establish(cookie.peer, now);
    return undefined;
  }

  #reportStale(peer: PeerParameters, late: Millis): void {
    const staleFor = new Writer(4);
    // RFC 9260 section 3.3.10.3: in microseconds.
    staleFor.u32(Math.min(0xffff_ffff, Math.ceil(late * 1000)));
    this.#tcb.sendAlone(peer.tag, buildError(CauseCode.STALE_COOKIE, staleFor.finish()));
  }

  #sendInit(now: Millis): void {
    this.hasOffered = true;
    this.#tcb.sendAlone(0, buildInit(this.#fields(), this.#tcb.offersZeroChecksum));
    this.#tcb.timers.set("T1-init", now + RTO_INITIAL);
  }

  #sendCookieEcho(now: Millis): void {
    this.#tcb.sendAlone(this.#tcb.peer!.tag, ...this.#cookieEcho);
    this.#tcb.timers.set("T1-cookie", now + RTO_INITIAL);
  }

  #fields(): InitFields {
    return {
      initiateTag: this.#tcb.localTag,
      aRwnd: RECEIVE_BUFFER,
      outboundStreams: MAX_STREAMS,
      inboundStreams: MAX_STREAMS,
      initialTsn: this.#tcb.localInitialTsn,
    };
  }
}

/** Unknown parameters as they were, one after the other (RFC 9260 section 3.3.10.8). */
function listed(parameters: readonly Parameter[]): Uint8Array {
  const writer = new Writer(64);
  for (const { type, value } of parameters) {
    writer.align(4);
    writer.u16(type);
    writer.u16(4 + value.length);
    writer.bytes(value);
  }
  return writer.finish();
}
