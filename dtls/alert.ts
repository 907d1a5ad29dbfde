import type { Writer } from "../core/wire/mod.ts";

/** Alert descriptions (RFC 5246 section 7.2, RFC 5746, RFC 7301): the `code` of a `ProtocolError` of DTLS. */
export const AlertDescription = {
  closeNotify: 0,
  unexpectedMessage: 10,
  badRecordMac: 20,
  recordOverflow: 22,
  handshakeFailure: 40,
  badCertificate: 42,
  unsupportedCertificate: 43,
  certificateExpired: 45,
  certificateUnknown: 46,
  illegalParameter: 47,
  decodeError: 50,
  decryptError: 51,
  protocolVersion: 70,
  insufficientSecurity: 71,
  internalError: 80,
  userCanceled: 90,
  noRenegotiation: 100,
  unsupportedExtension: 110,
} as const;

/** How grave an alert is (RFC 5246 section 7.2). */
export const AlertLevel = { warning: 1, fatal: 2 } as const;

/** An alert. */
export interface Alert {
  /** 1 for a warning, 2 for a fatal one. */
  readonly level: number;
  /** One of {@linkcode AlertDescription}, or one that this side doesn't know. */
  readonly description: number;
}

/**
 * Parses the content of an alert record.
 *
 * ```
 *  +-------+-------------+
 *  | level | description |
 *  +-------+-------------+
 * ```
 */
export function parseAlert(content: Uint8Array): Alert | undefined {
  if (content.length !== 2) return undefined;
  const level = content[0]!;
  if (level !== AlertLevel.warning && level !== AlertLevel.fatal) return undefined;
  return { level, description: content[1]! };
}

/** Writes the content of an alert record. */
export function writeAlert(writer: Writer, alert: Alert): void {
  writer.u8(alert.level);
  writer.u8(alert.description);
}

/** The name of an alert, for messages: "handshake_failure", or "alert 123". */
export function alertName(description: number): string {
  for (const [name, code] of Object.entries(AlertDescription)) {
    if (code === description) return name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
  }
  return `alert ${description}`;
}
