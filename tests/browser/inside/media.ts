/**
 * Media between Heron and one real browser, named by the first argument. A second one narrows the scenarios to those whose name
 * contains it.
 *
 * @module
 */
import { RTCPeerConnection } from "../../../mod.ts";
import { createRTCPeerConnection } from "../../../peer/settings.ts";
import { SystemNetwork } from "../../../transport/mod.ts";
import { ImpairedNetwork } from "../../support/impaired_network.ts";
import { Browser } from "../harness/browser.ts";
import { browserPeers, localPeers } from "../harness/peer.ts";
import type { BrowserName } from "../harness/profiles.ts";
import type { Scenario } from "../harness/scenario.ts";
import { CCFB_TRIALS, reportsArrivals } from "../media/arrival_reports.ts";
import { FLEXFEC_TRIALS, repairsByFlexfec } from "../media/flexfec.ts";
import { impairedScenarios, scenariosFor } from "../media/mod.ts";
import { endWithTheTest } from "./reporter.ts";
import { playAll } from "./suite.ts";

const [name, wanted = ""] = Deno.args as [BrowserName, string?];
const heron = localPeers("heron", () => new RTCPeerConnection());
const network = new ImpairedNetwork(new SystemNetwork());
const Impaired = createRTCPeerConnection({ network });
const impaired = localPeers("heron", () => new Impaired());

endWithTheTest();
{
  await using browser = await Browser.launch(name, { fakeDevices: true });
  const isWanted = (scenario: Scenario) => scenario.name.includes(wanted);
  await playAll(scenariosFor(name).filter(isWanted), heron, browserPeers(browser));
  await playAll(impairedScenarios(network).filter(isWanted), impaired, browserPeers(browser));
}
const trials = [
  [repairsByFlexfec(network), FLEXFEC_TRIALS],
  [reportsArrivals, CCFB_TRIALS],
] as const;
for (const [scenario, fieldTrials] of name === "chromium" ? trials : []) {
  if (!scenario.name.includes(wanted)) continue;
  await using browser = await Browser.launch(name, { fakeDevices: true, fieldTrials });
  await playAll([scenario], impaired, browserPeers(browser));
}
Deno.exit(0);
