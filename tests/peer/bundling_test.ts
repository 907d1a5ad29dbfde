import { assert, assertEquals, assertRejects } from "@std/assert";
import { Pair, record, without } from "./pair.ts";

const GROUP = /^a=group:BUNDLE/;

/** A pair of which Alice wants sound, pictures and data over one transport. */
function mustBundle(): Pair {
  const pair = new Pair({ trickle: false, configuration: { bundlePolicy: "max-bundle" } });
  pair.alice.addTransceiver("audio");
  pair.alice.addTransceiver("video");
  pair.alice.createDataChannel("channel");
  return pair;
}

/** What Bob answers, before Alice has seen it. */
async function answer({ alice, bob }: Pair): Promise<string> {
  await alice.setLocalDescription();
  await bob.setRemoteDescription(alice.localDescription!);
  await bob.setLocalDescription();
  return bob.localDescription!.sdp;
}

function refused({ alice }: Pair, sdp: string): Promise<Error> {
  return assertRejects(
    () => alice.setRemoteDescription({ type: "answer", sdp }),
    DOMException,
    "does not bundle section",
  );
}

Deno.test("RFC 9429 section 4.1.1: max-bundle leaves a peer that knows no bundling the first section, and nothing more is asked", async () => {
  const pair = mustBundle();
  const { alice, bob } = pair;
  const needed = record(alice, "negotiationneeded");
  await alice.setLocalDescription();
  await pair.gathered(alice);
  await bob.setRemoteDescription(without(alice.localDescription!, GROUP));
  await bob.setLocalDescription();
  await pair.gathered(bob);
  const sections = bob.localDescription!.sdp.match(/^m=\w+ \d+/gm)!;
  assertEquals(sections.map((line) => /[1-9]\d*$/.test(line)), [true, false, false]);
  await alice.setRemoteDescription(without(bob.localDescription!, GROUP));
  await pair.until(() => alice.connectionState === "connected");
  assertEquals(alice.getTransceivers().map(({ mid }) => mid), ["0"]);
  assertEquals(alice.sctp, null);
  assertEquals(needed, []);
  await pair.close();
});

Deno.test("RFC 9143 section 6: what was offered in a bundle only can't be accepted outside of it", async () => {
  const pair = mustBundle();
  const answered = await answer(pair);
  for (const group of ["", "0 1", "1 2", "0\r\na=group:BUNDLE 1 2"]) {
    const error = await refused(pair, answered.replace("BUNDLE 0 1 2", `BUNDLE ${group}`));
    assertEquals([error.name, pair.alice.signalingState], [
      "InvalidAccessError",
      "have-local-offer",
    ]);
  }
  await pair.alice.setRemoteDescription({ type: "answer", sdp: answered });
  assertEquals(pair.alice.getTransceivers().map(({ mid }) => mid), ["0", "1"]);
  await pair.close();
});

Deno.test("a bundle may have lost its first section, or be named for another: browsers answer so", async () => {
  for (const group of ["1 2", "1 2 0"]) {
    const pair = mustBundle();
    const answered = await answer(pair);
    const named = answered.replace("BUNDLE 0 1 2", `BUNDLE ${group}`);
    const sdp = group.includes("0") ? named : named.replace(/^m=audio \d+/m, "m=audio 0");
    await pair.alice.setRemoteDescription({ type: "answer", sdp });
    const transports = new Set(pair.alice.getTransceivers().map(({ sender }) => sender.transport));
    assertEquals(transports, new Set([pair.alice.sctp!.transport]));
    await pair.close();
  }
});

Deno.test("RFC 9143 section 7.3.2: what is bundled already stays so, or is rejected", async () => {
  const pair = mustBundle();
  await pair.negotiate();
  const answered = await answer(pair);
  const apart = answered.replace("BUNDLE 0 1 2", "BUNDLE 0 2");
  await refused(pair, apart);
  const sdp = apart.replace(/^m=video \d+/m, "m=video 0");
  await pair.alice.setRemoteDescription({ type: "answer", sdp });
  assert(pair.alice.getTransceivers().every(({ mid }) => mid === "0"));
  await pair.close();
});
