/**
 * Media between Heron and one real browser, named by the first argument. A second one narrows the scenarios to those whose name
 * contains it.
 *
 * @module
 */
import { RTCPeerConnection } from "../../../mod.ts";
import { Browser } from "../harness/browser.ts";
import { browserPeers, localPeers } from "../harness/peer.ts";
import type { BrowserName } from "../harness/profiles.ts";
import { scenariosFor } from "../media/mod.ts";
import { endWithTheTest } from "./reporter.ts";
import { playAll } from "./suite.ts";

const [name, wanted = ""] = Deno.args as [BrowserName, string?];
const heron = localPeers("heron", () => new RTCPeerConnection());

endWithTheTest();
{
  await using browser = await Browser.launch(name, { fakeDevices: true });
  const scenarios = scenariosFor(name).filter((scenario) => scenario.name.includes(wanted));
  await playAll(scenarios, heron, browserPeers(browser));
}
Deno.exit(0);
