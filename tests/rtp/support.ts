import { fromHex } from "../../core/wire/mod.ts";
import { createRtpPacket, type RtpPacket, rtpPadding } from "../../rtp/mod.ts";
import type { Random } from "../support/random.ts";
import rtcp from "../vectors/rtcp.json" with { type: "json" };
import rtp from "../vectors/rtp.json" with { type: "json" };

/** A vector of rtp.json or rtcp.json. */
export interface Vector {
  readonly name: string;
  readonly codec?: string;
  readonly packet?: string;
  readonly payload?: string;
  readonly payloads?: string[];
  // deno-lint-ignore no-explicit-any
  readonly expect: any;
}

export const rtpVectors: readonly Vector[] = rtp as Vector[];
export const rtcpVectors: readonly Vector[] = rtcp as Vector[];

/** The vector of this name, which must be there. */
export function vector(list: readonly Vector[], name: string): Vector {
  const found = list.find((one) => one.name === name);
  if (found === undefined) throw new Error(`No vector is called "${name}"`);
  return found;
}

export function hex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error("Not hexadecimal");
  return bytes;
}

/** A packet with everything that a packet may have. */
export function randomPacket(random: Random): RtpPacket {
  const twoByte = random.chance(0.3);
  return createRtpPacket({
    marker: random.chance(0.5),
    payloadType: random.below(128),
    sequenceNumber: random.below(65536),
    timestamp: random.u32(),
    ssrc: random.u32(),
    csrcs: Array.from({ length: random.chance(0.3) ? random.below(16) : 0 }, () => random.u32()),
    extension: random.chance(0.5) ? undefined : {
      profile: random.chance(0.2) ? random.below(65536) : twoByte ? 0x1000 : 0xbede,
      data: random.bytes(4 * random.below(10)),
    },
    payload: random.bytes(random.below(200)),
    ...(random.chance(0.3) ? { padding: rtpPadding(1 + random.below(255)) } : {}),
  });
}
