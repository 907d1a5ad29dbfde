import { assert, assertEquals } from "@std/assert";
import type { RTCIceCandidatePairStats, RTCIceCandidateStats } from "../../mod.ts";
import { Pair } from "./pair.ts";
import { connected, one } from "./stats_reports.ts";

Deno.test("webrtc-stats section 8.18: the address of a peer-reflexive candidate is not told before it is signalled", async () => {
  const pair = new Pair({ trickle: false });
  const channel = pair.alice.createDataChannel("x");
  await pair.alice.setLocalDescription();
  await pair.gathered(pair.alice);
  await pair.bob.setRemoteDescription(pair.alice.localDescription!);
  await pair.bob.setLocalDescription(); // its candidates are kept from Alice
  await pair.alice.setRemoteDescription({
    type: "answer",
    sdp: pair.bob.localDescription!.sdp.replaceAll(/a=(candidate|end-of-candidates).*\r\n/g, ""),
  });
  await pair.until(() => channel.readyState === "open");
  const hidden = one(await pair.alice.getStats(), "remote-candidate");
  assertEquals([hidden.candidateType, hidden.address], ["prflx", null]);
  assert(!("relatedAddress" in hidden) && !("url" in hidden));
  const [, ufrag] = /a=ice-ufrag:(\S+)/.exec(pair.bob.localDescription!.sdp)!;
  assertEquals(hidden.usernameFragment, ufrag, "the answer has signalled it");
  await pair.gathered(pair.bob);
  for (const candidate of pair.bob.sctp!.transport.iceTransport.getLocalCandidates()) {
    await pair.alice.addIceCandidate(candidate);
  }
  const known = one(await pair.alice.getStats(), "remote-candidate");
  assertEquals([known.candidateType, known.address], ["host", "198.51.100.2"]);
  await pair.close();
});

Deno.test("what only the peer's answers tell of this end's address stays untold", async () => {
  const pair = new Pair({
    hosts: (net) => ({
      alice: net.nat("full-cone", { outside: "203.0.113.1" }).host("192.168.0.2"),
      bob: net.host("198.51.100.2"),
    }),
  });
  await connected(pair);
  const report = await pair.alice.getStats();
  const selected: RTCIceCandidatePairStats = report.get(
    one(report, "transport").selectedCandidatePairId!,
  );
  const local: RTCIceCandidateStats = report.get(selected.localCandidateId);
  assertEquals([local.candidateType, local.address], ["prflx", null]);
  assert(!("relatedAddress" in local));
  assert(!JSON.stringify([...report]).includes("203.0.113.1"));
  await pair.close();
});

Deno.test("a `.local` name is never resolved into an address that the application sees", async () => {
  const pair = new Pair({ trickle: false });
  const resolve = pair.hosts.alice.resolveMdns.bind(pair.hosts.alice);
  pair.hosts.alice.resolveMdns = (name, signal) =>
    name === "secret.local" ? Promise.resolve("198.51.100.2") : resolve(name, signal);
  const channel = pair.alice.createDataChannel("x");
  await pair.alice.setLocalDescription();
  await pair.gathered(pair.alice);
  await pair.bob.setRemoteDescription(pair.alice.localDescription!);
  await pair.bob.setLocalDescription();
  await pair.gathered(pair.bob);
  await pair.alice.setRemoteDescription({
    type: "answer",
    sdp: pair.bob.localDescription!.sdp.replaceAll("198.51.100.2", "secret.local"),
  });
  await pair.until(() => channel.readyState === "open");
  const report = await pair.alice.getStats();
  assertEquals(one(report, "remote-candidate").address, "secret.local");
  assert(!JSON.stringify([...report]).includes("198.51.100.2"));
  await pair.close();
});
