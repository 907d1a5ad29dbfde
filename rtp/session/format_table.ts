import { redPrimary } from "../payload/mod.ts";
import type { RtpFormat } from "./parameters.ts";

/** What a payload type is for. */
export type FormatRole =
  | "media"
  | "rtx"
  | "red"
  | "ulpfec"
  | "flexfec"
  | "telephone-event"
  | "comfort-noise";

const ROLES: Readonly<Record<string, FormatRole>> = {
  "rtx": "rtx",
  "red": "red",
  "ulpfec": "ulpfec",
  "flexfec": "flexfec",
  "flexfec-03": "flexfec",
  "telephone-event": "telephone-event",
  "cn": "comfort-noise",
};

/** The role of a format, by its encoding name. */
export function roleOf({ mimeType }: RtpFormat): FormatRole {
  const name = mimeType.slice(mimeType.indexOf("/") + 1).toLowerCase();
  return Object.hasOwn(ROLES, name) ? ROLES[name]! : "media";
}

/** The formats of a section, by payload type. */
export class FormatTable {
  /** The RTX payload type of each one that is repeated. */
  readonly rtx: ReadonlyMap<number, number>;
  /** The other way round: `apt` of each RTX payload type (RFC 4588 section 8.1). */
  readonly associated: ReadonlyMap<number, number>;
  /** Whether the sender wants to know when the packets of each stream arrive (RFC 8888 section 6). */
  readonly tellsArrivals: boolean;
  /** Whether the sender wants to be told what the path carries (draft-alvestrand-rmcat-remb-03). */
  readonly tellsEstimate: boolean;
  readonly #formats: ReadonlyMap<number, RtpFormat>;
  readonly #roles: ReadonlyMap<number, FormatRole>;

  constructor(formats: readonly RtpFormat[]) {
    this.#formats = new Map(formats.map((format) => [format.payloadType, format]));
    this.#roles = new Map(formats.map((format) => [format.payloadType, roleOf(format)]));
    const associated = new Map<number, number>();
    for (const format of formats) {
      const apt = this.#roles.get(format.payloadType) === "rtx"
        ? Number(format.parameters.get("apt") ?? NaN)
        : NaN;
      if (this.#formats.has(apt)) associated.set(format.payloadType, apt);
    }
    this.associated = associated;
    this.tellsArrivals = this.hasFeedback("ack ccfb");
    this.tellsEstimate = this.hasFeedback("goog-remb");
    this.rtx = new Map(Array.from(associated, ([payloadType, apt]) => [apt, payloadType]));
  }

  get(payloadType: number): RtpFormat | undefined {
    return this.#formats.get(payloadType);
  }

  role(payloadType: number): FormatRole | undefined {
    return this.#roles.get(payloadType);
  }

  /** The payload type of this role, the first of those with this clock rate if one is given. */
  find(role: FormatRole, clockRate?: number): RtpFormat | undefined {
    for (const format of this.#formats.values()) {
      const fits = clockRate === undefined || format.clockRate === clockRate;
      if (fits && this.#roles.get(format.payloadType) === role) return format;
    }
    return undefined;
  }

  /** Whether some format takes this feedback. */
  hasFeedback(feedback: string): boolean {
    for (const format of this.#formats.values()) {
      if (format.feedback.includes(feedback)) return true;
    }
    return false;
  }

  /** The payload type of the audio within RED: the first that its `a=fmtp` names (RFC 2198 section 5). */
  primaryOfRed({ parameters }: RtpFormat): number | undefined {
    for (const name of parameters.keys()) {
      const primary = redPrimary(name);
      if (primary !== undefined && this.#formats.has(primary)) return primary;
    }
    return undefined;
  }
}
