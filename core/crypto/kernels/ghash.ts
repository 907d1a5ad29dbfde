import { KEY, RESULT, STREAM, TABLES } from "./layout";

/*
 * GHASH (NIST SP 800-38D section 6.4) without carry-less multiplication and without secret-dependent addresses.
 *
 * A block is a polynomial over GF(2), and GCM's bit order makes byte j the coefficient of z^j, z = x^8. So
 *
 *     X * H = sum over b of z^b * S(b),   S(b)[j] = byte b of (X[j] * H)
 *
 * and X[j] * H is a look-up by X[j]'s two nibbles: sixteen entries, whose bytes b fill one vector register. A swizzle looks all
 * sixteen X[j] up at once, inside the register: its time depends on nothing. Four blocks share the shifts and the reduction:
 *
 *     Y = (Y + X0) * H^4 + X1 * H^3 + X2 * H^2 + X3 * H
 *
 * TABLES holds, for each byte b, eight such registers: high and low nibble for H^4, H^3, H^2, H.
 */
const COLUMN: usize = 128;

/** Fills TABLES for the hash subkey H at KEY. */
export function ghashKey(): void {
  const h = v128.load(KEY);
  fill(3, h);
  const h2 = multiply(h);
  fill(2, h2);
  const h3 = multiply(h2);
  fill(1, h3);
  fill(0, multiply(h3));
}

/** GHASH of whole blocks, to RESULT. Up to three blocks before `at` are read and have to be zero: leading zeros change nothing. */
export function ghash(at: usize, length: i32): void {
  let y = i8x16.splat(0);
  const end = at + length;
  for (at -= -length & 63; at < end; at += 64) {
    const a = v128.xor(v128.load(at), y), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    const a0 = high(a), a1 = low(a), b0 = high(b), b1 = low(b), c0 = high(c), c1 = low(c), d0 = high(d), d1 = low(d);
    let sum = i8x16.splat(0), over = i8x16.splat(0); // the product's bytes 0 to 15, 16 to 31
    for (let column = TABLES + 15 * COLUMN; column >= TABLES; column -= COLUMN) {
      const products = v128.xor(
        v128.xor(
          v128.xor(lookUp(column, a0), lookUp(column + 16, a1)),
          v128.xor(lookUp(column + 32, b0), lookUp(column + 48, b1)),
        ),
        v128.xor(
          v128.xor(lookUp(column + 64, c0), lookUp(column + 80, c1)),
          v128.xor(lookUp(column + 96, d0), lookUp(column + 112, d1)),
        ),
      );
      over = i8x16.shuffle(sum, over, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
      sum = v128.xor(byteUp(sum), products);
    }
    y = v128.xor(sum, reduce(over));
  }
  v128.store(RESULT, y);
}

/** x * H, by the tables of H. */
function multiply(x: v128): v128 {
  const x0 = high(x), x1 = low(x);
  let sum = i8x16.splat(0), over = i8x16.splat(0);
  for (let column = TABLES + 15 * COLUMN; column >= TABLES; column -= COLUMN) {
    const products = v128.xor(lookUp(column + 96, x0), lookUp(column + 112, x1));
    over = i8x16.shuffle(sum, over, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    sum = v128.xor(byteUp(sum), products);
  }
  return v128.xor(sum, reduce(over));
}

/** The columns of nibbles times h, as power number `power`. The bits of a byte, highest first, stand for 1, x, ..., x^7. */
function fill(power: usize, h: v128): void {
  for (let shift: usize = 0; shift < 8; shift++, h = timesX(h)) v128.store(STREAM + 16 * shift, h);
  fillNibble(TABLES + 32 * power, STREAM);
  fillNibble(TABLES + 32 * power + 16, STREAM + 64);
}

/** Entry n of column b is byte b of the sum of those of the four `shifts` of h whose bits n has. */
function fillNibble(at: usize, shifts: usize): void {
  for (const end = shifts + 16; shifts < end; shifts++, at += COLUMN) {
    const bit3 = v128.and(v128.load8_splat(shifts), i8x16(0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1));
    const bit2 = v128.and(v128.load8_splat(shifts, 16), i8x16(0, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0, -1, -1, -1, -1));
    const bit1 = v128.and(v128.load8_splat(shifts, 32), i8x16(0, 0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1));
    const bit0 = v128.and(v128.load8_splat(shifts, 48), i8x16(0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1));
    v128.store(at, v128.xor(v128.xor(bit3, bit2), v128.xor(bit1, bit0)));
  }
}

/** NIST SP 800-38D section 6.3: a shift to the right, and R = 0xe1 || 0 where x^127 fell off. */
function timesX(v: v128): v128 {
  const shifted = v128.or(i8x16.shr_u(v, 1), i8x16.shl(byteUp(v), 7));
  const fell = i8x16.extract_lane_u(v, 15) & 1;
  return v128.xor(shifted, i8x16.replace_lane(i8x16.splat(0), 0, (fell * 0xe1) as i8));
}

/** `over` * x^128 = over * (1 + x + x^2 + x^7). A product has 255 bits, so byte 15 of `over` is zero and takes what is shifted out. */
function reduce(over: v128): v128 {
  const previous = byteUp(over);
  const within = v128.xor(v128.xor(i8x16.shr_u(over, 1), i8x16.shr_u(over, 2)), i8x16.shr_u(over, 7));
  const across = v128.xor(v128.xor(i8x16.shl(previous, 7), i8x16.shl(previous, 6)), i8x16.shl(previous, 1));
  return v128.xor(over, v128.xor(within, across));
}

function lookUp(column: usize, nibbles: v128): v128 {
  return i8x16.relaxed_swizzle(v128.load(column), nibbles);
}

function high(x: v128): v128 {
  return i8x16.shr_u(x, 4);
}

function low(x: v128): v128 {
  return v128.and(x, i8x16.splat(15));
}

/** Each byte to the next place. */
function byteUp(v: v128): v128 {
  return i8x16.shuffle(i8x16.splat(0), v, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
}
