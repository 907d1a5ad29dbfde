import type { CryptoProvider } from "../core/crypto/provider.ts";
import { Discards, type Layer, type Millis, type Outputs } from "../core/stage/mod.ts";
import { bytesEqual } from "../core/wire/mod.ts";
import type { SrtpDiscard } from "./discards.ts";
import type { SrtpEvent, SrtpState } from "./event.ts";
import type { SrtpKeys } from "./keying_material.ts";
import type { SrtpPacket } from "./packet.ts";
import { Session } from "./session.ts";

/** Packets that are kept while there are no keys: media may overtake the end of the DTLS handshake by a moment. */
const MAX_EARLY_PACKETS = 16;
/** Longer ones are not kept: no packet of a path with an ordinary MTU is. */
const MAX_EARLY_PACKET_LENGTH = 1500;

/** How an `SrtpEndpoint` is set up. */
export interface SrtpOptions {
  /** Where ciphers come from. */
  readonly crypto: CryptoProvider;
}

/**
 * One end of SRTP and SRTCP (RFC 3711, RFC 7714) with keys from DTLS (RFC 5764).
 *
 * Below are protected packets, both protocols on one path (RFC 5761); above are plain ones. Nothing passes before
 * {@linkcode SrtpEndpoint.setKeys}, except that the first few packets from below are kept for it. A wrong tag, a packet that came
 * before, or one that is malformed is dropped and counted, and changes nothing.
 *
 * @example
 * ```ts
 * import { keyingMaterialLength, SrtpEndpoint, type SrtpEvent, type SrtpPacket } from "@heron/webrtc/srtp";
 * import { emptyOutputs, nodeProvider as crypto } from "@heron/webrtc/core";
 * import { assertEquals } from "@std/assert";
 *
 * const profile = 0x0007; // AEAD_AES_128_GCM
 * const keyingMaterial = crypto.random(keyingMaterialLength(profile)); // from the exporter of DTLS
 * const alice = new SrtpEndpoint({ crypto }), bob = new SrtpEndpoint({ crypto });
 * alice.setKeys({ profile, keyingMaterial, role: "client" }, 0);
 * bob.setKeys({ profile, keyingMaterial, role: "server" }, 0);
 *
 * const data = Uint8Array.of(0x80, 96, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 104, 105); // an RTP packet that says "hi"
 * alice.handleOutbound([{ kind: "rtp", data }], 0);
 * const sent = emptyOutputs<Uint8Array, SrtpPacket, SrtpEvent>(), received = emptyOutputs<Uint8Array, SrtpPacket, SrtpEvent>();
 * alice.poll(sent);
 * assertEquals(sent.below[0]!.length, data.length + 16);
 *
 * bob.handleInbound([...sent.below, ...sent.below], 0); // the second one is a replay
 * bob.poll(received);
 * assertEquals(received.above, [{ kind: "rtp", data }]);
 * assertEquals(bob.discards.of("replayed"), 1);
 * for (const end of [alice, bob]) end.close(0); // frees the ciphers
 * ```
 */
export class SrtpEndpoint implements Layer<Uint8Array, SrtpPacket, SrtpEvent> {
  /** What was dropped, and why. */
  readonly discards: Discards<SrtpDiscard> = new Discards<SrtpDiscard>();
  readonly #crypto: CryptoProvider;
  #state: SrtpState = "new";
  #profile: number | undefined;
  #session: Session | undefined;
  #keyingMaterial: Uint8Array | undefined;
  #early: Uint8Array[] = [];
  readonly #below: Uint8Array[] = [];
  readonly #above: SrtpPacket[] = [];
  readonly #events: SrtpEvent[] = [];

  /** Makes an endpoint without keys. */
  constructor(options: SrtpOptions) {
    this.#crypto = options.crypto;
  }

  /** Whether there are keys, and whether it is over. */
  get state(): SrtpState {
    return this.#state;
  }

  /** The number of the protection profile in use_srtp; undefined before there are keys. */
  get profile(): number | undefined {
    return this.#profile;
  }

  /** Streams of the peer whose state is kept, those of SRTP and of SRTCP counted apart: at most 2048. */
  get inboundStreams(): number {
    if (this.#session === undefined) return 0;
    const { srtpReceiver, srtcpReceiver } = this.#session;
    return srtpReceiver.opener.streams.size + srtcpReceiver.opener.streams.size;
  }

  /** Always undefined: SRTP waits for nothing. */
  get nextTimeout(): Millis | undefined {
    return undefined;
  }

  /** Always 0: what comes from above leaves at once. */
  get backlog(): number {
    return 0;
  }

  get done(): boolean {
    return this.#state === "closed";
  }

  /** Always undefined: nothing that a peer sends is fatal. */
  get failure(): Error | undefined {
    return undefined;
  }

  /**
   * Sets the keys, and opens what has come already. Does nothing once closed.
   *
   * Those of another DTLS association (RFC 8842 section 5.1) take the place of the ones before: every stream begins anew with them.
   *
   * @throws {DOMException} InvalidStateError if these are the keys that are in use: indexes would start anew, and nonces repeat
   * @throws {TypeError} if the profile is unknown
   * @throws {RangeError} if the keying material has not the length that the profile needs
   */
  setKeys(keys: SrtpKeys, now: Millis): void {
    if (this.#state === "closed") return;
    if (
      this.#keyingMaterial !== undefined && bytesEqual(this.#keyingMaterial, keys.keyingMaterial)
    ) {
      throw new DOMException("These keys have been set before", "InvalidStateError");
    }
    const session = new Session(this.#crypto, keys, this.discards, this.#below, this.#above);
    this.#session?.[Symbol.dispose]();
    this.#session = session;
    this.#keyingMaterial = keys.keyingMaterial.slice();
    this.#profile = keys.profile;
    if (this.#state === "new") this.#enter("connected");
    this.#session.receive(this.#early, now);
    this.#early = [];
  }

  handleInbound(batch: readonly Uint8Array[], now: Millis): void {
    if (this.#session !== undefined) return this.#session.receive(batch, now);
    if (this.done) return this.discards.add("after the end", batch.length);
    for (const packet of batch) this.#keep(packet);
  }

  handleOutbound(batch: readonly SrtpPacket[], _now: Millis): void {
    if (this.#session !== undefined) return this.#session.send(batch);
    this.discards.add(this.done ? "after the end" : "before the keys", batch.length);
  }

  handleTimeout(_now: Millis): void {}

  handleEnd(_now: Millis): void {
    this.#end();
  }

  /** Ends at once: SRTP has no goodbye of its own (RTCP's BYE comes from above). */
  close(_now: Millis): void {
    this.#end();
  }

  poll(out: Outputs<Uint8Array, SrtpPacket, SrtpEvent>): void {
    for (const packet of this.#below) out.below.push(packet);
    for (const packet of this.#above) out.above.push(packet);
    for (const event of this.#events) out.events.push(event);
    this.#below.length = 0;
    this.#above.length = 0;
    this.#events.length = 0;
  }

  /** Keeps a copy, since the bytes may be a view of a larger buffer. */
  #keep(packet: Uint8Array): void {
    if (this.#early.length >= MAX_EARLY_PACKETS || packet.length > MAX_EARLY_PACKET_LENGTH) {
      return this.discards.add("early packet");
    }
    this.#early.push(packet.slice());
  }

  #end(): void {
    if (this.done) return;
    this.#session?.[Symbol.dispose]();
    this.#session = this.#keyingMaterial = undefined;
    this.#early = [];
    this.#enter("closed");
  }

  #enter(state: SrtpState): void {
    this.#state = state;
    this.#events.push({ type: "state", state });
  }
}
