import { assert, assertEquals } from "@std/assert";
import { PASSWORD, USER } from "../ice/turn/turn_server.ts";
import { Coturn, coturnIsHere } from "./coturn.ts";
import { type Nat, twoFirewalls, TwoHomes, whyNoNamespaces } from "./namespaces/mod.ts";
import { meet } from "./namespaces/remote_peer.ts";

// Two machines, each behind a NAT of the Linux kernel, and a server that both can reach. tests/peer/nat_test.ts has every pairing of the
// virtual network's NATs; these are to say that it is like real ones.

const reason = coturnIsHere ? whyNoNamespaces : "coturn is missing";
if (reason !== undefined) {
  // deno-lint-ignore no-console
  console.log(`Real NATs are not tested: ${reason}`);
}

/** How the two meet, given STUN and TURN. */
async function types(alice: Nat, bob: Nat, transport: "udp" | "tcp" = "udp"): Promise<string[][]> {
  await using homes = await TwoHomes.build({ alice, bob });
  const coturn = await Coturn.startIn(homes.internet.prefix, homes.server);
  try {
    const iceServers = [
      { urls: `stun:${homes.server}:${coturn.port}` },
      { urls: coturn.url(transport), username: USER, credential: PASSWORD },
    ];
    const found = await meet(homes.alice, homes.bob, { configuration: { iceServers } }, (a) => {
      for (const candidate of a.candidates) assert(!candidate.includes("127.0.0.1"), candidate);
    });
    return found.map((pair) => [...pair]);
  } finally {
    await coturn.close();
  }
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: reason !== undefined, fn });
}

test("real NATs: behind two that keep their mapping, peers meet without a relay", async () => {
  const found = await types("port-restricted", "port-restricted");
  for (const type of found.flat()) {
    assert(type === "srflx" || type === "prflx" || type === "host", type);
  }
  for (const [, remote] of found) {
    assert(remote !== "host", "an address behind a NAT is nobody else's");
  }
});

test("real NATs: behind two that map each destination anew, peers meet on a relay", async () => {
  const found = await types("symmetric", "symmetric");
  assert(found.some((pair) => pair.includes("relay")), JSON.stringify(found));
});

test("real NATs: where one lets no UDP out, its peer is met by TURN over TCP", async () => {
  const [alice] = await types("without UDP", "port-restricted", "tcp");
  assertEquals(alice![0], "relay");
});

test("real firewalls: where no connection is let in, peers that open one at the same time meet (RFC 6544)", async () => {
  await using stack = new AsyncDisposableStack();
  const { alice, bob } = await twoFirewalls(stack);
  const settings = { tcpSimultaneousOpen: true };
  const found = await meet(alice, bob, { settings }, (a) => {
    assert(a.candidates.some((candidate) => candidate.includes("tcptype so")));
  });
  assertEquals(found.map((pair) => [...pair]), [["host", "host"], ["host", "host"]]);
});
