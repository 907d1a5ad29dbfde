import { MediaDeviceInfo } from "../devices/media_device_info.ts";
import { instance, sequence } from "../../webidl/convert.ts";
import { eventArguments } from "../../webidl/event.ts";
import { defineInterface } from "../../webidl/interface.ts";

/** How a {@linkcode DeviceChangeEvent} is made. */
export interface DeviceChangeEventInit extends EventInit {
  /** The devices that there are now. */
  devices?: MediaDeviceInfo[];
}

const readArguments = eventArguments("DeviceChangeEvent", {
  devices: { convert: sequence(instance(MediaDeviceInfo)), default: () => [] },
});

/** Tells that devices have come or gone (W3C mediacapture-streams section 9.5). */
export class DeviceChangeEvent extends Event {
  readonly #devices: readonly MediaDeviceInfo[];
  readonly #userInsertedDevices: readonly MediaDeviceInfo[] = Object.freeze([]);

  /** A new event. */
  constructor(type: string, eventInitDict: DeviceChangeEventInit = {}) {
    const { type: name, init } = readArguments(arguments.length, type, eventInitDict);
    super(name, init);
    this.#devices = Object.freeze(init.devices);
  }

  /** The devices that there are now. */
  get devices(): readonly MediaDeviceInfo[] {
    return this.#devices;
  }

  /** Those of them that a person has just plugged in. */
  get userInsertedDevices(): readonly MediaDeviceInfo[] {
    return this.#userInsertedDevices;
  }
}

defineInterface(DeviceChangeEvent);
