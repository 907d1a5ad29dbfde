/** Payload formats: how frames go into packets and come out again. */
export * from "./format.ts";
export * from "./formats.ts";
export { FrameAssembler } from "./assembler.ts";
export { AudioDepacketizer, BytePacketizer, WholePacketizer } from "./audio.ts";
export {
  OPUS_CLOCK_RATE,
  opusDepacketizer,
  opusPacketizer,
  type OpusToc,
  parseOpusToc,
} from "./opus.ts";
export * from "./g711.ts";
export * from "./comfort_noise.ts";
export { silence } from "./silence.ts";
export * from "./telephone_event.ts";
export * from "./telephone_event_receiver.ts";
export * from "./red.ts";
export * from "./red_audio.ts";
export * from "./rtx.ts";
export { parseVp8Descriptor, type Vp8Descriptor, writeVp8Descriptor } from "./vp8_descriptor.ts";
export { vp8Depacketizer, type Vp8Frame, Vp8Packetizer } from "./vp8.ts";
export {
  parseVp9Descriptor,
  type Vp9Descriptor,
  type Vp9Layer,
  writeVp9Descriptor,
} from "./vp9_descriptor.ts";
export type { Vp9GroupPicture, Vp9ScalabilityStructure } from "./vp9_structure.ts";
export { vp9Depacketizer, type Vp9Frame, Vp9Packetizer, type Vp9Picture } from "./vp9.ts";
export { joinSuperframe, splitSuperframe } from "./vp9_superframe.ts";
export { type SpatialLayer, splitSpatialLayers } from "./spatial_layers.ts";
export { splitAnnexB, withLongStartCodes } from "./annex_b.ts";
export { NalPacketizer } from "./nal_packetizer.ts";
export type { NalDescriptor } from "./nal_reader.ts";
export { h264Depacketizer, h264Packetizer } from "./h264.ts";
export { h265Depacketizer, h265Packetizer } from "./h265.ts";
export { type Av1Payload, parseAv1Payload } from "./av1_payload.ts";
export { Av1Packetizer } from "./av1_packetizer.ts";
export { av1Depacketizer, type Av1Descriptor } from "./av1.ts";
export { startsKeyFrame } from "./key_frame_start.ts";
export { isNextPicture } from "./picture_continuity.ts";
