/** The header extensions that WebRTC peers agree upon, a file each. */
export * from "./mid.ts";
export * from "./rid.ts";
export * from "./repaired_rid.ts";
export * from "./abs_send_time.ts";
export * from "./transport_cc.ts";
export * from "./audio_level.ts";
export * from "./mixer_audio_level.ts";
export * from "./video_orientation.ts";
export * from "./abs_capture_time.ts";
export * from "./playout_delay.ts";
export * from "./dependency_descriptor.ts";
export type {
  DecodeTargetIndication,
  DependencyStructure,
  FrameDependencyTemplate,
  RenderResolution,
} from "./dependency_structure.ts";
