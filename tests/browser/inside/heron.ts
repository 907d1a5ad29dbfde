/**
 * The scenarios between Heron and one real browser, named by the first argument. A second one narrows them to those whose name
 * contains it.
 *
 * @module
 */
import { RTCPeerConnection } from "../../../mod.ts";
import { Browser } from "../harness/browser.ts";
import { browserPeers, localPeers } from "../harness/peer.ts";
import { createRTCPeerConnection } from "../../../peer/settings.ts";
import type { BrowserName } from "../harness/profiles.ts";
import { play } from "../harness/scenario.ts";
import { LITE, SCENARIOS, vanishes } from "../scenarios/mod.ts";
import { endWithTheTest, report } from "./reporter.ts";
import { playAll } from "./suite.ts";

const [name, wanted = ""] = Deno.args as [BrowserName, string?];
const heron = localPeers("heron", () => new RTCPeerConnection());
const Lite = createRTCPeerConnection({ iceLite: true });
const lite = localPeers("heron with ICE lite", () => new Lite());

/** A browser of its own for the scenario that kills it; it waits for half a minute, so it runs beside all others. */
async function playVanishing() {
  await using browser = await Browser.launch(name);
  return await play(vanishes, browserPeers(browser), heron, true);
}

endWithTheTest();
{
  await using browser = await Browser.launch(name);
  const vanishing = vanishes.name.includes(wanted) ? playVanishing() : undefined;
  const scenarios = SCENARIOS.filter((scenario) => scenario.name.includes(wanted));
  await playAll(scenarios, heron, browserPeers(browser));
  await playAll(scenarios.filter((each) => LITE.includes(each)), lite, browserPeers(browser));
  if (vanishing) await report(vanishes.name, () => vanishing);
}
Deno.exit(0);
