import { assertEquals } from "@std/assert";
import { PASSWORD, USER } from "../ice/turn/turn_server.ts";
import { virtualTurnServer } from "../net/mod.ts";
import { collect, Pair } from "./pair.ts";

const SERVER = "203.0.113.10";

for (
  const types of [["host"], ["srflx"], ["relay"], ["host", "relay"], ["srflx", "relay"]] as const
) {
  Deno.test(`with candidateTypes ${types.join(" and ")} the peer is told of no others, no server is asked in vain, and it connects`, async () => {
    const iceServers = [
      { urls: `stun:${SERVER}` },
      { urls: `turn:${SERVER}`, username: USER, credential: PASSWORD },
    ];
    const pair = new Pair({
      settings: { alice: { candidateTypes: types } },
      configuration: { iceServers },
      hosts: (net) => ({
        alice: net.nat("full-cone", { outside: "203.0.113.1" }).host("192.168.0.2"),
        bob: net.host("198.51.100.2"),
      }),
    });
    const server = await virtualTurnServer(pair.net, SERVER);
    const asked: number[] = [];
    pair.net.tap = ({ source, destination, data }) => {
      if (source.ip === "192.168.0.2" && destination.ip === SERVER && destination.port === 3478) {
        asked.push(data[1]!);
      }
    };
    const told = new Set<string>();
    pair.alice.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate?.type) told.add(candidate.type);
    });
    const { a, b } = await pair.open();
    await pair.gathered(pair.alice);
    const heard = collect(b);
    a.send("x");
    await pair.until(() => heard.length === 1);
    assertEquals([...told].sort(), [...types].sort());
    const { sdp } = pair.alice.localDescription!;
    const said = Array.from(sdp.matchAll(/^a=candidate:.* typ (\w+)/gm), ([, type]) => type!);
    assertEquals([...new Set(said)].sort(), [...types].sort());
    assertEquals(pair.alice.sctp!.transport.iceTransport.getLocalCandidates().length, said.length);
    assertEquals(asked.includes(1), types.some((type) => type === "srflx"), "Binding requests");
    assertEquals(asked.includes(3), types.some((type) => type === "relay"), "Allocate requests");
    assertEquals(server.allocations.size > 0, true); // Bob's
    await pair.close();
  });
}
