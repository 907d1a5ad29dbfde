/**
 * Heron and one real browser, named by the first argument, that meet on coturn alone.
 *
 * @module
 */
import { RTCPeerConnection } from "../../../mod.ts";
import { PASSWORD, USER } from "../../ice/turn/turn_server.ts";
import { Coturn } from "../../interop/coturn.ts";
import { Browser } from "../harness/browser.ts";
import { browserPeers, localPeers } from "../harness/peer.ts";
import type { BrowserName } from "../harness/profiles.ts";
import { bulkByRelay, connectsByRelay } from "../scenarios/relay.ts";
import { endWithTheTest } from "./reporter.ts";
import { playAll } from "./suite.ts";

const [name] = Deno.args as [BrowserName];
const heron = localPeers("heron", () => new RTCPeerConnection());

endWithTheTest();
{
  // Browsers have no way to the loopback interface from the addresses that they use.
  const coturn = await Coturn.startOn(Deno.env.get("NETNS_ADDR")!);
  await using browser = await Browser.launch(name);
  const server = (transport: "udp" | "tcp") => ({
    urls: coturn.url(transport),
    username: USER,
    credential: PASSWORD,
  });
  const scenarios = [
    connectsByRelay(server("udp")),
    connectsByRelay(server("tcp")),
    bulkByRelay(server("udp")),
  ];
  await playAll(scenarios, heron, browserPeers(browser));
  await coturn.close();
}
Deno.exit(0);
