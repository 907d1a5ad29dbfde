import { assertEquals, assertMatch } from "@std/assert";
import { Machine, whyNoNamespaces } from "./namespaces/mod.ts";
import { meet } from "./namespaces/remote_peer.ts";

// Two machines on one link, whose peers tell each other nothing but `.local` names.

if (whyNoNamespaces !== undefined) {
  // deno-lint-ignore no-console
  console.log(`mDNS between machines is not tested: ${whyNoNamespaces}`);
}

for (
  const [family, ours, theirs] of [
    ["IPv4", "192.168.7.1/24", "192.168.7.2/24"],
    ["IPv6", "fd77::1/64", "fd77::2/64"],
  ] as const
) {
  Deno.test({
    name: `over a real link of ${family}, peers find each other by names (RFC 6762, RFC 8828)`,
    ignore: whyNoNamespaces !== undefined,
    fn: async () => {
      await using alice = await Machine.start();
      await using bob = await Machine.start();
      await alice.connect(bob, "lan0", ours, theirs);
      const settings = { mdnsCandidates: true };
      const met = await meet(alice, bob, { settings }, (...peers) => {
        for (const candidate of peers.flatMap(({ candidates }) => candidates)) {
          assertMatch(candidate, / [0-9a-f-]{36}\.local \d+ typ host/);
        }
      });
      // Whoever's checks come first is known to the other by them before the name is resolved.
      for (const type of met.flat()) assertMatch(type, /^(host|prflx)$/);
      assertEquals(met.flat().includes("host"), true);
    },
  });
}
