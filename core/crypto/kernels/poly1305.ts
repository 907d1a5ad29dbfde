import { POLY_KEY, RESULT } from "./layout";

/**
 * RFC 8439 section 2.5: the Poly1305 tag under (r, s) at POLY_KEY of whole blocks of 16 bytes, which is all that the AEAD ever
 * authenticates (section 2.8 pads). The tag goes to RESULT.
 *
 * The accumulator is h4..h0, words of 32 bits in 64-bit variables with lazy carries: h0..h3 stay below 2 * 2^32, and below 3 * 2^32
 * with a block added. Clamping leaves r's words below 2^28, so a sum of products is at most 3 * 2^60 * (1 + 3 * 5 / 4) < 2^64.
 * Reduction: 2^130 = 5 mod p. Clamping also clears the low two bits of r1..r3, so 2^128 * rN = (5 / 4) * rN is exact.
 */
export function poly1305(at: usize, length: i32): void {
  const r0: u64 = load<u32>(POLY_KEY) & 0x0fffffff; // RFC 8439 section 2.5.1: clamp
  const r1: u64 = load<u32>(POLY_KEY, 4) & 0x0ffffffc;
  const r2: u64 = load<u32>(POLY_KEY, 8) & 0x0ffffffc;
  const r3: u64 = load<u32>(POLY_KEY, 12) & 0x0ffffffc;
  const q0 = (r0 >> 2) * 5, r0low = r0 & 3; // r0 isn't divisible by 4: its low bits stay at 2^128
  const q1 = r1 + (r1 >> 2), q2 = r2 + (r2 >> 2), q3 = r3 + (r3 >> 2);
  let h0: u64 = 0, h1: u64 = 0, h2: u64 = 0, h3: u64 = 0, h4: u64 = 0;

  for (const end = at + length; at < end; at += 16) {
    h0 += load<u32>(at);
    h1 += load<u32>(at, 4);
    h2 += load<u32>(at, 8);
    h3 += load<u32>(at, 12);
    h4 += 1; // the bit above the block

    const p0 = h0 * r0 + h1 * q3 + h2 * q2 + h3 * q1 + h4 * q0;
    const p1 = h0 * r1 + h1 * r0 + h2 * q3 + h3 * q2 + h4 * q1;
    const p2 = h0 * r2 + h1 * r1 + h2 * r0 + h3 * q3 + h4 * q2;
    const p3 = h0 * r3 + h1 * r2 + h2 * r1 + h3 * r0 + h4 * q3;
    const p4 = h4 * r0low + (p3 >> 32);

    h0 = low(p0) + (p4 >> 2) * 5;
    h1 = low(p1) + (p0 >> 32);
    h2 = low(p2) + (p1 >> 32);
    h3 = low(p3) + (p2 >> 32);
    h4 = p4 & 3;
  }

  // h < 2 * p, so one conditional subtraction of p ends it: h >= p where h + 5 reaches 2^130.
  const excess = (carry(carry(carry(carry(h0 + 5) + h1) + h2) + h3) + h4) >> 2;
  const t0 = h0 + excess * 5 + load<u32>(POLY_KEY, 16); // and s is added, modulo 2^128
  const t1 = h1 + carry(t0) + load<u32>(POLY_KEY, 20);
  const t2 = h2 + carry(t1) + load<u32>(POLY_KEY, 24);
  const t3 = h3 + carry(t2) + load<u32>(POLY_KEY, 28);
  store<u32>(RESULT, t0 as u32);
  store<u32>(RESULT, t1 as u32, 4);
  store<u32>(RESULT, t2 as u32, 8);
  store<u32>(RESULT, t3 as u32, 12);
}

function low(x: u64): u64 {
  return x & 0xffffffff;
}

function carry(x: u64): u64 {
  return x >> 32;
}
