import type { CryptoProvider } from "../../../core/crypto/provider.ts";
import {
  type MediaFrame,
  type Packetizer,
  packetizerFor,
  RedEncoder,
  type RtpPayload,
} from "../../payload/mod.ts";
import type { FormatTable } from "../format_table.ts";
import type { RtpFormat } from "../parameters.ts";

/** Frames of audio that go again with the next one, where RED is sent. */
const RED_DISTANCE = 1;

/** What of its section the payloads of a stream depend on. It may change while the stream goes on. */
interface Section {
  readonly formats: FormatTable;
}

/** Cuts the frames of one stream into payloads, those of each format by a packetizer of its own. */
export class FramePayloads {
  readonly #section: Section;
  readonly #crypto: CryptoProvider;
  readonly #packetizers = new Map<number, Packetizer>();
  readonly #red = new Map<number, RedEncoder>();

  constructor(section: Section, crypto: CryptoProvider) {
    this.#section = section;
    this.#crypto = crypto;
  }

  /** The payloads of a frame, of at most `limit` bytes each. Throws a RangeError if its format can't cut it into pieces so small. */
  of(
    frame: MediaFrame,
    timestamp: number,
    format: RtpFormat,
    limit: number,
  ): readonly RtpPayload[] {
    if (this.#section.formats.role(format.payloadType) !== "red") {
      return this.#packetizerOf(format)?.packetize(frame, limit) ?? [];
    }
    const encoder = this.#redOf(format);
    if (encoder === undefined || frame.data.length === 0) return [];
    const payload = encoder.encode(frame.data, timestamp, limit);
    return [{ payload, marker: false, timestampOffset: 0 }];
  }

  #redOf(format: RtpFormat): RedEncoder | undefined {
    let encoder = this.#red.get(format.payloadType);
    const primary = this.#section.formats.primaryOfRed(format);
    if (encoder !== undefined || primary === undefined) return encoder;
    this.#red.set(format.payloadType, encoder = new RedEncoder(primary, RED_DISTANCE));
    return encoder;
  }

  #packetizerOf({ payloadType, mimeType, parameters }: RtpFormat): Packetizer | undefined {
    let packetizer = this.#packetizers.get(payloadType);
    if (packetizer !== undefined) return packetizer;
    const [high = 0, low = 0] = this.#crypto.random(2);
    packetizer = packetizerFor(mimeType, {
      pictureId: (high << 8 | low) & 0x7fff,
      packetizationMode: parameters.get("packetization-mode") === "1" ? 1 : 0,
    });
    if (packetizer !== undefined) this.#packetizers.set(payloadType, packetizer);
    return packetizer;
  }
}
