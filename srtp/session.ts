import type { CryptoProvider } from "../core/crypto/provider.ts";
import type { Discards, Millis } from "../core/stage/mod.ts";
import type { SrtpDiscard } from "./discards.ts";
import { splitKeyingMaterial, type SrtpKeys } from "./keying_material.ts";
import { Opener } from "./opener.ts";
import { kindOf, type SrtpPacket } from "./packet.ts";
import { srtpProtectionProfile } from "./profiles.ts";
import { SrtcpReceiver } from "./srtcp_receiver.ts";
import { SrtcpSender } from "./srtcp_sender.ts";
import { SrtpReceiver } from "./srtp_receiver.ts";
import { SrtpSender } from "./srtp_sender.ts";
import { makeTransform } from "./transform/make_transform.ts";

/** Both protocols in both directions, under the keys of one DTLS association. */
export class Session implements Disposable {
  readonly srtpSender: SrtpSender;
  readonly srtcpSender: SrtcpSender;
  readonly srtpReceiver: SrtpReceiver;
  readonly srtcpReceiver: SrtcpReceiver;

  /**
   * Protected packets go to `below`, plain ones to `above`.
   *
   * @throws {TypeError} if the profile is unknown
   * @throws {RangeError} if the keying material has not the length that the profile needs
   */
  constructor(
    crypto: CryptoProvider,
    keys: SrtpKeys,
    discards: Discards<SrtpDiscard>,
    below: Uint8Array[],
    above: SrtpPacket[],
  ) {
    const profile = srtpProtectionProfile(keys.profile);
    const { ours, theirs } = splitKeyingMaterial(profile, keys);
    const opener = (kind: "rtp" | "rtcp") =>
      new Opener(kind, makeTransform(crypto, profile, theirs, kind), discards, above);
    this.srtpSender = new SrtpSender(
      makeTransform(crypto, profile, ours, "rtp"),
      discards,
      below,
    );
    this.srtcpSender = new SrtcpSender(
      makeTransform(crypto, profile, ours, "rtcp"),
      discards,
      below,
    );
    this.srtpReceiver = new SrtpReceiver(opener("rtp"), discards);
    const tagFollows = profile.cipher === "aes-cm" ? profile.rtcpTagLength : 0;
    this.srtcpReceiver = new SrtcpReceiver(opener("rtcp"), discards, tagFollows);
  }

  /** Protects packets. They leave in order: what one protocol has queued leaves before a packet of the other. */
  send(batch: readonly SrtpPacket[]): void {
    for (const { kind, data } of batch) {
      if (kind === "rtp") {
        this.srtcpSender.flush();
        this.srtpSender.queue(data);
      } else {
        this.srtpSender.flush();
        this.srtcpSender.queue(data);
      }
    }
    this.srtpSender.flush();
    this.srtcpSender.flush();
  }

  /** Opens packets, in order too. */
  receive(batch: readonly Uint8Array[], now: Millis): void {
    for (const packet of batch) {
      if (kindOf(packet) === "rtp") {
        this.srtcpReceiver.flush(now);
        this.srtpReceiver.queue(packet, now);
      } else {
        this.srtpReceiver.flush(now);
        this.srtcpReceiver.queue(packet, now);
      }
    }
    this.srtpReceiver.flush(now);
    this.srtcpReceiver.flush(now);
  }

  /** Frees the ciphers. */
  [Symbol.dispose](): void {
    this.srtpSender[Symbol.dispose]();
    this.srtcpSender[Symbol.dispose]();
    this.srtpReceiver[Symbol.dispose]();
    this.srtcpReceiver[Symbol.dispose]();
  }
}
