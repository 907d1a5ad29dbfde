/** Where H.264 (RFC 6184) and H.265 (RFC 7798) differ. The structure of their payloads is the same. */
export interface NalSyntax {
  /** Bytes of a NAL unit header. */
  readonly headerLength: 1 | 2;
  /** The type of payloads that hold several NAL units: STAP-A, or AP. */
  readonly aggregationType: number;
  /** The type of payloads that hold a fragment of one: FU-A, or FU. */
  readonly fragmentType: number;
  /** The bits of the FU header that hold the type of the NAL unit. */
  readonly fragmentTypeMask: number;
  /** The type that the first byte of a header tells. */
  typeOf(first: number): number;
  /** The first byte of a header with another type. */
  withType(first: number, type: number): number;
  /** Whether NAL units of this type can be payloads of their own, that is, the codec has them. */
  isNalUnit(type: number): boolean;
  /** Whether NAL units of this type are pieces of a picture. */
  isPicture(type: number): boolean;
  /** Whether a picture with a NAL unit of this type can be decoded without any before it. */
  isKeyFrame(type: number): boolean;
  /** Whether NAL units of this type tell how to decode others, and come before them. */
  isParameterSet(type: number): boolean;
  /** Whether NAL units of this type are the first of the parameter sets that come before a key frame. */
  isSequenceStart(type: number): boolean;
  /** Whether an access unit begins with this NAL unit; `slice` is the byte behind its header. */
  startsAccessUnit(type: number, slice: number): boolean;
  /** The header of a payload that holds these NAL units. */
  aggregationHeader(units: readonly Uint8Array[]): Uint8Array;
}
