import type { Millis } from "../../core/stage/mod.ts";
import type { KeyEvent } from "../payload/mod.ts";

/** What one encoding may send. */
export interface EncodingBitrate {
  /** The section. */
  readonly mid: string;
  /** The encoding. */
  readonly ssrc: number;
  /** Its RtpStreamId, if it has one. */
  readonly rid?: string;
  /** Bits per second. */
  readonly bitrate: number;
}

/** What a session tells whoever watches it. */
export type RtpSessionEvent =
  /** The other side can't go on without a key frame: by PLI (RFC 4585 section 6.3.1) or FIR (RFC 5104 section 4.3.1). */
  | {
    readonly type: "key-frame-request";
    readonly mid: string;
    readonly ssrc: number;
    readonly rid?: string;
  }
  /** The first packet of a stream has arrived, or the first one after some stream of its section has said goodbye. */
  | {
    readonly type: "source";
    readonly mid: string;
    readonly ssrc: number;
    readonly rid?: string;
  }
  /** A stream has said goodbye (RFC 3550 section 6.6). */
  | { readonly type: "source-ended"; readonly mid: string; readonly ssrc: number }
  /** All encodings together may send so many bits per second, and each so many of them. */
  | {
    readonly type: "bitrate";
    readonly bitrate: number;
    readonly encodings: readonly EncodingBitrate[];
  }
  /** A packet that was written has left, of so many bytes; or there was no room for it, and it never will. */
  | {
    readonly type: "written";
    readonly mid: string;
    readonly id: number;
    readonly left: { readonly at: Millis; readonly size: number } | undefined;
  }
  /** A key was pressed or let go at the other side (RFC 4733). */
  | {
    readonly type: "tone";
    readonly mid: string;
    readonly key: KeyEvent;
    /** Hertz of the clock in which its duration is. */
    readonly clockRate: number;
  };
