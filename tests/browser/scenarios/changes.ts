import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { Peer } from "../harness/peer.ts";
import type { Call, Scenario } from "../harness/scenario.ts";

async function echoes(from: Peer, words: string): Promise<void> {
  const back = await from.run(async (side, words) => {
    const mailbox = await side.mailbox("talk");
    mailbox.channel.send(words);
    return await mailbox.next();
  }, words);
  assertEquals(back, words);
}

async function restart({ offerer, answerer, connect }: Call, restarter: Peer): Promise<void> {
  await offerer.run((side) => void side.open("talk"));
  await connect();
  await answerer.run(async (side) => (await side.mailbox("talk")).echo());
  await echoes(offerer, "before");
  const ufrag = (peer: Peer) =>
    peer.run(({ pc }) => /a=ice-ufrag:(\S+)/.exec(pc.currentLocalDescription!.sdp)![1]);
  const before = await Promise.all([offerer, answerer].map(ufrag));
  await restarter.run(async (side) => {
    side.pc.restartIce();
    await side.offer();
    await side.until(side.pc, ["signalingstatechange"], () => side.pc.signalingState === "stable");
  });
  await echoes(offerer, "meanwhile");
  for (const peer of [offerer, answerer]) {
    await peer.run(({ pc, until }) =>
      until(
        pc,
        ["iceconnectionstatechange", "signalingstatechange"],
        () =>
          pc.signalingState === "stable" &&
          (pc.iceConnectionState === "connected" || pc.iceConnectionState === "completed"),
      )
    );
  }
  const after = await Promise.all([offerer, answerer].map(ufrag));
  assertNotEquals(after[0], before[0], offerer.name);
  assertNotEquals(after[1], before[1], answerer.name);
  await echoes(offerer, "after");
  for (const peer of [offerer, answerer]) {
    const states = await peer.run((side) => side.states);
    assert(!states.includes("failed"), `${peer.name}: ${states.join(" ")}`);
  }
}

export const offererRestartsIce: Scenario = {
  name: "ICE restarts at the offerer's wish, and data goes on",
  withoutTrickle: true,
  run: (call) => restart(call, call.offerer),
};

export const answererRestartsIce: Scenario = {
  name: "ICE restarts at the answerer's wish, and data goes on",
  run: (call) => restart(call, call.answerer),
};

export const lateChannels: Scenario = {
  name: "channels opened later, from either side, need no new offer",
  async run({ offerer, answerer, connect }) {
    await offerer.run((side) => void side.open("first"));
    await connect();
    for (const [from, to] of [[offerer, answerer], [answerer, offerer]] as const) {
      await from.run((side, name) => {
        side.pc.addEventListener("negotiationneeded", () => side.states.push("negotiationneeded"));
        // Sent before the other side can know of the channel: RFC 8832 section 6 allows data right after OPEN.
        const { channel } = side.open(`late from ${name}`);
        channel.addEventListener("open", () => channel.send("at once"));
      }, from.name);
      const heard = await to.run(async (side, name) => {
        return await (await side.mailbox(`late from ${name}`)).next();
      }, from.name);
      assertEquals(heard, "at once");
      const states = await from.run((side) => side.states);
      assert(!states.includes("negotiationneeded"), `${from.name}: ${states.join(" ")}`);
    }
  },
};

export const vanishes: Scenario = {
  name: "a browser that vanishes leaves the other end disconnected, then failed",
  timeout: 90_000,
  async run({ offerer, answerer, connect, note }) {
    const [gone, left] = offerer.browser ? [offerer, answerer] : [answerer, offerer];
    await offerer.run((side) => void side.open("open"));
    await connect();
    await left.run(async (side) => void await side.mailbox("open"));
    gone.browser!.kill();
    const start = performance.now();
    const seconds = () => ((performance.now() - start) / 1000).toFixed(0);
    await left.run((side) => side.reached("disconnected", "failed"));
    note(`disconnected after ${seconds()} s`);
    await left.run((side) => side.reached("failed"));
    note(`failed after ${seconds()} s`);
    const { states, channel } = await left.run(({ states, mailboxes }) => ({
      states,
      channel: mailboxes.get("open")!.channel.readyState,
    }));
    // A failed connection may still be revived by an ICE restart, so the channel isn't closed by it.
    assertEquals(states, ["connecting", "connected", "disconnected", "failed"]);
    assertEquals(channel, "open");
  },
};
