/**
 * What a browser's page does in media scenarios. Each function's source is sent to the page: it refers to nothing outside itself.
 *
 * @module
 */
import type { Side } from "../harness/side.ts";

// deno-lint-ignore no-explicit-any -- the page's own types are not known here
type Page = any;

/** Which codecs a page prefers, by MIME type. */
export interface Codecs {
  readonly audio: string;
  readonly video: string;
}

/** Opens camera and microphone, and sends what is not sent yet: in new sections, or in those that are offered. */
export async function sendCamera({ pc }: Side, height = 480): Promise<void> {
  const page: Page = globalThis;
  if (page.camera?.height !== height) {
    // A device that is open already gives no larger pictures than it was opened for.
    for (const track of page.opened ?? []) track.stop();
    page.camera = await page.navigator.mediaDevices.getUserMedia({
      audio: true,
      video: { width: height * 4 / 3, height },
    });
    page.camera.height = height;
    page.opened = page.camera.getTracks();
  }
  const stream = page.camera;
  const sent = pc.getSenders().map(({ track }: Page) => track);
  for (const track of stream.getTracks()) if (!sent.includes(track)) pc.addTrack(track, stream);
}

/** Sends a small camera's picture in a section of its own, whatever others there are. */
export async function addCamera({ pc }: Side): Promise<void> {
  const page: Page = globalThis;
  for (const track of page.opened ?? []) track.stop();
  page.camera = undefined;
  const stream = await page.navigator.mediaDevices.getUserMedia({
    video: { width: 320, height: 240 },
  });
  page.opened = stream.getTracks();
  pc.addTransceiver(stream.getVideoTracks()[0], { streams: [stream] });
}

/** Sends so many copies of a small camera's picture, and of its sound, each in a section of its own. */
export async function sendCopies(
  { pc }: Side,
  counts: Readonly<Record<"audio" | "video", number>>,
): Promise<void> {
  const page: Page = globalThis;
  for (const track of page.opened ?? []) track.stop();
  page.camera = undefined;
  // As many encoders run at once as there are copies.
  const stream = await page.navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 320, height: 240, frameRate: 15 },
  });
  page.opened = stream.getTracks().flatMap((track: Page) => {
    const more = counts[track.kind as "audio" | "video"] - 1;
    return [track, ...Array.from({ length: more }, () => track.clone())];
  });
  for (const track of page.opened) pc.addTrack(track, stream);
}

/** Sends no video any more; sound goes on. */
export function removeVideo({ pc }: Side): void {
  for (const sender of pc.getSenders()) if (sender.track?.kind === "video") pc.removeTrack(sender);
}

/** Sends the camera's picture in layers: by rid, and what each divides the size by. */
export async function sendSimulcast(
  { pc }: Side,
  layers: Readonly<Record<string, number>>,
): Promise<void> {
  const page: Page = globalThis;
  for (const track of page.opened ?? []) track.stop();
  page.camera = undefined;
  // What a machine with two busy processors can encode; browsers send three layers only of so large a picture.
  const stream = await page.navigator.mediaDevices.getUserMedia({
    video: { width: 960, height: 540, frameRate: 15 },
  });
  page.opened = stream.getTracks();
  pc.addTransceiver(stream.getVideoTracks()[0], {
    direction: "sendonly",
    streams: [stream],
    sendEncodings: Object.entries(layers).map(([rid, scaleResolutionDownBy]) => ({
      rid,
      scaleResolutionDownBy,
      scalabilityMode: "L1T2", // without, Chromium makes one stream of VP9 or AV1, with all sizes in it
    })),
  });
}

/** A picture that a page has shown. */
export interface Shown {
  /** When, in milliseconds. */
  readonly at: number;
  /** How many had been shown until then: a page that is busy is not told of each. */
  readonly count: number;
  readonly width: number;
  readonly height: number;
}

/** Shows what comes; asks for a picture and sound if it is to offer, and does not send any. */
export function showTracks({ pc }: Side, asks: boolean): void {
  const page: Page = globalThis;
  const shown: Shown[] = (pc as Page).shown = [];
  for (const kind of asks ? ["audio", "video"] as const : []) {
    pc.addTransceiver(kind, { direction: "recvonly" });
  }
  pc.ontrack = ({ track }: Page) => {
    const element = page.document.createElement(track.kind);
    element.autoplay = true;
    element.muted = track.kind === "video";
    element.srcObject = new page.MediaStream([track]);
    page.document.body.append(element);
    element.play().catch(() => {});
    if (track.kind === "audio") return;
    const show = (_: number, { presentationTime, presentedFrames, width, height }: Page) => {
      shown.push({ at: presentationTime, count: presentedFrames, width, height });
      element.requestVideoFrameCallback(show);
    };
    element.requestVideoFrameCallback(show);
  };
}

/** The pictures that a page has shown in the section's element, the latest last. */
export function picturesShown({ pc }: Side): Shown[] {
  return (pc as Page).shown;
}

/** How many frames a page has decoded, of all streams that it still receives. */
export async function framesShown({ pc }: Side): Promise<number> {
  const stats: Page[] = [...(await (pc as Page).getStats()).values()];
  return stats.filter(({ type, kind }) => type === "inbound-rtp" && kind === "video")
    .reduce((sum, { framesDecoded = 0 }) => sum + framesDecoded, 0);
}

/** What a page has sent and received so far. */
export interface Figures {
  /** What the camera gives a second. */
  readonly frameRate: number;
  readonly framesEncoded: number;
  readonly framesSent: number;
  readonly framesDecoded: number;
  readonly framesReceived: number;
  /** Undefined where the browser does not count them. */
  readonly freezeCount?: number;
  readonly keyFramesDecoded: number;
  readonly packetsLost: number;
  readonly pliCount: number;
  readonly firCount: number;
  readonly audioEnergy: number;
  readonly audioPackets: number;
  readonly width: number;
  readonly videoCodec: string;
  readonly audioCodec: string;
  readonly qualityLimitation: string;
}

/** The page's figures, from its own getStats. */
export async function figures({ pc }: Side): Promise<Figures> {
  const stats: Page[] = [...(await (pc as Page).getStats()).values()];
  const one = (type: string, kind: string): Page =>
    stats.find((entry) => entry.type === type && entry.kind === kind) ?? {};
  const codecOf = ({ codecId }: Page): string =>
    stats.find(({ id }) => id === codecId)?.mimeType ?? "";
  const [sent, received] = [one("outbound-rtp", "video"), one("inbound-rtp", "video")];
  const sound = one("inbound-rtp", "audio");
  const camera = pc.getSenders().find(({ track }) => track?.kind === "video")?.track;
  return {
    frameRate: camera?.getSettings().frameRate ?? 0,
    framesEncoded: sent.framesEncoded ?? 0,
    framesSent: sent.framesSent ?? 0,
    framesDecoded: received.framesDecoded ?? 0,
    framesReceived: received.framesReceived ?? 0,
    freezeCount: received.freezeCount,
    keyFramesDecoded: received.keyFramesDecoded ?? 0,
    packetsLost: received.packetsLost ?? 0,
    pliCount: received.pliCount ?? 0,
    firCount: received.firCount ?? 0,
    audioEnergy: sound.totalAudioEnergy ?? 0,
    audioPackets: sound.packetsReceived ?? 0,
    width: received.frameWidth ?? 0,
    videoCodec: codecOf(received),
    audioCodec: codecOf(sound),
    qualityLimitation: sent.qualityLimitationReason ?? "",
  };
}

/** Writes down which telephone keys sound in what a page receives, by the frequencies of ITU-T Q.23. */
export function listenForKeys({ pc }: Side): void {
  const rows = [697, 770, 852, 941];
  const columns = [1209, 1336, 1477, 1633];
  const keys = ["123A", "456B", "789C", "*0#D"];
  const page: Page = globalThis;
  const context = new page.AudioContext();
  const analyser = new page.AnalyserNode(context, { fftSize: 2048, smoothingTimeConstant: 0 });
  const { track } = pc.getReceivers().find(({ track }) => track.kind === "audio")!;
  context.createMediaStreamSource(new page.MediaStream([track])).connect(analyser);
  const spectrum = new Float32Array(analyser.frequencyBinCount);
  const level = (hertz: number) =>
    spectrum[Math.round(hertz * analyser.fftSize / context.sampleRate)]!;
  const loudest = (group: number[]) =>
    group.reduce((best, _, i) => level(group[i]!) > level(group[best]!) ? i : best, 0);
  const heard: string[] = (pc as Page).heard = [];
  let previous = "";
  const timer = setInterval(() => {
    if (pc.connectionState === "closed") {
      clearInterval(timer);
      return context.close();
    }
    analyser.getFloatFrequencyData(spectrum);
    const [row, column] = [loudest(rows), loudest(columns)];
    const isLoud = Math.min(level(rows[row]!), level(columns[column]!)) > -40; // in decibels: keys have -30
    const key = isLoud ? keys[row]![column]! : "";
    if (key === previous && key !== heard.at(-1)) heard.push(key); // twice: what is heard once is a key's begin or end
    previous = key;
  }, 20);
}

/** The keys that a page has heard, with "" where none sounds. */
export function keysHeard({ pc }: Side): string[] {
  return (pc as Page).heard;
}
