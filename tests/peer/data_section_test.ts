import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { RTCDataChannel } from "../../mod.ts";
import { collect, type End, Pair, record, rejectingData, without } from "./pair.ts";

/** A call with audio and a channel. */
async function call(): Promise<{ pair: Pair; channels: RTCDataChannel[] }> {
  const pair = new Pair();
  pair.alice.addTransceiver("audio");
  const { a, b } = await pair.open("first");
  return { pair, channels: [a, b] };
}

for (const end of ["alice", "bob"] as const satisfies readonly End[]) {
  Deno.test(`RFC 8841 section 10.4: data that is rejected and then offered again, by ${end}, has an association of its own`, async () => {
    const { pair, channels } = await call();
    const { alice, bob } = pair;
    const before = alice.sctp!;
    await alice.setLocalDescription();
    await bob.setRemoteDescription(rejectingData(alice.localDescription!));
    await bob.setLocalDescription();
    await alice.setRemoteDescription(bob.localDescription!);
    await pair.until(() => channels.every(({ readyState }) => readyState === "closed"));
    assertEquals([alice.sctp, bob.sctp, before.state], [null, null, "closed"]);

    const [offerer, answerer] = end === "alice" ? [alice, bob] : [bob, alice];
    const again = offerer.createDataChannel("again");
    let other: RTCDataChannel | undefined;
    answerer.ondatachannel = ({ channel }) => other = channel;
    await pair.negotiate(end);
    await pair.until(() => again.readyState === "open" && other?.readyState === "open");
    const heard = [collect(again), collect(other!)];
    again.send("one");
    other!.send("two");
    await pair.until(() => heard.every(({ length }) => length === 1));
    assertEquals(heard, [["two"], ["one"]]);
    assert(alice.sctp !== before);
    assertEquals([alice.sctp!.state, bob.sctp!.state], ["connected", "connected"]);
    await pair.close();
  });
}

Deno.test("data that joins a call opens although the answer is slow", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  alice.addTransceiver("audio");
  await pair.negotiate();
  await pair.until(() => alice.connectionState === "connected");
  const own = alice.createDataChannel("alice's");
  const others = bob.createDataChannel("bob's");
  const labels: string[] = [];
  for (const pc of [alice, bob]) {
    pc.addEventListener("datachannel", ({ channel }) => labels.push(channel.label));
  }
  await alice.setLocalDescription();
  await bob.setRemoteDescription(alice.localDescription!);
  await bob.setLocalDescription();
  await pair.advance(1500);
  assertEquals(labels, []);
  await alice.setRemoteDescription(bob.localDescription!);
  await pair.until(() => own.readyState === "open" && others.readyState === "open");
  await pair.until(() => labels.length === 2);
  await pair.close();
});

Deno.test("RFC 9143 section 7.3.1: channels stay open when their section is bundled later on", async () => {
  const pair = new Pair({ configuration: { bundlePolicy: "max-compat" } });
  const { alice, bob } = pair;
  alice.addTransceiver("audio");
  const a = alice.createDataChannel("channel");
  let b: RTCDataChannel | undefined;
  bob.ondatachannel = ({ channel }) => b = channel;
  await alice.setLocalDescription();
  await bob.setRemoteDescription(without(alice.localDescription!, /^a=group:BUNDLE/));
  await bob.setLocalDescription();
  await alice.setRemoteDescription(without(bob.localDescription!, /^a=group:BUNDLE/));
  await pair.until(() => a.readyState === "open" && b?.readyState === "open");
  const { sctp } = alice;
  const own = sctp!.transport;
  const fired = record(a, "closing", "close", "error");
  const heard = [collect(a), collect(b!)];
  a.send("before");
  const large = "a".repeat(200_000); // on its way while the transport changes

  await alice.setLocalDescription();
  const offer = alice.localDescription!.sdp;
  const sdp = offer.replace(/^(?=a=msid-semantic)/m, "a=group:BUNDLE 0 1\r\n"); // as Chromium offers it
  await bob.setRemoteDescription({ type: "offer", sdp });
  a.send(large);
  await bob.setLocalDescription();
  a.send(large);
  await alice.setRemoteDescription(bob.localDescription!);
  const [audio] = alice.getTransceivers();
  assertStrictEquals(alice.sctp, sctp);
  assert(sctp!.transport !== own);
  assertStrictEquals(sctp!.transport, audio!.sender.transport);
  a.send("one");
  b!.send("two");
  await pair.until(() => heard[0]!.length === 1 && heard[1]!.length === 4);
  assertEquals(heard, [["two"], ["before", large, large, "one"]]);
  await pair.until(() => own.state === "closed");
  assertEquals([fired, a.readyState, sctp!.state], [[], "open", "connected"]);
  assert(alice.connectionState === "connected" && bob.connectionState === "connected");
  await pair.close();
});
