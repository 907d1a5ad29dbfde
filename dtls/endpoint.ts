import type { GroupName } from "../core/crypto/provider.ts";
import {
  Discards,
  type Layer,
  type Millis,
  type Outputs,
  ProtocolError,
  Timers,
} from "../core/stage/mod.ts";
import { Writer } from "../core/wire/mod.ts";
import { AlertDescription, AlertLevel, alertName, parseAlert, writeAlert } from "./alert.ts";
import { BoundedQueue } from "./bounded_queue.ts";
import type { CipherSuite } from "./cipher_suites.ts";
import type { DtlsDiscard } from "./discards.ts";
import type { DtlsEvent, DtlsState } from "./event.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { type Flight, packFlight } from "./handshake/flight.ts";
import { Handshake, type HandshakeHost } from "./handshake/handshake.ts";
import type { HandshakeFailure, Session } from "./handshake/state.ts";
import type { Secrets } from "./keys/secrets.ts";
import { type DtlsOptions, type ResolvedDtlsOptions, resolveOptions } from "./options.ts";
import { ContentType, DTLS_1_2, type DtlsRole } from "./protocol.ts";
import { MAX_PLAINTEXT_LENGTH } from "./record/header.ts";
import { RecordOpener } from "./record/opener.ts";
import { RecordReceiver, type RecordSink } from "./record/receiver.ts";
import { RecordSealer } from "./record/sealer.ts";
import { RecordSender } from "./record/sender.ts";

/** Datagrams that are kept while it is not known yet which role to play and which certificate to expect. */
const MAX_DATAGRAMS_BEFORE_START = 8;
const MAX_BYTES_BEFORE_START = 1 << 16;
/** What the side above may send before there are keys; it is of a protocol that sends again what got lost. */
const MAX_OUTBOUND_QUEUED = 64;
const MAX_OUTBOUND_QUEUED_BYTES = 1 << 16;
/** How long a handshake has to go on after an alert that anyone may have sent, before that alert is believed. */
const ALERT_GRACE: Millis = 500;
/** How long a close_notify waits for its answer before it is sent again, and how often it is sent. */
const CLOSE_NOTIFY_TIMEOUT: Millis = 150;
const CLOSE_NOTIFY_ATTEMPTS = 3;

/**
 * One end of a DTLS 1.2 association (RFC 6347) as WebRTC uses it: both sides have a certificate, and each knows the other's by its
 * fingerprint.
 *
 * Below are datagrams, above one plaintext for each record of application data. Nothing leaves on either side before the peer's
 * fingerprint, the proof of its key and its Finished have been checked.
 *
 * @example
 * ```ts
 * import { DtlsEndpoint, type DtlsEvent, fingerprintOf } from "@heron/webrtc/dtls";
 * import { emptyOutputs, nodeProvider as crypto } from "@heron/webrtc/core";
 * import { assertEquals } from "@std/assert";
 *
 * const ends = [0, 1].map(() => {
 *   const certificate = crypto.generateCertificate({ keyType: "ecdsa-p256", now: Date.now(), lifetime: 86_400_000 });
 *   return { certificate, endpoint: new DtlsEndpoint({ crypto, certificate }) };
 * });
 * const [client, server] = ends as [typeof ends[0], typeof ends[0]];
 * const print = (der: Uint8Array) => ({ algorithm: "sha-256", value: fingerprintOf(crypto, der, "sha-256") });
 * server.endpoint.start("server", [print(client.certificate.der)], 0);
 * client.endpoint.start("client", [print(server.certificate.der)], 0);
 *
 * let from = client, to = server;
 * for (let flight = 1; flight <= 6; flight++) { // carries what one end sends to the other
 *   const out = emptyOutputs<Uint8Array, Uint8Array, DtlsEvent>();
 *   from.endpoint.poll(out);
 *   to.endpoint.handleInbound(out.below, 0);
 *   [from, to] = [to, from];
 * }
 * assertEquals(client.endpoint.state, "connected");
 * assertEquals(client.endpoint.exportKeyingMaterial("test", 8), server.endpoint.exportKeyingMaterial("test", 8));
 * ```
 */
export class DtlsEndpoint implements Layer<Uint8Array, Uint8Array, DtlsEvent> {
  /** What was dropped, and why. */
  readonly discards: Discards<DtlsDiscard> = new Discards<DtlsDiscard>();
  readonly #options: ResolvedDtlsOptions;
  readonly #timers = new Timers<"handshake timeout" | "alert grace" | "close_notify">();
  readonly #beforeStart = new BoundedQueue(MAX_DATAGRAMS_BEFORE_START, MAX_BYTES_BEFORE_START);
  readonly #outboundQueue = new BoundedQueue(MAX_OUTBOUND_QUEUED, MAX_OUTBOUND_QUEUED_BYTES);
  readonly #sender = new RecordSender();
  readonly #receiver: RecordReceiver;
  readonly #host: HandshakeHost & RecordSink;
  #state: DtlsState = "new";
  #role: DtlsRole | undefined;
  #handshake: Handshake | undefined;
  #session: Session | undefined;
  #failure: ProtocolError | undefined;
  #done = false;
  /** An alert of the handshake that was not authentic, and how far the handshake was then. */
  #suspectAlert: { description: number; progress: number } | undefined;
  #closeNotifiesSent = 0;
  /** The time of the call in hand. */
  #now: Millis = 0;
  #below: Uint8Array[] = [];
  #above: Uint8Array[] = [];
  #events: DtlsEvent[] = [];

  /**
   * A new endpoint, which does nothing before `start`.
   *
   * @throws {TypeError} if a cipher suite is unknown, or nothing is left to offer
   * @throws {RangeError} if maxDatagramSize is too small
   */
  constructor(options: DtlsOptions) {
    this.#options = resolveOptions(options);
    this.#host = this.#makeHost();
    this.#receiver = new RecordReceiver(this.#host, this.discards);
  }

  /** As `RTCDtlsTransport.state` has it. */
  get state(): DtlsState {
    return this.#state;
  }

  /** Which end of the handshake this is; undefined before `start`. */
  get role(): DtlsRole | undefined {
    return this.#role;
  }

  /** DER of the peer's certificates, its own first; none before the state is "connected". */
  get remoteCertificates(): readonly Uint8Array[] {
    return this.#session?.remoteCertificates ?? [];
  }

  /** The negotiated SRTP protection profile; undefined if none was, or before the state is "connected". */
  get srtpProfile(): number | undefined {
    return this.#session?.srtpProfile;
  }

  /** The registered name of the cipher suite; undefined before the state is "connected". */
  get cipherSuite(): string | undefined {
    return this.#session?.suite.name;
  }

  /** The version as it stands on the wire: 0xFEFD; undefined before the state is "connected". */
  get tlsVersion(): number | undefined {
    return this.#session && DTLS_1_2;
  }

  /** The group of the key exchange; undefined before the state is "connected". */
  get group(): GroupName | undefined {
    return this.#session?.group;
  }

  get nextTimeout(): Millis | undefined {
    if (this.#done) return undefined;
    const timer = this.#timers.next;
    const flight = this.#handshake?.nextTimeout;
    if (timer === undefined || flight === undefined) return timer ?? flight;
    return Math.min(timer, flight);
  }

  get backlog(): number {
    return this.#outboundQueue.bytes;
  }

  get done(): boolean {
    return this.#done;
  }

  get failure(): ProtocolError | undefined {
    return this.#failure;
  }

  /**
   * Begins the handshake, or begins to wait for it. Does nothing once begun, or closed.
   *
   * @param role which end to be
   * @param remoteFingerprints what the signalling says of the peer's certificate
   */
  start(role: DtlsRole, remoteFingerprints: readonly Fingerprint[], now: Millis): void {
    if (this.#state !== "new") return;
    this.#now = now;
    this.#role = role;
    this.#enter("connecting");
    this.#timers.set("handshake timeout", now + this.#options.handshakeTimeout);
    const config = { ...this.#options, role, remoteFingerprints };
    const { maxDatagramSize } = this.#options;
    this.#handshake = new Handshake(config, this.#host, this.discards, maxDatagramSize);
    this.#handshake.start(now);
    this.#receiver.receive(this.#beforeStart.take());
  }

  /**
   * Keying material for another protocol (RFC 5705 section 4), without a context value.
   *
   * @param label such as "EXTRACTOR-dtls_srtp"
   * @param length in bytes
   * @throws {DOMException} InvalidStateError before the handshake has been completed
   */
  exportKeyingMaterial(label: string, length: number): Uint8Array {
    if (this.#session === undefined) {
      throw new DOMException("There are no keys before the handshake is over", "InvalidStateError");
    }
    return this.#session.secrets.export(label, length);
  }

  handleInbound(batch: readonly Uint8Array[], now: Millis): void {
    this.#now = now;
    if (this.#done) return this.discards.add("after the end", batch.length);
    if (this.#state !== "new") return this.#receiver.receive(batch);
    for (const datagram of batch) {
      if (!this.#beforeStart.push(datagram)) this.discards.add("datagram before start");
    }
  }

  handleOutbound(batch: readonly Uint8Array[], now: Millis): void {
    this.#now = now;
    switch (this.#state) {
      case "connected":
        return this.#sendData(batch);
      case "new":
      case "connecting":
        for (const plaintext of batch) {
          if (!this.#outboundQueue.push(plaintext)) this.discards.add("outbound queue full");
        }
        return;
      default:
        this.discards.add("after the end", batch.length);
    }
  }

  handleTimeout(now: Millis): void {
    if (this.#done) return;
    this.#now = now;
    for (const timer of this.#timers.takeDue(now)) {
      if (this.#done) return;
      if (timer === "close_notify") this.#sendCloseNotify();
      else if (timer === "alert grace") this.#believeAlert();
      else this.#giveUp();
    }
    if (!this.#done) this.#handshake?.handleTimeout(now);
  }

  handleEnd(now: Millis): void {
    this.#now = now;
    this.#end("closed");
  }

  /** Says goodbye (RFC 5246 section 7.2.1) and waits a moment, at most half a second, for the peer to say the same. */
  close(now: Millis): void {
    this.#now = now;
    const wasConnected = this.#state === "connected";
    if (!wasConnected && this.#state !== "connecting") {
      if (this.#state === "new") this.#end("closed");
      return;
    }
    this.#timers.clearAll();
    this.#enter("closed");
    this.#sendCloseNotify();
    if (!wasConnected) this.#end("closed");
  }

  poll(out: Outputs<Uint8Array, Uint8Array, DtlsEvent>): void {
    for (const datagram of this.#below) out.below.push(datagram);
    for (const plaintext of this.#above) out.above.push(plaintext);
    for (const event of this.#events) out.events.push(event);
    this.#below.length = 0;
    this.#above.length = 0;
    this.#events.length = 0;
  }

  /** What the parts of this endpoint may do to it: not a public matter. */
  #makeHost(): HandshakeHost & RecordSink {
    return {
      sendFlight: (flight, size) => this.#sendFlight(flight, size),
      installKeys: (suite, secrets) => this.#installKeys(suite, secrets),
      adoptSequenceNumber: (number) => this.#sender.adoptSequenceNumber(number),
      handleEstablished: (session) => this.#handleEstablished(session),
      handleRefusal: (failure) => this.#handleRefusal(failure),
      handleApplicationData: (content) => this.#handleApplicationData(content),
      handleHandshakeRecord: (content, epoch, number) => {
        if (!this.#done) this.#handshake?.handleRecord(content, epoch, number, this.#now);
      },
      handleAlertRecord: (content, epoch) => this.#handleAlert(content, epoch),
    };
  }

  #handleApplicationData(content: Uint8Array): void {
    if (this.#state === "connected") this.#above.push(content);
    else this.discards.add("after the end");
  }

  #sendData(batch: readonly Uint8Array[]): void {
    const sealer = this.#sender.sealer!;
    let plaintexts = batch;
    if (batch.some((plaintext) => plaintext.length > MAX_PLAINTEXT_LENGTH)) {
      plaintexts = batch.filter((plaintext) => plaintext.length <= MAX_PLAINTEXT_LENGTH);
      this.discards.add("oversized plaintext", batch.length - plaintexts.length);
    }
    // RFC 6347 section 4.1: the association ends before its numbers wrap. The last ones are for the alert and a last flight.
    if (plaintexts.length > sealer.remaining - 64) {
      return this.#fail(AlertDescription.internalError, "the sequence numbers are used up");
    }
    for (const record of sealer.seal(ContentType.applicationData, plaintexts)) {
      this.#below.push(record);
    }
  }

  #sendFlight(flight: Flight, datagramSize: number): void {
    for (const datagram of packFlight(flight, this.#sender, datagramSize)) {
      this.#below.push(datagram);
    }
    if (flight.items.includes("ChangeCipherSpec")) this.#sender.changeCipherSpec();
  }

  #sendAlert(level: number, description: number): void {
    const writer = new Writer(2);
    writeAlert(writer, { level, description });
    this.#below.push(this.#sender.record(ContentType.alert, this.#sender.epoch, writer.finish()));
  }

  #installKeys(suite: CipherSuite, secrets: Secrets): void {
    const { crypto } = this.#options;
    const keys = secrets.keyBlock(suite);
    const [ours, theirs] = this.#role === "client"
      ? [keys.client, keys.server]
      : [keys.server, keys.client];
    this.#sender.install(new RecordSealer(crypto, suite, ours));
    this.#receiver.install(new RecordOpener(crypto, suite, theirs, this.discards));
  }

  #handleEstablished(session: Session): void {
    this.#session = session;
    this.#timers.clearAll();
    this.#receiver.establish();
    // Keys first: whoever needs them has them before the first plaintext and before anyone hears of "connected".
    this.#events.push({ type: "keys", srtpProfile: session.srtpProfile, role: this.#role! });
    this.#enter("connected");
    const queued = this.#outboundQueue.take();
    if (queued.length > 0) this.#sendData(queued);
  }

  #handleRefusal({ alert, reason }: HandshakeFailure): void {
    this.#fail(alert, reason);
  }

  #handleAlert(content: Uint8Array, epoch: 0 | 1): void {
    if (this.#done) return;
    const alert = parseAlert(content);
    if (alert === undefined) return this.discards.add("malformed alert");
    if (epoch === 0) this.#suspectAlertOf(alert.level, alert.description);
    else if (alert.description === AlertDescription.closeNotify) this.#handleCloseNotify();
    else if (alert.level !== AlertLevel.fatal) this.discards.add("warning alert");
    else if (this.#state === "closed") this.#end("closed"); // in answer to our close_notify it ends nothing that has not ended
    else this.#failByPeer(alert.description);
  }

  /**
   * Anyone can send an alert in the clear, but a peer without keys has no other way to say that it has given up. So it is believed
   * only if the handshake then makes no more progress (RFC 6347 section 4.1.2.7 lets a receiver ignore such a record).
   */
  #suspectAlertOf(level: number, description: number): void {
    this.discards.add("unauthenticated alert");
    if (level !== AlertLevel.fatal && description !== AlertDescription.closeNotify) return;
    if (this.#suspectAlert !== undefined || this.#state !== "connecting") return;
    this.#suspectAlert = { description, progress: this.#handshake!.progress };
    this.#timers.set("alert grace", this.#now + ALERT_GRACE);
  }

  #believeAlert(): void {
    const { description, progress } = this.#suspectAlert!;
    this.#suspectAlert = undefined;
    if (this.#handshake!.progress !== progress) return;
    if (description === AlertDescription.closeNotify) this.#end("closed");
    else this.#failByPeer(description);
  }

  /** The peer says goodbye: so do we, and drop what is still to be sent (RFC 5246 section 7.2.1). */
  #handleCloseNotify(): void {
    if (this.#state !== "closed") this.#sendAlert(AlertLevel.warning, AlertDescription.closeNotify);
    this.#end("closed");
  }

  #sendCloseNotify(): void {
    if (this.#closeNotifiesSent >= CLOSE_NOTIFY_ATTEMPTS) return this.#end("closed");
    this.#closeNotifiesSent++;
    this.#sendAlert(AlertLevel.warning, AlertDescription.closeNotify);
    this.#timers.set("close_notify", this.#now + CLOSE_NOTIFY_TIMEOUT);
  }

  #giveUp(): void {
    this.#fail(AlertDescription.handshakeFailure, "the handshake took too long");
  }

  #fail(description: number, reason: string): void {
    this.#sendAlert(AlertLevel.fatal, description);
    const message = `${reason} (${alertName(description)})`;
    this.#failure = new ProtocolError("dtls", message, { code: description });
    this.#end("failed");
  }

  #failByPeer(description: number): void {
    const message = `The peer has given up: ${alertName(description)}`;
    this.#failure = new ProtocolError("dtls", message, { code: description, received: true });
    this.#end("failed");
  }

  #end(state: "closed" | "failed"): void {
    this.#done = true;
    this.#sender.end();
    this.#receiver.end();
    this.#timers.clearAll();
    this.#outboundQueue.take();
    this.#beforeStart.take();
    this.#enter(state);
  }

  #enter(state: DtlsState): void {
    if (state === this.#state || this.#state === "failed") return;
    this.#state = state;
    this.#events.push(
      this.#failure === undefined
        ? { type: "state", state }
        : { type: "state", state, error: this.#failure },
    );
  }
}
