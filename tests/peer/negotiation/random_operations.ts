import { MediaStream, MediaStreamTrackGenerator, type WritableChunk } from "../../../media/mod.ts";
import {
  type RTCDataChannel,
  type RTCPeerConnection,
  RTCRtpReceiver,
  type RTCRtpTransceiver,
} from "../../../mod.ts";
import type { Random } from "../../support/random.ts";

const KINDS = ["audio", "video"] as const;
const DIRECTIONS = ["sendrecv", "sendonly", "recvonly", "inactive"] as const;

/** Sections beyond which nothing is added: each costs time in every description. */
const MAX_TRANSCEIVERS = 8;

/** Calls that an application may make at any time, chosen at random. */
export class RandomOperations {
  /** Every channel that was created. */
  readonly channels: RTCDataChannel[] = [];
  readonly #random: Random;
  readonly #tracks: MediaStreamTrackGenerator[] = [];
  readonly #writers: WritableStreamDefaultWriter<WritableChunk>[] = [];
  #frames = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Makes a call on a connection; returns what it was. */
  async run(pc: RTCPeerConnection): Promise<string> {
    const random = this.#random;
    const [name, call] = random.pick(Object.entries(this.#calls(pc)));
    await call();
    return name;
  }

  /** Writes a frame to every track. */
  write(): void {
    const timestamp = 33_333 * this.#frames++;
    const data = new Uint8Array(300).fill(0x10); // a key frame (RFC 6386 section 9.1)
    for (const writer of this.#writers) void writer.write({ type: "key", timestamp, data });
  }

  /** Ends what was made. */
  close(): void {
    for (const track of this.#tracks) track.stop();
  }

  #calls(pc: RTCPeerConnection): Record<string, () => unknown> {
    const random = this.#random;
    const live = pc.getTransceivers().filter(({ direction }) => direction !== "stopped");
    const one: RTCRtpTransceiver | undefined = live.length > 0 ? random.pick(live) : undefined;
    const kind = random.pick(KINDS);
    const hasRoom = live.length < MAX_TRANSCEIVERS;
    return {
      ...hasRoom && {
        addTransceiver: () => pc.addTransceiver(kind, { direction: random.pick(DIRECTIONS) }),
        addSimulcast: () =>
          pc.addTransceiver("video", { sendEncodings: [{ rid: "a" }, { rid: "b" }] }),
        addTrack: () => pc.addTrack(this.#track(kind), new MediaStream()),
      },
      createDataChannel: () =>
        this.channels.push(pc.createDataChannel(`channel ${this.channels.length}`)),
      restartIce: () => pc.restartIce(),
      ...one && {
        removeTrack: () => pc.removeTrack(one.sender),
        direction: () => one.direction = random.pick(DIRECTIONS),
        stop: () => random.chance(0.3) && one.stop(),
        replaceTrack: () => this.#replaceTrack(one),
        setStreams: () => one.sender.setStreams(new MediaStream(), new MediaStream()),
        setCodecPreferences: () => this.#prefer(one),
        setHeaderExtensionsToNegotiate: () => this.#chooseExtensions(one),
        setParameters: () => this.#setParameters(one),
      },
    };
  }

  #track(kind: string): MediaStreamTrackGenerator {
    const track = new MediaStreamTrackGenerator({
      kind: kind as "audio" | "video",
      codec: kind === "audio" ? "opus" : "vp8",
    });
    this.#tracks.push(track);
    this.#writers.push(track.writable.getWriter());
    return track;
  }

  /** All codecs in another order: with fewer, both sides may have none in common. */
  #prefer(transceiver: RTCRtpTransceiver): void {
    const { codecs } = RTCRtpReceiver.getCapabilities(transceiver.receiver.track.kind)!;
    const ranks = new Map(codecs.map((codec) => [codec, this.#random.fraction()]));
    codecs.sort((one, other) => ranks.get(one)! - ranks.get(other)!);
    transceiver.setCodecPreferences(this.#random.chance(0.2) ? [] : codecs);
  }

  #chooseExtensions(transceiver: RTCRtpTransceiver): void {
    const extensions = transceiver.getHeaderExtensionsToNegotiate();
    for (const extension of extensions) {
      if (extension.uri.includes(":sdes:") || this.#random.chance(0.7)) continue;
      extension.direction = this.#random.pick([...DIRECTIONS, "stopped"] as const);
    }
    transceiver.setHeaderExtensionsToNegotiate(extensions);
  }

  /** Another description may stop the transceiver before it is the track's turn. */
  async #replaceTrack(transceiver: RTCRtpTransceiver): Promise<void> {
    const { sender, receiver } = transceiver;
    const track = this.#random.chance(0.3) ? null : this.#track(receiver.track.kind);
    await sender.replaceTrack(track).catch((error) => {
      if (transceiver.direction !== "stopped") throw error;
    });
  }

  async #setParameters({ sender }: RTCRtpTransceiver): Promise<void> {
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) encoding.active = this.#random.chance(0.7);
    await sender.setParameters(parameters);
  }
}
