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
const flexfec = repairsByFlexfec(network);
if (name === "chromium" && flexfec.name.includes(wanted)) {
  const options = { fakeDevices: true, fieldTrials: FLEXFEC_TRIALS };
  await using browser = await Browser.launch(name, options);
  await playAll([flexfec], impaired, browserPeers(browser));
}
Deno.exit(0);
