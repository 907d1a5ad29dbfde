import { PlayerTrack } from "./player_track.ts";
import { Timeline } from "./timeline.ts";
import { type Container, type MediaFile, openContainer } from "../containers/container.ts";
import { MediaStream } from "../media_stream.ts";
import { type Clock, systemClock } from "../../core/stage/mod.ts";

export type { MediaFile } from "../containers/container.ts";

/** How a file is played. */
export interface PlayOptions {
  /** Whether it begins again when it has ended. Not for a stream, which can't be read twice. */
  readonly loop?: boolean;
  /** Where time comes from; the system's clock if left out. */
  readonly clock?: Clock;
}

/** A key frame that comes by itself within so many microseconds is not worth a jump. */
const NEAR_KEY_FRAME = 1_000_000;

/** A round of a loop takes no less, in microseconds: a file may have but one picture, and not say for how long. */
const MIN_ROUND = 40_000;

/** After a jump, timestamps go on by so much, in milliseconds: no two are the same. */
const JUMP_GAP = 10;

/** The least time between two jumps, in milliseconds: peers that ask again and again must not stop a file from going on. */
const JUMP_INTERVAL = 3000;

/**
 * Plays a media file: its tracks carry, in real time, what the file holds. WebM, Matroska, MP4, QuickTime, MPEG-TS, Ogg, WAVE and IVF are
 * read; of codecs those that a peer can be sent. Nothing is decoded.
 *
 * Where a peer needs a key frame and none is near, playing jumps back to the last one, if the file can be sought in.
 */
export class MediaPlayer {
  /** What the file holds. */
  readonly stream: MediaStream;
  /** Resolves when the file has ended, or its tracks have been stopped; rejects with an `EncodingError` where the file is broken. */
  readonly ended: Promise<void>;
  readonly #container: Container;
  readonly #clock: Clock;
  readonly #timeline: Timeline;
  readonly #tracks: readonly PlayerTrack[];
  #lastJump = -Infinity;

  /** Opens a file and begins to play it: what {@linkcode playFile} does. */
  static async open(file: MediaFile, options: PlayOptions = {}): Promise<MediaPlayer> {
    const container = await openContainer(file);
    if (options.loop && !container.seekable) {
      container.close();
      throw new TypeError("A stream can't be played in a loop: it can be read but once");
    }
    return new MediaPlayer(container, options);
  }

  private constructor(container: Container, { loop = false, clock = systemClock }: PlayOptions) {
    this.#container = container;
    this.#clock = clock;
    this.#timeline = new Timeline(clock);
    this.#tracks = container.tracks.map((track) =>
      new PlayerTrack(track, this.#timeline, {
        keyFrameWanted: (next) => this.#keyFrameWanted(next),
        unused: () => this.#unused(),
      })
    );
    this.stream = new MediaStream(this.#tracks.map(({ track }) => track));
    this.ended = this.#play(loop);
    this.ended.catch(() => {}); // told to those who ask
  }

  /** Whether it stands still. */
  get paused(): boolean {
    return this.#timeline.paused;
  }

  /** Stands still: the tracks stay live, and give nothing. */
  pause(): void {
    this.#timeline.pause();
  }

  /** Goes on from where it stands. */
  resume(): void {
    this.#timeline.resume();
  }

  /** Stops: the tracks end, and fire `ended`. */
  stop(): void {
    for (const { source } of this.#tracks) source.end();
    this.#unused();
  }

  /** Once nobody sees any track, the file is let go of: what is being read may never come. */
  #unused(): void {
    if (this.#tracks.every(({ source }) => source.ended)) this.#container.close();
    this.#timeline.wakeAll();
  }

  async #play(loop: boolean): Promise<void> {
    try {
      do await this.#playOnce(); while (loop && this.#rewind());
    } finally {
      for (const { source } of this.#tracks) source.end();
      this.#container.close();
    }
  }

  async #playOnce(): Promise<void> {
    await Promise.all(this.#tracks.map((track) => track.play()));
  }

  /** The file begins again where its longest track has ended; false if nobody is there to see it. */
  #rewind(): boolean {
    const end = Math.max(...this.#tracks.map((track) => track.end));
    if (end === -Infinity || this.#tracks.every(({ source }) => source.ended)) return false;
    const least = this.#timeline.start + MIN_ROUND;
    this.#timeline.begin(this.#timeline.dueAt(Math.max(end, least)));
    for (const track of this.#tracks) track.restart(0);
    return true;
  }

  /** `next` says when the next key frame comes, as far as is known. */
  #keyFrameWanted(next: number | undefined): void {
    const { position } = this.#timeline;
    const now = this.#clock.now();
    const isNear = next !== undefined && Math.abs(next - position) < NEAR_KEY_FRAME;
    if (!this.#container.seekable || isNear || now - this.#lastJump < JUMP_INTERVAL) return;
    this.#lastJump = now;
    const back = Math.min(...this.#tracks.map((track) => track.lastKeyFrame));
    this.#timeline.moveTo(back, now + JUMP_GAP);
    for (const track of this.#tracks) track.restart(back);
  }
}

/**
 * Plays a media file in real time. A stream, such as the standard output of ffmpeg, may be one that never ends.
 *
 * Of a file's tracks, those can be sent that are VP8, VP9, H264, H265, AV1, Opus or G.711; others are left out, such as AAC. A peer is sent
 * what it has agreed to take, which need not be every profile: browsers take VP9 of profile 0, and H264 without B-frames, which nobody puts
 * back in order. ffmpeg makes both fit: `ffmpeg -i film.mp4 -c:v copy -c:a libopus film.mkv` for sound alone, or live, so that little waits
 * to be written,
 *
 * ```sh
 * ffmpeg -re -i SOURCE -c:v libx264 -tune zerolatency -profile:v baseline -pix_fmt yuv420p -g 50 \
 *   -c:a libopus -f matroska -cluster_time_limit 100 -flush_packets 1 -
 * ffmpeg -re -i SOURCE -c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -g 50 \
 *   -c:a libopus -f webm -cluster_time_limit 100 -flush_packets 1 -
 * ```
 *
 * Whoever plays files of strangers does so in a worker, which can be terminated: the tables of an MP4 file may claim that it has billions
 * of frames, and all of them are read.
 *
 * Rejects with a `NotSupportedError` where it is no such file, or holds nothing that can be sent, with an `EncodingError` where it is
 * broken, and with a TypeError where a stream is to be played in a loop.
 *
 * @example Sends a file to a peer
 * ```ts
 * import { RTCPeerConnection } from "@heron/webrtc";
 * import { mediaDevices, playFile, recordTracks } from "@heron/webrtc/media";
 *
 * // In place of Deno.readFile("film.webm"):
 * const camera = await mediaDevices.getUserMedia({ video: true });
 * const { bytes: film } = await recordTracks(camera, { format: "webm", maxBytes: 5000 }).finished;
 * for (const track of camera.getTracks()) track.stop();
 *
 * const pc = new RTCPeerConnection();
 * const player = await playFile(film!);
 * for (const track of player.stream.getTracks()) pc.addTrack(track, player.stream);
 * // ... an offer and an answer, and then:
 * await player.ended;
 * pc.close();
 * ```
 */
export function playFile(file: MediaFile, options: PlayOptions = {}): Promise<MediaPlayer> {
  return MediaPlayer.open(file, options);
}
