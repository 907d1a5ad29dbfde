/**
 * The control: the same scenarios between two real browsers. What fails here is wrong with the scenario, or with a browser, and
 * not with Heron.
 *
 * Firefox shows its addresses here: the two browsers often fail to resolve each other's mDNS names in time.
 *
 * @module
 */
import { Browser } from "../harness/browser.ts";
import { browserPeers } from "../harness/peer.ts";
import { SCENARIOS } from "../scenarios/mod.ts";
import { endWithTheTest } from "./reporter.ts";
import { playAll } from "./suite.ts";

const [wanted = ""] = Deno.args;

endWithTheTest();
{
  await using chromium = await Browser.launch("chromium");
  await using firefox = await Browser.launch("firefox", { showAddresses: true });
  const scenarios = SCENARIOS.filter((scenario) => scenario.name.includes(wanted));
  await playAll(scenarios, browserPeers(chromium), browserPeers(firefox));
}
Deno.exit(0);
