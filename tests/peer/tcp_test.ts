import { assertEquals } from "@std/assert";
import { nodeProvider as crypto } from "../../core/crypto/node_provider.ts";
import { type Datagram, Stage, type TransportAddress } from "../../core/mod.ts";
import { IceAgent, type IceEvent, writeCandidate } from "../../ice/mod.ts";
import { collect, Pair, without } from "./pair.ts";

const LISTENER: TransportAddress = { ip: "198.51.100.3", port: 443, protocol: "tcp" };

/** Alice, with an answer whose only candidate is a passive one of a server that listens on one TCP port. */
async function aliceAndServer(pair: Pair) {
  const stage = new Stage<Datagram, Uint8Array, IceEvent, IceAgent>(
    new IceAgent({ crypto, role: "controlled" }),
    { clock: pair.net.clock },
  );
  pair.net.host(LISTENER.ip);
  pair.net.tcp.listen(LISTENER.ip, LISTENER.port, (socket) => {
    void socket.readable.pipeThrough(stage.inbound).pipeTo(new WritableStream());
    void stage.outbound.readable.pipeTo(socket.writable);
  });
  pair.alice.createDataChannel("x");
  await pair.alice.setLocalDescription();
  await pair.bob.setRemoteDescription(pair.alice.localDescription!);
  const answer = await pair.bob.createAnswer();
  const [ufrag, password] = ["ufrag", "pwd"].map((name) =>
    new RegExp(`^a=ice-${name}:(.*)\r$`, "m").exec(pair.alice.localDescription!.sdp)![1]!
  );
  stage.run((agent, now) => {
    agent.setRemoteParameters({ usernameFragment: ufrag!, password: password! }, now);
    agent.addBase(LISTENER, now, { tcpType: "passive" });
    agent.endOfBases(now);
  });
  const { localParameters: own, localCandidates: [passive] } = stage.run((agent) => agent);
  const { sdp } = without(answer, /^a=(ice-ufrag|ice-pwd|candidate)/);
  const lines = [
    `a=ice-ufrag:${own.usernameFragment}`,
    `a=ice-pwd:${own.password}`,
    `a=${writeCandidate(passive!)}`,
    "",
  ];
  await pair.alice.setRemoteDescription({ type: "answer", sdp: sdp + lines.join("\r\n") });
  return stage;
}

Deno.test("where only TCP gets through, a connection reaches a server's passive candidate (RFC 6544)", async () => {
  const pair = new Pair({ trickle: false });
  pair.net.block(({ source }) => source.protocol === "udp");
  const stage = await aliceAndServer(pair);
  await pair.until(() => /connected|completed/.test(pair.alice.iceConnectionState), 5000);
  const { local, remote } = pair.alice.sctp!.transport.iceTransport.getSelectedCandidatePair()!;
  assertEquals([local.protocol, local.tcpType], ["tcp", "active"]);
  assertEquals([remote.protocol, remote.tcpType, remote.port], ["tcp", "passive", 443]);
  stage.run((agent, now) => agent.close(now));
  await pair.close();
});

Deno.test("a host without UDP gathers active TCP candidates, and fails no worse than that", async () => {
  const pair = new Pair({ trickle: false });
  pair.hosts.alice.openUdp = () => Promise.reject(new Error("no UDP here"));
  const stage = await aliceAndServer(pair);
  await pair.until(() => /connected|completed/.test(pair.alice.iceConnectionState), 5000);
  const candidates = pair.alice.sctp!.transport.iceTransport.getLocalCandidates();
  assertEquals(candidates.map(({ protocol, tcpType, port }) => [protocol, tcpType, port]), [
    ["tcp", "active", 9],
  ]);
  stage.run((agent, now) => agent.close(now));
  await pair.close();
});

Deno.test("where no connection is let in, two peers that open one at the same time meet (RFC 6544)", async () => {
  const settings = { tcpSimultaneousOpen: true };
  for (const trickle of [true, false]) {
    const pair = new Pair({ trickle, settings: { alice: settings, bob: settings } });
    pair.net.block(({ source }) => source.protocol === "udp");
    const { a, b } = await pair.open();
    const heard = collect(b);
    a.send("through");
    await pair.until(() => heard.length === 1);
    for (const end of [pair.alice, pair.bob]) {
      const { local, remote } = end.sctp!.transport.iceTransport.getSelectedCandidatePair()!;
      assertEquals([local.tcpType, remote.tcpType], ["so", "so"]);
    }
    await pair.close();
  }
});

Deno.test("who opens connections simultaneously meets nobody who does not", async () => {
  const pair = new Pair({ settings: { alice: { tcpSimultaneousOpen: true } } });
  pair.net.block(({ source }) => source.protocol === "udp");
  pair.alice.createDataChannel("x");
  await pair.negotiate();
  await pair.until(() => pair.alice.connectionState === "failed", 90_000);
  assertEquals(pair.alice.localDescription!.sdp.match(/tcptype so/g)!.length, 1);
  await pair.close();
});
