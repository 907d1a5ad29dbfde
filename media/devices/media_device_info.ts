import type { MediaTrackCapabilities } from "../constraints/dictionaries.ts";
import { slotsOfNew } from "../../webidl/construct.ts";
import { defineInterface } from "../../webidl/interface.ts";

/** What a device does. */
export type MediaDeviceKind = "audioinput" | "audiooutput" | "videoinput";

/** What a {@linkcode MediaDeviceInfo} is made of. */
export interface DeviceDescription {
  readonly deviceId: string;
  readonly kind: MediaDeviceKind;
  readonly label: string;
  readonly groupId: string;
  readonly capabilities: MediaTrackCapabilities;
}

let descriptionOf: (info: MediaDeviceInfo) => DeviceDescription;

/** A device (W3C mediacapture-streams section 9.3). */
export class MediaDeviceInfo {
  static {
    descriptionOf = (info) => info.#device;
  }

  readonly #device: DeviceDescription = slotsOfNew<DeviceDescription>();

  /** What tells it from others; empty until `getUserMedia` has given one of its kind. */
  get deviceId(): string {
    return this.#device.deviceId;
  }

  /** What it does. */
  get kind(): MediaDeviceKind {
    return this.#device.kind;
  }

  /** What a person may know it by. */
  get label(): string {
    return this.#device.label;
  }

  /** Which piece of equipment it belongs to. */
  get groupId(): string {
    return this.#device.groupId;
  }

  /** The attributes. */
  toJSON(): { deviceId: string; kind: MediaDeviceKind; label: string; groupId: string } {
    const { deviceId, kind, label, groupId } = this.#device;
    return { deviceId, kind, label, groupId };
  }
}

defineInterface(MediaDeviceInfo);

/** A camera or a microphone (W3C mediacapture-streams section 9.4). */
export class InputDeviceInfo extends MediaDeviceInfo {
  readonly #capabilities: MediaTrackCapabilities = descriptionOf(this).capabilities;

  /** What its tracks can be set to. */
  getCapabilities(): MediaTrackCapabilities {
    return structuredClone(this.#capabilities);
  }
}

defineInterface(InputDeviceInfo);
