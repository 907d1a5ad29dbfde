import { diff16 } from "../../../core/wire/mod.ts";
import {
  DEPENDENCY_DESCRIPTOR_URI,
  type DependencyStructure,
  frameMarksOf,
  parseDependencyDescriptor,
  templateOf,
} from "../../extensions/mod.ts";
import type { RtpPacket } from "../../packet.ts";
import type { FrameDependencies } from "../items.ts";
import type { ExtensionIds } from "../parameters.ts";
import { elementOf } from "./packet_extensions.ts";

/** What the dependency descriptors of one stream tell of its frames (AV1 RTP specification appendix A). */
export class DependencyReader {
  /** That of the latest key frame, which later packets refer to. */
  #structure: DependencyStructure | undefined;
  /** The latest frame number, without its wrap. */
  #latest: number | undefined;
  /** The number of the frame that was read last. */
  #last: number | undefined;

  /**
   * What a packet tells of its frame; undefined if it has no descriptor, or one that can't be understood, and if the packet before told the
   * same.
   */
  read(packet: RtpPacket, extensions: ExtensionIds): FrameDependencies | undefined {
    const data = elementOf(packet, extensions, DEPENDENCY_DESCRIPTOR_URI);
    if (data === undefined) return undefined;
    const number = frameMarksOf(data)?.frameNumber;
    if (number === this.#last) return undefined;
    this.#last = number;
    const descriptor = parseDependencyDescriptor(data, this.#structure);
    if (descriptor === undefined) return undefined;
    const structure = this.#structure = descriptor.structure ?? this.#structure!;
    const { spatialId, temporalId, frameDiffs } = templateOf(descriptor, structure)!;
    const frameId = this.#unwrap(descriptor.frameNumber);
    return {
      ...{ frameId, spatialId, temporalId },
      dependencies: frameDiffs.map((diff) => frameId - diff),
    };
  }

  #unwrap(frameNumber: number): number {
    const latest = this.#latest ?? frameNumber;
    const frameId = latest + diff16(frameNumber, latest & 0xffff);
    this.#latest = Math.max(latest, frameId);
    return frameId;
  }
}
