import { assert, assertEquals } from "@std/assert";
import type { Host, NatKind, NatSegment, VirtualNetwork } from "../net/mod.ts";
import { stunResponder } from "../net/mod.ts";
import { collect, type End, Pair, type PairOptions } from "./pair.ts";

const SERVER = "203.0.113.10";

/** Two peers that know a STUN server, each behind a NAT of its own. */
async function behind(kinds: Record<End, NatKind>, options: PairOptions = {}): Promise<Pair> {
  const hosts = (net: VirtualNetwork) => ({
    alice: inside(
      net.nat(kinds.alice, { outside: "203.0.113.1" }),
      kinds.alice,
      "192.168.1.2",
      "198.51.100.1",
    ),
    bob: inside(
      net.nat(kinds.bob, { outside: "203.0.113.2" }),
      kinds.bob,
      "192.168.2.2",
      "198.51.100.2",
    ),
  });
  const pair = new Pair({
    hosts,
    configuration: { iceServers: [{ urls: `stun:${SERVER}` }] },
    ...options,
  });
  await pair.net.server(SERVER, 3478, stunResponder);
  return pair;
}

function inside(nat: NatSegment, kind: NatKind, hidden: string, open: string): Host {
  return nat.host(kind === "none" ? open : hidden);
}

const KINDS = ["none", "full-cone", "address-restricted", "port-restricted", "symmetric"] as const;

/**
 * Where theory says that there is no way without a relay (RFC 5128 section 3.3, RFC 4787 section 4.1): a symmetric NAT's mapping towards
 * the peer is unknown to the peer, whose own NAT lets in only ports that it has sent to.
 */
function isHopeless(a: NatKind, b: NatKind): boolean {
  const strict = (kind: NatKind) => kind === "symmetric" || kind === "port-restricted";
  return (a === "symmetric" && strict(b)) || (b === "symmetric" && strict(a));
}

async function meetOrFail(pair: Pair, fails: boolean): Promise<void> {
  const channel = pair.alice.createDataChannel("x");
  await pair.negotiate();
  if (fails) {
    await pair.until(
      () => pair.alice.connectionState === "failed" && pair.bob.connectionState === "failed",
      90_000,
    );
    assertEquals(channel.readyState, "connecting");
  } else {
    await pair.until(() => channel.readyState === "open", 5000);
  }
  await pair.close();
}

for (const alice of KINDS) {
  for (const bob of KINDS) {
    const fails = isHopeless(alice, bob);
    Deno.test(`NATs: ${alice} and ${bob} ${fails ? "fail" : "connect"}`, async () => {
      for (const trickle of [true, false]) {
        await meetOrFail(await behind({ alice, bob }, { trickle }), fails);
      }
    });

    // Nobody reaches an inside address; who is not behind a NAT learns the peer's outside address from its checks.
    const failsAlone = alice !== "none" && bob !== "none";
    Deno.test(`NATs, without a STUN server: ${alice} and ${bob} ${failsAlone ? "fail" : "connect"}`, async () => {
      await meetOrFail(await behind({ alice, bob }, { configuration: {} }), failsAlone);
    });
  }
}

Deno.test("two peers behind the same NAT meet by their inside addresses, with and without hairpinning", async () => {
  for (const hairpinning of [true, false]) {
    const pair = new Pair({
      configuration: { iceServers: [{ urls: `stun:${SERVER}` }] },
      hosts: (net) => {
        const home = net.nat("port-restricted", { outside: "203.0.113.1", hairpinning });
        return { alice: home.host("192.168.0.2"), bob: home.host("192.168.0.3") };
      },
    });
    await pair.net.server(SERVER, 3478, stunResponder);
    await pair.open();
    const { local, remote } = pair.alice.sctp!.transport.iceTransport.getSelectedCandidatePair()!;
    assertEquals([local.address, remote.address], ["192.168.0.2", "192.168.0.3"]);
    await pair.close();
  }
});

Deno.test("a NAT behind a carrier's NAT is crossed as one", async () => {
  const pair = new Pair({
    configuration: { iceServers: [{ urls: `stun:${SERVER}` }] },
    hosts: (net) => {
      const carrier = net.nat("full-cone", { outside: "203.0.113.1" });
      return {
        alice: carrier.nat("port-restricted", { outside: "100.64.0.2" }).host("192.168.0.2"),
        bob: net.nat("port-restricted", { outside: "203.0.113.2" }).host("192.168.0.2"),
      };
    },
  });
  await pair.net.server(SERVER, 3478, stunResponder);
  await pair.open();
  await pair.close();
});

const FAMILIES: [string, string[], string[], string][] = [
  [
    "dual stack on both sides: the family that the hosts name first",
    ["2001:db8::1", "198.51.100.1"],
    ["2001:db8::2", "198.51.100.2"],
    "2001:db8::2",
  ],
  ["dual stack and IPv4 only", ["2001:db8::1", "198.51.100.1"], ["198.51.100.2"], "198.51.100.2"],
  ["dual stack and IPv6 only", ["198.51.100.1", "2001:db8::1"], ["2001:db8::2"], "2001:db8::2"],
  ["IPv6 only", ["2001:db8::1"], ["2001:db8::2"], "2001:db8::2"],
];

for (const [name, alice, bob, chosen] of FAMILIES) {
  Deno.test(`addresses: ${name}`, async () => {
    const pair = new Pair({
      hosts: (net) => ({ alice: net.host(...alice), bob: net.host(...bob) }),
    });
    const { a, b } = await pair.open();
    const messages = collect(b);
    a.send("through");
    await pair.until(() => messages.length === 1);
    await pair.advance(1000);
    const { remote } = pair.alice.sctp!.transport.iceTransport.getSelectedCandidatePair()!;
    assertEquals(remote.address, chosen);
    await pair.close();
  });
}

Deno.test("dual stack goes on over IPv4 where IPv6 is broken", async () => {
  const pair = new Pair({
    hosts: (net) => ({
      alice: net.host("2001:db8::1", "198.51.100.1"),
      bob: net.host("2001:db8::2", "198.51.100.2"),
    }),
  });
  pair.net.block(({ destination }) => destination.ip.includes(":"));
  const { a } = await pair.open();
  assertEquals(a.readyState, "open");
  const { remote } = pair.alice.sctp!.transport.iceTransport.getSelectedCandidatePair()!;
  assertEquals(remote.address, "198.51.100.2");
  await pair.close();
});

Deno.test("no common family fails, and says so", async () => {
  const pair = new Pair({
    hosts: (net) => ({ alice: net.host("198.51.100.1"), bob: net.host("2001:db8::2") }),
  });
  pair.alice.createDataChannel("x");
  await pair.negotiate();
  await pair.until(
    () => pair.alice.connectionState === "failed" && pair.bob.connectionState === "failed",
    90_000,
  );
  await pair.close();
});

Deno.test("after a NAT has forgotten its mappings, an ICE restart resumes within 2 s with nothing lost", async () => {
  for (const kind of ["port-restricted", "symmetric"] as const) {
    let nat: NatSegment | undefined;
    const pair = new Pair({
      configuration: { iceServers: [{ urls: `stun:${SERVER}` }] },
      hosts: (net) => {
        nat = net.nat(kind, { outside: "203.0.113.1" });
        return { alice: nat.host("192.168.0.2"), bob: net.host("198.51.100.2") };
      },
    });
    await pair.net.server(SERVER, 3478, stunResponder);
    const { a, b } = await pair.open();
    const heard = { alice: collect(a), bob: collect(b) };
    nat!.reset();
    for (let i = 0; i < 10; i++) {
      a.send(`${i}`);
      b.send(`${i}`);
      await pair.advance(1000);
    }
    pair.alice.restartIce();
    await pair.negotiate();
    await pair.until(() => heard.alice.length === 10 && heard.bob.length === 10, 2000);
    const sent = Array.from({ length: 10 }, (_, i) => `${i}`);
    assertEquals(heard, { alice: sent, bob: sent });
    await pair.close();
  }
});

Deno.test("RFC 8421 section 4: of many IPv6 addresses that lead nowhere, none keeps IPv4 waiting", async () => {
  const many = (last: number) => Array.from({ length: 12 }, (_, i) => `2001:db8:${i}::${last}`);
  const pair = new Pair({
    hosts: (net) => ({
      alice: net.host(...many(1), "198.51.100.1"),
      bob: net.host(...many(2), "198.51.100.2"),
    }),
  });
  pair.net.block(({ destination }) => destination.ip.includes(":"));
  const checked: string[] = [];
  pair.net.tap = ({ source, destination }) => {
    if (source.ip === "198.51.100.1" || many(1).includes(source.ip)) checked.push(destination.ip);
  };
  await pair.open();
  const first = checked.findIndex((ip) => !ip.includes(":"));
  assert(first >= 0 && first < 12, `${first} checks went before`);
  await pair.close();
});
