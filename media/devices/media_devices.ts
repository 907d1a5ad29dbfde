import { InputDeviceInfo, type MediaDeviceInfo } from "./media_device_info.ts";
import { camera, microphone } from "./synthetic_devices.ts";
import { type SyntheticMedia, SyntheticSource } from "./synthetic_source.ts";
import { type Clock, systemClock } from "../../core/stage/mod.ts";
import type {
  MediaTrackConstraints,
  MediaTrackSupportedConstraints,
} from "../constraints/dictionaries.ts";
import {
  type Constraints,
  mediaTrackConstraints,
  supportedConstraints,
} from "../constraints/properties.ts";
import { overconstrained } from "../constraints/overconstrained_error.ts";
import { requiredConstraints, selectSettings } from "../constraints/select_settings.ts";
import type { MediaKind } from "../encoded_chunk.ts";
import type { DeviceChangeEvent } from "../events/device_change_event.ts";
import { MediaStream } from "../media_stream.ts";
import { createTrack } from "../media_stream_track.ts";
import { construct, slotsOfNew } from "../../webidl/construct.ts";
import { boolean, type Converter, dictionary } from "../../webidl/convert.ts";
import { queueTask } from "../../webidl/task.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../../webidl/interface.ts";

/** What `getUserMedia` is asked for (W3C mediacapture-streams section 10.2). */
export interface MediaStreamConstraints {
  /** Whether to have video, and which. */
  video?: boolean | MediaTrackConstraints;
  /** Whether to have audio, and which. */
  audio?: boolean | MediaTrackConstraints;
}

/** The events of {@linkcode MediaDevices}. */
export interface MediaDevicesEventMap {
  /** Devices have come or gone. Never fires here: the synthetic devices stay. */
  devicechange: DeviceChangeEvent;
}

const trackRequest: Converter<false | Constraints> = (value, context) => {
  const isDictionary = (typeof value === "object" && value !== null) || typeof value === "function";
  if (isDictionary || value === null) return mediaTrackConstraints(value, context);
  return boolean(value, context) ? {} : false;
};
const mediaStreamConstraints = dictionary("MediaStreamConstraints", {
  audio: { convert: trackRequest, default: () => false as const },
  video: { convert: trackRequest, default: () => false as const },
});

/** What a process without a camera shows instead. */
interface Device {
  readonly kind: "audioinput" | "videoinput";
  readonly deviceId: string;
  readonly groupId: string;
  readonly media: SyntheticMedia;
}

/** The devices: `navigator.mediaDevices` of a browser that was started with fake ones (W3C mediacapture-streams sections 9 and 10). */
export class MediaDevices extends EventTarget {
  readonly #clock: Clock = slotsOfNew<{ clock: Clock }>().clock;
  readonly #devices: readonly Device[] = makeDevices();
  readonly #screen: SyntheticMedia = camera(crypto.randomUUID(), "", "Synthetic screen");
  /** [[canExposeMicrophoneInfo]] and [[canExposeCameraInfo]]. */
  readonly #exposed = new Set<MediaKind>();

  /** The devices. Of each kind there is one; what tells it from others is empty until `getUserMedia` has given one of the kind. */
  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    const devices = this.#devices;
    await new Promise<void>((resolve) => queueTask(resolve));
    return devices.map(({ kind, deviceId, groupId, media }) => {
      const { label, capabilities } = media;
      const description = this.#exposed.has(media.kind)
        ? { kind, deviceId, groupId, label, capabilities }
        : { kind, deviceId: "", groupId: "", label: "", capabilities: {} };
      return construct(InputDeviceInfo, description);
    });
  }

  /** The constraints that are known: all of them. */
  getSupportedConstraints(): MediaTrackSupportedConstraints {
    void this.#exposed; // a foreign object is a TypeError
    return supportedConstraints();
  }

  /**
   * A stream of a synthetic microphone's tone, a synthetic camera's moving bars, or both. They are there in every codec that a peer may
   * take. Rejects with a TypeError if neither is asked for, and with an `OverconstrainedError` if they can't be as asked for.
   */
  async getUserMedia(constraints: MediaStreamConstraints = {}): Promise<MediaStream> {
    const wanted = mediaStreamConstraints(constraints, "MediaDevices.getUserMedia");
    const requests = (["audio", "video"] as const).flatMap((kind) =>
      wanted[kind] === false ? [] : [{ kind, constraints: wanted[kind] }]
    );
    if (requests.length === 0) {
      throw new TypeError("MediaDevices.getUserMedia: neither audio nor video is asked for");
    }
    const choices = requests.map(({ kind, constraints }) => {
      const { media } = this.#devices.find(({ media }) => media.kind === kind)!;
      return { media, constraints, settings: chooseSettings(media, constraints) };
    });
    const tracks = await Promise.all(choices.map(async ({ media, constraints, settings }) => {
      const source = await SyntheticSource.open(media, settings, this.#clock);
      return createTrack(source, { constraints });
    }));
    for (const { kind } of requests) this.#exposed.add(kind);
    return new MediaStream(tracks);
  }

  /** A stream of a synthetic screen, which shows bars as well (W3C screen-capture section 5.1); there is never audio. */
  async getDisplayMedia(
    constraints: MediaStreamConstraints = { video: true },
  ): Promise<MediaStream> {
    const clock = this.#clock;
    const { video } = mediaStreamConstraints(
      { video: true, ...constraints },
      "MediaDevices.getDisplayMedia",
    );
    // W3C screen-capture section 5.1, steps 2 to 5.
    if (video === false) throw new TypeError("MediaDevices.getDisplayMedia: there is always video");
    if (video.advanced !== undefined || hasMinimum(video)) {
      throw new TypeError("MediaDevices.getDisplayMedia: only ideal and maximal values are taken");
    }
    const settings = chooseSettings(this.#screen, video);
    const source = await SyntheticSource.open(this.#screen, settings, clock);
    return new MediaStream([createTrack(source, { constraints: video })]);
  }
}

/** Typed events. */
export interface MediaDevices extends EventHandlers<MediaDevicesEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<MediaDevicesEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<MediaDevicesEventMap>;
}

defineInterface(MediaDevices, { handlers: ["devicechange"] });

/** Devices that live by a clock of their own, as tests need them. */
export function createMediaDevices(clock: Clock): MediaDevices {
  return construct(MediaDevices, { clock });
}

/**
 * The synthetic devices of this process.
 *
 * @example
 * ```ts
 * import { mediaDevices } from "@heron/webrtc/media";
 * import { assertEquals } from "@std/assert";
 *
 * const stream = await mediaDevices.getUserMedia({ audio: true, video: { width: 320 } });
 * const [camera] = stream.getVideoTracks();
 * assertEquals(camera?.getSettings().width, 320);
 * for (const track of stream.getTracks()) track.stop();
 * ```
 */
export const mediaDevices: MediaDevices = createMediaDevices(systemClock);

function makeDevices(): Device[] {
  const groupId = crypto.randomUUID();
  const [microphoneId, cameraId] = [crypto.randomUUID(), crypto.randomUUID()];
  return [
    {
      kind: "audioinput",
      deviceId: microphoneId,
      groupId,
      media: microphone(microphoneId, groupId, "Synthetic microphone"),
    },
    {
      kind: "videoinput",
      deviceId: cameraId,
      groupId,
      media: camera(cameraId, groupId, "Synthetic camera"),
    },
  ];
}

/** The settings that fit best. Throws a TypeError or an OverconstrainedError as `getUserMedia` does. */
function chooseSettings(media: SyntheticMedia, constraints: Constraints) {
  // W3C mediacapture-streams section 10.2: the one property that can't be required when a device is chosen.
  if (media.kind === "video" && requiredConstraints(constraints).includes("backgroundBlur")) {
    throw new TypeError("MediaDevices.getUserMedia: backgroundBlur can't be required here");
  }
  const selection = selectSettings(media.candidates, constraints, media.kind);
  if ("settings" in selection) return selection.settings;
  throw overconstrained(selection.failed, media.candidates);
}

function hasMinimum(constraints: Constraints): boolean {
  return Object.values(constraints).some((constraint) =>
    typeof constraint === "object" && ("min" in constraint || "exact" in constraint)
  );
}
