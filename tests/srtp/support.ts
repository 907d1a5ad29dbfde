import { crypto } from "../support/freeing_provider.ts";
import { emptyOutputs } from "../../core/stage/mod.ts";
import { concat } from "../../core/wire/mod.ts";
import {
  keyingMaterialLength,
  SRTP_PROTECTION_PROFILES,
  SrtpEndpoint,
  type SrtpEvent,
  type SrtpPacket,
} from "../../srtp/mod.ts";
import { Random } from "../support/random.ts";

export { crypto };

/** Every profile by its number. */
export const PROFILES: readonly number[] = SRTP_PROTECTION_PROFILES.map(({ id }) => id);

/** The same keys for every test; client's and server's differ. */
export function keyingMaterial(profile: number): Uint8Array {
  return new Random(profile).bytes(keyingMaterialLength(profile));
}

/** An endpoint that has its keys; client and server understand each other. */
export function endpoint(
  profile: number,
  role: "client" | "server",
  provider = crypto,
): SrtpEndpoint {
  const one = new SrtpEndpoint({ crypto: provider });
  one.setKeys({ profile, keyingMaterial: keyingMaterial(profile), role }, 1000);
  return one;
}

/** Two endpoints that understand each other. */
export function ends(profile: number): { client: SrtpEndpoint; server: SrtpEndpoint } {
  return { client: endpoint(profile, "client"), server: endpoint(profile, "server") };
}

export interface RtpFields {
  sequenceNumber?: number;
  ssrc?: number;
  /** Bytes of payload, each the low byte of the sequence number; 20 by default. */
  length?: number;
  csrcs?: number;
  /** Words of header extension. */
  extension?: number;
}

/** An RTP packet. */
export function rtp(fields: RtpFields = {}): Uint8Array {
  const { sequenceNumber = 1, ssrc = 0xcafebabe, length = 20, csrcs = 0, extension } = fields;
  const header = new DataView(new ArrayBuffer(12 + 4 * csrcs));
  header.setUint8(0, 0x80 | (extension === undefined ? 0 : 0x10) | csrcs);
  header.setUint8(1, 96);
  header.setUint16(2, sequenceNumber);
  header.setUint32(8, ssrc);
  const words = new Uint8Array(extension === undefined ? 0 : 4 + 4 * extension);
  if (extension !== undefined) words.set([0xbe, 0xde, extension >> 8, extension & 0xff]);
  const payload = new Uint8Array(length).fill(sequenceNumber & 0xff);
  return concat([new Uint8Array(header.buffer), words, payload]);
}

/** A receiver report without reports, and so many bytes behind it. */
export function rtcp(ssrc = 0xcafebabe, length = 12): Uint8Array {
  const packet = new Uint8Array(8 + length).fill(0x55);
  const view = new DataView(packet.buffer);
  view.setUint32(0, 0x80c9_0001);
  view.setUint32(4, ssrc);
  return packet;
}

export const asRtp = (data: Uint8Array): SrtpPacket => ({ kind: "rtp", data });
export const asRtcp = (data: Uint8Array): SrtpPacket => ({ kind: "rtcp", data });

/** What an endpoint has produced since the last time. */
export function poll(one: SrtpEndpoint) {
  const out = emptyOutputs<Uint8Array, SrtpPacket, SrtpEvent>();
  one.poll(out);
  return out;
}

/** Packets as they go over the wire. */
export function protect(sender: SrtpEndpoint, ...packets: SrtpPacket[]): Uint8Array[] {
  sender.handleOutbound(packets, 1000);
  return poll(sender).below;
}

/** What comes out of packets from the wire that arrive together. */
export function unprotect(receiver: SrtpEndpoint, packets: Uint8Array[], now = 1000): SrtpPacket[] {
  receiver.handleInbound(packets, now);
  return poll(receiver).above;
}

/** A copy with one bit flipped. */
export function flip(bytes: Uint8Array, at: number, bit = 0): Uint8Array {
  const flipped = bytes.slice();
  flipped[at]! ^= 1 << bit;
  return flipped;
}
