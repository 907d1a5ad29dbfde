import { redPrimary } from "../../rtp/mod.ts";
import { identitiesOf, isRed, type MediaFormat } from "../jsep/media/mod.ts";
import { type NegotiatedSection, receivedExtensions } from "../media/section.ts";

/** What packets of one payload type become. */
export interface ForwardedFormat {
  /** Under which the other side takes them. */
  readonly payloadType: number;
  /** Such as "video/VP8". */
  readonly mimeType: string;
  /** Whether they go out without the redundancy around them, since the payload types in it mean nothing to the other side. */
  readonly unwraps: boolean;
}

/** How packets of one section go out in another: which payload type becomes which, and where the header extensions are. */
export class FormatMap {
  readonly from: NegotiatedSection;
  readonly to: NegotiatedSection;
  /** Ids of header extensions in what is received, by their URIs. */
  readonly extensions: ReadonlyMap<string, number>;
  readonly #formats: ReadonlyMap<number, ForwardedFormat>;

  constructor(from: NegotiatedSection, to: NegotiatedSection) {
    this.from = from;
    this.to = to;
    this.extensions = receivedExtensions(from.extensions);
    this.#formats = formatMap(from, to);
  }

  /** What a payload type becomes; undefined if the other side does not take its codec. */
  of(payloadType: number): ForwardedFormat | undefined {
    return this.#formats.get(payloadType);
  }
}

/** Formats go with those that are the same codec, whatever their payload types: parameters that each side has for itself don't count. */
function formatMap(
  { kind, receiveFormats }: NegotiatedSection,
  { sendFormats }: NegotiatedSection,
): ReadonlyMap<number, ForwardedFormat> {
  const received = identitiesOf(kind, receiveFormats);
  const targets = new Map<string, number>();
  for (const [payloadType, identity] of identitiesOf(kind, sendFormats)) {
    if (!targets.has(identity)) targets.set(identity, payloadType);
  }
  const targetOf = (payloadType: number | undefined) =>
    targets.get(received.get(payloadType ?? -1) ?? "");
  const formats = new Map<number, ForwardedFormat>();
  for (const format of receiveFormats) {
    const primary = isRed(format) ? redPrimary(format.fmtp) : undefined;
    const wrapped = targetOf(format.payloadType);
    const target = sendFormats.find(({ payloadType }) => payloadType === wrapped);
    // RFC 2198 section 3: the blocks of RED name payload types, which are not to be touched.
    const isWhole = primary === undefined ||
      target !== undefined && primary === targetOf(primary) && primary === redPrimary(target.fmtp);
    const payloadType = isWhole ? wrapped : targetOf(primary);
    const name = isWhole ? format.name : nameOf(receiveFormats, primary);
    if (payloadType === undefined || name === undefined) continue;
    formats.set(format.payloadType, {
      payloadType,
      mimeType: `${kind}/${name}`,
      unwraps: !isWhole,
    });
  }
  return formats;
}

function nameOf(formats: readonly MediaFormat[], payloadType: number | undefined) {
  return formats.find((format) => format.payloadType === payloadType)?.name;
}
