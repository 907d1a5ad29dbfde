import { assert, assertEquals } from "@std/assert";
import { RTCPeerConnection, type RTCRtpReceiver } from "../../../mod.ts";
import { forward, type Forwarding } from "../../../peer/rtp_transport/mod.ts";
import { browserPeers, localPeers, type Peer } from "../harness/peer.ts";
import { openPair, type Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { eventually } from "./eventually.ts";
import { figures, picturesShown, sendSimulcast, showTracks } from "./page.ts";
import { parties } from "./parties.ts";
import { checkPauses, longestPause } from "./pauses.ts";
import { preferring } from "./preferring.ts";
import { LAYERS, readLayers, videoTrack } from "./simulcast.ts";

/** The layers that are forwarded, one after the other: up and down, to the next one and over one. */
const COURSE = ["q", "h", "f", "q", "f", "h"];
/** So many pictures of each have to be shown. */
const PICTURES = 20;

/** Forwards one layer of what comes to somebody, to whom nothing else is sent. */
function beginToForward({ pc }: Side, receiver: RTCRtpReceiver, rid: string): Forwarding {
  const { sender } = pc.addTransceiver("video", { direction: "sendonly" });
  return forward(receiver, sender, { rid });
}

/** Waits until so many pictures of a width have been shown, the last ones. */
async function shows(viewer: Peer, width: number): Promise<void> {
  await eventually(
    `${PICTURES} pictures of ${width} pixels are shown`,
    async () => (await viewer.run(picturesShown)).slice(-PICTURES),
    (shown) => shown.length === PICTURES && shown.every((picture) => picture.width === width),
  );
}

/** Of three layers that a browser sends, another connection of a browser gets one, now this and now that one, and its picture never stands. */
export function switchesLayers(codec: string): Scenario {
  return {
    name: `forwards one layer of a browser's simulcast of ${codec}, and switches between them`,
    timeout: 90_000, // Firefox can take a quarter of a minute to find out that there is room for the largest
    async run(call) {
      const { browser, heron, browserOffers } = parties(call);
      if (!browserOffers) return call.note("offers to receive simulcast are never made");
      await heron.run(({ pc }) => {
        pc.ontrack = ({ transceiver }) =>
          transceiver.setCodecPreferences(preferring("video", codec));
      });
      await browser.run(sendSimulcast, LAYERS);
      await call.connect();
      const track = await heron.run(videoTrack);
      const width = (await readLayers(track)).get("f")!.width!;
      const receiver = await heron.run(({ pc }) =>
        pc.getReceivers().find((one) => one.track === track)!
      );

      const herons = localPeers("heron", () => new RTCPeerConnection());
      const viewing = await openPair(herons, browserPeers(browser.browser!), call.trickle);
      const { offerer: server, answerer: viewer } = viewing;
      try {
        const view = await server.run(beginToForward, receiver, COURSE[0]!);
        await viewer.run(showTracks, false);
        await viewing.connect();
        await shows(viewer, width / LAYERS[COURSE[0]!]!);
        const delays: number[] = [];
        for (const rid of COURSE.slice(1)) {
          const began = performance.now();
          await view.switchTo(receiver, { rid });
          delays.push(Math.round(performance.now() - began));
          await shows(viewer, width / LAYERS[rid]!);
        }
        const shown = await viewer.run(picturesShown);
        const { framesDecoded, freezeCount, packetsLost, keyFramesDecoded, videoCodec } =
          await viewer.run(figures);
        call.note(
          `key frames after ${delays.join(", ")} ms; ${framesDecoded} frames decoded, ` +
            `${keyFramesDecoded} of them key frames, at most ${longestPause(shown)} ms apart, ` +
            `${freezeCount} freezes, ${packetsLost} packets lost`,
        );
        assertEquals(videoCodec, codec);
        const widths = shown.map((picture) => picture.width);
        assertEquals(
          widths.filter((width, i) => width !== widths[i - 1]),
          COURSE.map((rid) => width / LAYERS[rid]!),
        );
        checkPauses(shown);
        assert(delays.every((delay) => delay < 1000), `${delays} ms`);
      } finally {
        await viewing.close();
      }
    },
  };
}
