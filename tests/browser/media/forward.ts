import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { forward } from "../../../peer/rtp_transport/mod.ts";
import { comesBack } from "./echo.ts";
import type { Codecs } from "./page.ts";
import { preferring } from "./preferring.ts";

/** Heron sends back the packets of whatever comes. Offering or answering, it asks for these codecs, and rather for no others. */
export function forwardBack({ pc }: Side, codecs: Codecs, offers: boolean): void {
  for (const kind of offers ? ["audio", "video"] as const : []) {
    pc.addTransceiver(kind).setCodecPreferences(preferring(kind, codecs[kind]));
  }
  pc.ontrack = ({ track, transceiver }) => {
    const kind = track.kind as "audio" | "video";
    transceiver.direction = "sendrecv";
    transceiver.setCodecPreferences(preferring(kind, codecs[kind]));
    forward(transceiver.receiver, transceiver.sender);
  };
}

/** Heron forwards the browser's packets to the browser, which sees itself without a pause. */
export function forwards(codecs: Codecs): Scenario {
  return comesBack(`forwards packets of ${codecs.video} and ${codecs.audio}`, forwardBack, codecs);
}
