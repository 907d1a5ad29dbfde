import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { prepareEcho } from "./echo.ts";
import { eventually } from "./eventually.ts";
import { figures } from "./page.ts";
import { parties } from "./parties.ts";

/** What lets Chromium offer and use RFC 8888, which it does not by default. */
export const CCFB_TRIALS = "WebRTC-RFC8888CongestionControlFeedback/Enabled,offer:true/";

/** How long the way is watched, in milliseconds. */
const WATCHED = 5000;

/** RFC 8888 reports that have left and come, and what the reports let an end send, in bits per second. */
async function reports({ pc }: Side): Promise<{ sent: number; received: number; allowed: number }> {
  const stats = [...(await pc.getStats()).values()];
  const { ccfbMessagesSent: sent = 0, ccfbMessagesReceived: received = 0, ...transport } =
    stats.find(({ type }) => type === "transport") ?? {};
  const pair = stats.find(({ id }) => id === transport.selectedCandidatePairId);
  return { sent, received, allowed: pair?.availableOutgoingBitrate ?? 0 };
}

/** Where Chromium offers reports beside transport-wide feedback, both ends use these; where Heron offers, the latter. */
export const reportsArrivals: Scenario = {
  name: "tells of arrivals stream by stream (RFC 8888)",
  timeout: 60_000,
  async run(call) {
    const sides = parties(call);
    const { browser, heron, browserOffers } = sides;
    await prepareEcho(sides, { video: "video/VP8", audio: "audio/opus" });
    await call.connect();
    const before = await eventually(
      "the browser sees itself",
      () => browser.run(figures),
      ({ framesDecoded }) => framesDecoded > 0,
    );
    await delay(WATCHED);
    const { framesDecoded } = await browser.run(figures);
    assert(framesDecoded - before.framesDecoded > 60, `${framesDecoded}, ${before.framesDecoded}`);
    for (const end of [heron, browser]) {
      const { sent, received, allowed } = await end.run(reports);
      call.note(`${end.name}: ${sent} reports sent, ${received} received, ${allowed} b/s`);
      assertEquals(received > 20, browserOffers);
      if (end === heron) assertEquals(sent > 20, browserOffers); // Chromium does not count those that it sends
      assert(allowed > 500_000, "what arrives is not believed");
    }
  },
};
