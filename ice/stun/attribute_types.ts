/**
 * The types of the attributes that protect a message, which the codec itself must know.
 *
 * @module
 */

/** HMAC-SHA1 of what stands before it (RFC 8489 section 14.5). */
export const MESSAGE_INTEGRITY = 0x0008;

/** HMAC-SHA256 of what stands before it (RFC 8489 section 14.6). */
export const MESSAGE_INTEGRITY_SHA256 = 0x001c;

/** CRC-32 of what stands before it (RFC 8489 section 14.7). */
export const FINGERPRINT = 0x8028;
