/*
 * The kernels' one linear memory: three pages, shared by every cipher of the process. No key outlives a batch in it.
 *
 *        0  KEY          a ChaCha20 key, or the hash subkey H of GCM
 *       32  NONCE
 *       48  POLY_KEY     the one-time key (r, s) of Poly1305
 *       80  RESULT       a tag or a hash
 *      128  STREAM       four ChaCha20 blocks of keystream; shifts of H while tables are made; SHA-1's message schedule
 *      512  TABLES       products of four powers of H
 *      512  HMAC_INNER   in the same place: what SHA-1 has of an HMAC key, inner
 *      544  HMAC_OUTER   ... and outer
 *      576  HMAC_BLOCK   the HMAC key, then the outer block
 *     2560  -- SECRETS_END: up to here JavaScript wipes after each batch --
 *     2560  ZEROS        always zero: the blocks before the first one
 *     4096  MESSAGE      AAD, padding, text, padding, lengths: what RFC 8439 section 2.8 and GCM authenticate, in place
 *    73728  COUNTERS     counter blocks of AES for a whole batch, then their keystream
 *   196608  end
 */

export const KEY: usize = 0;
export const NONCE: usize = 32;
export const POLY_KEY: usize = 48;
export const RESULT: usize = 80;
export const STREAM: usize = 128;
export const TABLES: usize = 512;
export const HMAC_INNER: usize = 512;
export const HMAC_OUTER: usize = 544;
export const HMAC_BLOCK: usize = 576;
export const SECRETS_END: usize = 2560;
export const MESSAGE: usize = 4096;
/** AAD and text together: a UDP datagram is never longer. The rest of the space lets a whole ChaCha20 step run past the end. */
export const MESSAGE_LIMIT: i32 = 65536;
export const COUNTERS: usize = 73728;
export const COUNTERS_LIMIT: i32 = 122880;
