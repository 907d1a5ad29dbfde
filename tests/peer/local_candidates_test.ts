import { assertEquals } from "@std/assert";
import { createRTCPeerConnection } from "../../peer/settings.ts";
import { type DatagramSocket, NetworkDecorator } from "../../transport/mod.ts";
import { VirtualNetwork } from "../net/mod.ts";
import { Pair } from "./pair.ts";

/** Sockets open when the test says so. */
class SlowNetwork extends NetworkDecorator {
  readonly #opened = Promise.withResolvers<void>();
  readonly open: () => void = this.#opened.resolve;

  override async openUdp(ip: string): Promise<DatagramSocket> {
    await this.#opened.promise;
    return await this.inner.openUdp(ip);
  }
}

const ufragOf = (sdp: string) => /a=ice-ufrag:(\S+)/.exec(sdp)![1]!;

/** Lets all microtasks run, and no task. */
async function microtasks(): Promise<void> {
  for (let i = 0; i < 100; i++) await Promise.resolve();
}

Deno.test("W3C WebRTC section 5.6: the end of a generation that a restart has overtaken says nothing of the next", async () => {
  const net = new VirtualNetwork({ seed: 1 });
  const network = new SlowNetwork(net.host("198.51.100.1"));
  const pc = new (createRTCPeerConnection({ network }))();
  pc.createDataChannel("channel");
  await pc.setLocalDescription();
  const first = ufragOf(pc.localDescription!.sdp);
  const offer = await pc.createOffer({ iceRestart: true });
  const second = ufragOf(offer.sdp!);
  const told: string[] = [];
  pc.onicecandidate = ({ candidate }) => {
    if (candidate === null) told.push(`complete in ${pc.iceGatheringState}`);
    else {
      const { usernameFragment, protocol } = candidate;
      told.push(`${usernameFragment} ${candidate.candidate === "" ? "end" : protocol}`);
    }
  };
  const restarted = pc.setLocalDescription(offer);
  await microtasks();
  network.open(); // the restart is to be applied in the next task: what was gathered for the first generation is told after it
  await restarted;
  await net.clock.until(() => pc.iceGatheringState === "complete");
  await net.clock.advance(100);
  assertEquals(told.filter((line) => line.startsWith(first)), []);
  assertEquals(told, [`${second} udp`, `${second} tcp`, `${second} end`, "complete in complete"]);
  pc.close();
  await net.clock.advance(1000);
});

Deno.test("W3C WebRTC section 5.6: a rollback of an ICE restart brings back how far gathering was", async () => {
  const silent = { iceServers: [{ urls: "stun:203.0.113.10" }] };
  const pair = new Pair({ configuration: silent });
  const { alice } = pair;
  await pair.open();
  await pair.gathered(alice);
  alice.restartIce();
  await alice.setLocalDescription();
  await pair.advance(100);
  assertEquals(alice.iceGatheringState, "gathering");
  await alice.setLocalDescription({ type: "rollback" });
  await pair.advance(100);
  assertEquals([alice.iceGatheringState, alice.sctp!.transport.iceTransport.gatheringState], [
    "complete",
    "complete",
  ]);
  await pair.close();
});
