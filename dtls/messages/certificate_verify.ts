import { Reader, type Writer } from "../../core/wire/mod.ts";
import {
  type DigitallySigned,
  readDigitallySigned,
  writeDigitallySigned,
} from "./digitally_signed.ts";

/** Parses the body of a CertificateVerify: a signature over every message before it (RFC 5246 section 7.4.8). */
export function parseCertificateVerify(body: Uint8Array): DigitallySigned | undefined {
  const reader = new Reader(body);
  const signed = readDigitallySigned(reader);
  return reader.complete ? signed : undefined;
}

/** Writes the body of a CertificateVerify. */
export function writeCertificateVerify(writer: Writer, signed: DigitallySigned): void {
  writeDigitallySigned(writer, signed);
}
