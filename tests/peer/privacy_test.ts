import { assert, assertEquals } from "@std/assert";
import { stunResponder } from "../net/mod.ts";
import { Pair } from "./pair.ts";

const SERVER = "203.0.113.10";

Deno.test("RFC 8828: with iceTransportPolicy relay, no address gets out: not in SDP, events or raddr, and no packet is sent", async () => {
  for (const offerer of ["alice", "bob"] as const) {
    const pair = new Pair({
      configuration: {
        iceTransportPolicy: "relay",
        iceServers: [{ urls: [`stun:${SERVER}`] }],
      },
      hosts: (net) => ({
        alice: net.nat("full-cone", { outside: "203.0.113.1" }).host("192.168.0.2", "fd00::2"),
        bob: net.host("198.51.100.2", "2001:db8::2"),
      }),
    });
    await pair.net.server(SERVER, 3478, stunResponder);
    const opened: string[] = [];
    for (const host of [pair.hosts.alice, pair.hosts.bob]) {
      const openUdp = host.openUdp.bind(host);
      host.openUdp = (ip, port) => (opened.push(ip), openUdp(ip, port));
    }
    const packets: string[] = [];
    pair.net.tap = ({ source }) => void packets.push(source.ip);
    const said: string[] = [];
    for (const end of ["alice", "bob"] as const) {
      pair[end].addEventListener("icecandidate", ({ candidate }) => {
        if (candidate?.candidate) said.push(JSON.stringify(candidate));
      });
      pair[end].addEventListener("icecandidateerror", (event) => {
        said.push(`${event.address ?? ""}`);
      });
    }
    pair[offerer].createDataChannel("x");
    await pair.negotiate(offerer);
    // Candidates of the peer's, as if it did not keep the rule: they must not tempt this end to check them.
    for (const end of ["alice", "bob"] as const) {
      await pair[end].addIceCandidate({
        candidate: "candidate:1 1 udp 1 198.51.100.99 40000 typ host",
        sdpMid: "0",
      });
    }
    await pair.gathered(pair.alice);
    await pair.advance(60_000);
    assertEquals(packets, []);
    assertEquals(opened, []);
    for (const end of ["alice", "bob"] as const) {
      const { sdp } = pair[end].localDescription!;
      const everything = [sdp, ...said].join("\n");
      assert(!/a=candidate/.test(sdp), sdp);
      for (const ip of [...pair.hosts.alice.ips, ...pair.hosts.bob.ips, "203.0.113.1"]) {
        assert(!everything.includes(ip), `${ip} in ${everything}`);
      }
      assertEquals(pair[end].sctp!.transport.iceTransport.getLocalCandidates(), []);
    }
    await pair.close();
  }
});

Deno.test("a description names no address but that of its candidates", async () => {
  const pair = new Pair({
    hosts: (net) => ({
      alice: net.nat("full-cone", { outside: "203.0.113.1" }).host("192.168.0.2"),
      bob: net.host("198.51.100.2"),
    }),
  });
  pair.alice.createDataChannel("x");
  const { sdp } = await pair.alice.createOffer();
  await pair.alice.setLocalDescription();
  await pair.gathered(pair.alice);
  assert(!sdp!.includes("192.168.0.2"));
  const lines = pair.alice.localDescription!.sdp.split("\r\n").filter((line) =>
    line.includes("192.168.0.2")
  );
  assert(lines.length > 0, "no candidate tells the address");
  for (const line of lines) {
    assert(line.startsWith("a=candidate:") || line === "c=IN IP4 192.168.0.2", line);
  }
  await pair.close();
});
