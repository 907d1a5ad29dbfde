import { KEY, NONCE } from "./layout";

/**
 * RFC 8439 section 2.3: the keystream blocks `counter` to `counter + 3`, 256 bytes written to `out`.
 *
 * Four blocks run side by side: lane i of word xN is word N of block `counter + i`. So a quarter round is the RFC's own four lines,
 * for four blocks at once, and each row below does a line of four quarter rounds.
 */
export function chacha20(counter: u32, out: usize): void {
  const counters = i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3));
  let x0 = i32x4.splat(0x61707865), x1 = i32x4.splat(0x3320646e); // "expa" "nd 3"
  let x2 = i32x4.splat(0x79622d32), x3 = i32x4.splat(0x6b206574); // "2-by" "te k"
  let x4 = word(KEY, 0), x5 = word(KEY, 1), x6 = word(KEY, 2), x7 = word(KEY, 3);
  let x8 = word(KEY, 4), x9 = word(KEY, 5), xa = word(KEY, 6), xb = word(KEY, 7);
  let xc = counters, xd = word(NONCE, 0), xe = word(NONCE, 1), xf = word(NONCE, 2);

  for (let round = 0; round < 20; round += 2) {
    // columns
    x0 = add(x0, x4); x1 = add(x1, x5); x2 = add(x2, x6); x3 = add(x3, x7);
    xc = rot16(xc, x0); xd = rot16(xd, x1); xe = rot16(xe, x2); xf = rot16(xf, x3);
    x8 = add(x8, xc); x9 = add(x9, xd); xa = add(xa, xe); xb = add(xb, xf);
    x4 = rot12(x4, x8); x5 = rot12(x5, x9); x6 = rot12(x6, xa); x7 = rot12(x7, xb);
    x0 = add(x0, x4); x1 = add(x1, x5); x2 = add(x2, x6); x3 = add(x3, x7);
    xc = rot8(xc, x0); xd = rot8(xd, x1); xe = rot8(xe, x2); xf = rot8(xf, x3);
    x8 = add(x8, xc); x9 = add(x9, xd); xa = add(xa, xe); xb = add(xb, xf);
    x4 = rot7(x4, x8); x5 = rot7(x5, x9); x6 = rot7(x6, xa); x7 = rot7(x7, xb);
    // diagonals
    x0 = add(x0, x5); x1 = add(x1, x6); x2 = add(x2, x7); x3 = add(x3, x4);
    xf = rot16(xf, x0); xc = rot16(xc, x1); xd = rot16(xd, x2); xe = rot16(xe, x3);
    xa = add(xa, xf); xb = add(xb, xc); x8 = add(x8, xd); x9 = add(x9, xe);
    x5 = rot12(x5, xa); x6 = rot12(x6, xb); x7 = rot12(x7, x8); x4 = rot12(x4, x9);
    x0 = add(x0, x5); x1 = add(x1, x6); x2 = add(x2, x7); x3 = add(x3, x4);
    xf = rot8(xf, x0); xc = rot8(xc, x1); xd = rot8(xd, x2); xe = rot8(xe, x3);
    xa = add(xa, xf); xb = add(xb, xc); x8 = add(x8, xd); x9 = add(x9, xe);
    x5 = rot7(x5, xa); x6 = rot7(x6, xb); x7 = rot7(x7, x8); x4 = rot7(x4, x9);
  }

  transpose(
    out,
    add(x0, i32x4.splat(0x61707865)),
    add(x1, i32x4.splat(0x3320646e)),
    add(x2, i32x4.splat(0x79622d32)),
    add(x3, i32x4.splat(0x6b206574)),
  );
  transpose(out + 16, add(x4, word(KEY, 0)), add(x5, word(KEY, 1)), add(x6, word(KEY, 2)), add(x7, word(KEY, 3)));
  transpose(out + 32, add(x8, word(KEY, 4)), add(x9, word(KEY, 5)), add(xa, word(KEY, 6)), add(xb, word(KEY, 7)));
  transpose(out + 48, add(xc, counters), add(xd, word(NONCE, 0)), add(xe, word(NONCE, 1)), add(xf, word(NONCE, 2)));
}

/** A word of the state, the same in all four blocks. */
function word(at: usize, index: usize): v128 {
  return v128.load32_splat(at + 4 * index);
}

function add(a: v128, b: v128): v128 {
  return i32x4.add(a, b);
}

// RFC 8439 section 2.1: d ^= a; d <<<= n. Rotations by whole bytes are one shuffle.

function rot16(d: v128, a: v128): v128 {
  const v = v128.xor(d, a);
  return i8x16.shuffle(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

function rot12(d: v128, a: v128): v128 {
  const v = v128.xor(d, a);
  return v128.or(i32x4.shl(v, 12), i32x4.shr_u(v, 20));
}

function rot8(d: v128, a: v128): v128 {
  const v = v128.xor(d, a);
  return i8x16.shuffle(v, v, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}

function rot7(d: v128, a: v128): v128 {
  const v = v128.xor(d, a);
  return v128.or(i32x4.shl(v, 7), i32x4.shr_u(v, 25));
}

/** Four words of four blocks each, written as four consecutive words in each of the four blocks, 64 bytes apart. */
function transpose(out: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab01 = i32x4.shuffle(a, b, 0, 4, 1, 5), ab23 = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const cd01 = i32x4.shuffle(c, d, 0, 4, 1, 5), cd23 = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(out, i64x2.shuffle(ab01, cd01, 0, 2));
  v128.store(out, i64x2.shuffle(ab01, cd01, 1, 3), 64);
  v128.store(out, i64x2.shuffle(ab23, cd23, 0, 2), 128);
  v128.store(out, i64x2.shuffle(ab23, cd23, 1, 3), 192);
}
