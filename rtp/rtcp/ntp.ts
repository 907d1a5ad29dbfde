/** Seconds from the beginning of NTP time, 1900, to that of Unix time, 1970. */
const NTP_EPOCH = 2_208_988_800n;

/** An NTP timestamp, in units of 2^-32 s since 1900, of a wall clock time in milliseconds since 1970 (RFC 3550 section 4). */
export function ntpFromUnixMillis(millis: number): bigint {
  const units = BigInt(Math.round(millis * 1000)) * (1n << 32n) / 1_000_000n;
  return BigInt.asUintN(64, units + (NTP_EPOCH << 32n));
}

/** The wall clock time in milliseconds since 1970 of an NTP timestamp. */
export function unixMillisFromNtp(timestamp: bigint): number {
  return Number(timestamp - (NTP_EPOCH << 32n)) * 1000 / 2 ** 32;
}

/** The middle 32 bits of an NTP timestamp, in 1/65536 s, as LSR has them (RFC 3550 section 6.4.1). */
export function compactNtp(timestamp: bigint): number {
  return Number(BigInt.asUintN(32, timestamp >> 16n));
}
