import type { Millis } from "../../core/stage/mod.ts";
import { compactNtp, ntpFromUnixMillis } from "../rtcp/mod.ts";

/** The wall clock of reports, made from the monotonic one: it never jumps, so that round trips come out right (RFC 3550 section 4). */
export class NtpClock {
  readonly #offset: number;

  /** `offset` is what the time since 1970 is ahead of the monotonic time, both in milliseconds. */
  constructor(offset: number) {
    this.#offset = offset;
  }

  /** NTP timestamp of a moment, in units of 2^-32 s since 1900. */
  at(now: Millis): bigint {
    return ntpFromUnixMillis(now + this.#offset);
  }

  /** Its middle 32 bits, in 1/65536 s. */
  compact(now: Millis): number {
    return compactNtp(this.at(now));
  }
}
