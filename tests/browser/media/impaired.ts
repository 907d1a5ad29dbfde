import { assert } from "@std/assert";
import { delay } from "@std/async/delay";
import { MediaStreamTrackGenerator } from "../../../mod.ts";
import type { ImpairedNetwork, ImpairedPath } from "../../support/impaired_network.ts";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { prepareEcho } from "./echo.ts";
import { eventually } from "./eventually.ts";
import { figures, showTracks } from "./page.ts";
import { parties } from "./parties.ts";

/** How long is watched, in milliseconds. */
const WATCHED = 10_000;
/** Within this time congestion control has to have found what the way lets through, in milliseconds. */
const FINDS_WITHIN = 10_000;
/** Bits per second of the bottleneck. */
const CAP = 500_000;
/** Pictures so high take more than the bottleneck lets through. */
const LARGE = 960;
/** Bytes of IPv4 and UDP headers before each packet. */
const HEADERS = 28;

const CODECS = { video: "video/VP8", audio: "audio/opus" };

/** What a page believes that it may send, in bits per second; 0 if it doesn't tell. */
async function estimate({ pc }: Side): Promise<number> {
  const stats = [...(await pc.getStats()).values()];
  return stats.find((entry) => entry.availableOutgoingBitrate)?.availableOutgoingBitrate ?? 0;
}

/** Of Heron's statistics, one of a type. */
async function statistic({ pc }: Side, type: string): Promise<Record<string, number>> {
  const stats = [...(await pc.getStats()).values()];
  return stats.find((entry) => entry.type === type && (entry.kind ?? "video") === "video") ?? {};
}

/** Heron's echo over a way that loses packets. */
export function losesLittle(network: ImpairedNetwork): Scenario {
  return {
    name: "completes 99% of frames both ways at 5% loss and 50 ms there and back",
    timeout: 60_000,
    async run(call) {
      const sides = parties(call);
      const { browser, heron } = sides;
      try {
        await prepareEcho(sides, CODECS);
        for (const path of [network.inbound, network.outbound]) {
          Object.assign(path, { delay: 25, loss: 0.05 });
        }
        await call.connect();
        await eventually(
          "the browser sees itself",
          () => browser.run(figures),
          ({ framesDecoded }) => framesDecoded > 30,
        );
        const look = async () => ({
          page: await browser.run(figures),
          inbound: await heron.run(statistic, "inbound-rtp"),
          outbound: await heron.run(statistic, "outbound-rtp"),
        });
        const before = await look();
        await delay(WATCHED);
        const after = await look();
        const there = after.page.framesSent - before.page.framesSent;
        const arrived = after.inbound.framesReceived! - before.inbound.framesReceived!;
        const back = after.outbound.framesSent! - before.outbound.framesSent!;
        const decoded = after.page.framesDecoded - before.page.framesDecoded;
        call.note(
          `${arrived} of ${there} frames in, ${decoded} of ${back} back, ` +
            `${after.inbound.nackCount} and ${after.outbound.nackCount} asked for again`,
        );
        assert(there > 100, `only ${there} frames were sent`);
        assert(arrived >= 0.99 * there - 3, `${arrived} of ${there} frames`); // some are on their way
        assert(back >= 0.98 * there - 3, `only ${back} of ${there} frames were sent back`);
        assert(decoded >= 0.99 * back - 3, `${decoded} of ${back} frames`);
      } finally {
        heal(network);
      }
    },
  };
}

/** The browser's congestion control, which goes by Heron's feedback. */
export function browserFindsCap(network: ImpairedNetwork): Scenario {
  return {
    name: "a browser finds a bottleneck of 500 kb/s by Heron's feedback, and keeps to it",
    timeout: 60_000,
    async run(call) {
      const sides = parties(call);
      const { browser, heron } = sides;
      try {
        await prepareEcho(sides, CODECS, LARGE);
        Object.assign(network.inbound, { delay: 25, rate: CAP });
        await call.connect();
        await delay(FINDS_WITHIN);
        const look = async () => ({
          way: await heron.run(statistic, "transport"),
          video: await heron.run(statistic, "inbound-rtp"),
        });
        const before = await look();
        const estimates: number[] = [];
        for (let i = 0; i < WATCHED / 1000; i++) {
          await delay(1000);
          estimates.push(await browser.run(estimate));
        }
        const after = await look();
        const packets = after.way.packetsReceived! - before.way.packetsReceived!;
        const rate = rateOf(before.way, after.way, "bytesReceived") +
          packets * HEADERS * 8 / WATCHED;
        const lost = after.video.packetsLost! - before.video.packetsLost!;
        // Chromium's encoder doesn't use all that there is: its estimate is what counts. Firefox doesn't tell its own.
        const mean = estimates.reduce((sum, one) => sum + one) / estimates.length / 1000;
        call.note(
          `${Math.round(rate)} kb/s, ${Math.round(mean)} by the browser's estimate, ` +
            `${lost} of ${packets} packets lost`,
        );
        assert(rate <= 1.02 * CAP / 1000, `${rate} kb/s`);
        const found = Math.max(rate, mean);
        assert(found > 0.6 * CAP / 1000 && found < 1.2 * CAP / 1000, `${found} kb/s`);
        assert(lost < 0.05 * packets, `${lost} of ${packets} lost`);
      } finally {
        heal(network);
      }
    },
  };
}

/** Heron's congestion control, which goes by the browser's feedback. */
export function findsCap(network: ImpairedNetwork): Scenario {
  return {
    name: "finds a bottleneck of 500 kb/s by the browser's feedback, and keeps to it",
    timeout: 60_000,
    async run(call) {
      const { browser, heron, browserOffers } = parties(call);
      const generator = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
      const over = new AbortController();
      try {
        await heron.run(({ pc }) => void pc.addTrack(generator));
        await browser.run(showTracks, browserOffers);
        Object.assign(network.outbound, { delay: 25, rate: CAP });
        await call.connect();
        void film(generator, () => heron.run(statistic, "outbound-rtp"), over.signal);
        await delay(FINDS_WITHIN);
        const before = await heron.run(statistic, "outbound-rtp");
        const remoteBefore = await heron.run(statistic, "remote-inbound-rtp");
        await delay(WATCHED);
        const after = await heron.run(statistic, "outbound-rtp");
        const remote = await heron.run(statistic, "remote-inbound-rtp");
        const rate = rateOf(before, after, "bytesSent");
        const lost = remote.packetsLost! - (remoteBefore.packetsLost ?? 0);
        const packets = after.packetsSent! - before.packetsSent!;
        call.note(`${rate} kb/s of video, ${lost} of ${packets} packets lost`);
        assert(rate > 0.8 * CAP / 1000 - 20 && rate < 1.2 * CAP / 1000, `${rate} kb/s`);
        assert(lost < 0.05 * packets, `${lost} of ${packets} lost`);
      } finally {
        over.abort();
        generator.stop();
        heal(network);
      }
    },
  };
}

function rateOf(
  before: Record<string, number>,
  after: Record<string, number>,
  bytes: string,
): number {
  return Math.round((after[bytes]! - before[bytes]!) * 8 / (after.timestamp! - before.timestamp!));
}

/** Pictures of nothing, as large as congestion control lets them be. */
async function film(
  generator: MediaStreamTrackGenerator,
  outbound: () => Promise<Record<string, number>>,
  signal: AbortSignal,
): Promise<void> {
  const writer = generator.writable.getWriter();
  let isKeyFrameWanted = true;
  generator.addEventListener("keyframerequest", () => isKeyFrameWanted = true);
  for (let frame = 0; !signal.aborted; frame++) {
    const { targetBitrate = 300_000 } = await outbound();
    // RFC 7741 section 4.3: the lowest bit is 0 in key frames.
    const data = new Uint8Array(Math.max(100, Math.min(targetBitrate, 5e6) / 8 / 25))
      .fill(isKeyFrameWanted ? 0x10 : 0x11);
    const type = isKeyFrameWanted ? "key" : "delta";
    isKeyFrameWanted = false;
    await writer.write({ type, timestamp: performance.now() * 1000, data }).catch(() => {});
    await delay(40);
  }
}

function heal({ inbound, outbound }: ImpairedNetwork): void {
  const whole: Partial<ImpairedPath> = { delay: 0, loss: 0, rate: Infinity };
  for (const path of [inbound, outbound]) Object.assign(path, whole);
}
