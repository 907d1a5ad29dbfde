/**
 * Where another stack does something else than the standards ask: what it does, and that Heron gets on with it. QUESTIONS.md has
 * the list.
 *
 * @module
 */
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import type { Peer } from "../../browser/harness/peer.ts";
import type { Call, Scenario } from "../../browser/harness/scenario.ts";
import type { StackConnection } from "../harness/connection.ts";

/** How long something that must not happen is waited for. */
const QUIET_MS = 300;

function heronAndOther({ offerer, answerer }: Call): [heron: Peer, other: Peer] {
  return offerer.name === "heron" ? [offerer, answerer] : [answerer, offerer];
}

/** Sends a text and takes what `from` has of it on the same channel. */
async function arrives(from: Peer, to: Peer, label: string, words: string): Promise<void> {
  await from.run(
    async (side, label, words) => (await side.mailbox(label)).channel.send(words),
    label,
    words,
  );
  const heard = await to.run(async (side, label) => (await side.mailbox(label)).next(), label);
  assertEquals(heard, words, to.name);
}

/** RFC 8831 section 6.7 lets what is queued be sent before the reset; here only what has begun to be sent is. */
export const closesWithoutTheRest: Scenario = {
  name:
    "a channel closed by the other side loses what that side had not begun to send, and closes at both",
  async run(call) {
    const [heron, other] = heronAndOther(call);
    await call.offerer.run((side) => ["stays", "goes"].forEach((label) => void side.open(label)));
    await call.connect();
    for (const peer of [heron, other]) {
      await peer.run(async (side) => void await side.mailbox("goes"));
    }
    await other.run((side) => {
      const { channel } = side.mailboxes.get("goes")!;
      channel.send(side.pattern(50_000, 1));
      channel.send("last words");
      channel.close();
    });
    const heard = await heron.run(async (side) => {
      const mailbox = side.mailboxes.get("goes")!;
      await mailbox.closed();
      const count = mailbox.waiting;
      const [first] = await mailbox.take(count);
      return { count, size: (await side.describe(first)).size, events: mailbox.events };
    });
    assertEquals(heard, { count: 1, size: 50_000, events: ["open", "closing", "close"] });
    await other.run((side) => side.mailboxes.get("goes")!.closed());
    await arrives(heron, other, "stays", "still here");
  },
};

/** RFC 8839 section 5.4: an answer to a restart has new credentials. This one keeps the old, and all goes on over the old pair. */
export const ignoresRestart: Scenario = {
  name: "an ICE restart is answered without one, and data goes on",
  async run(call) {
    const { offerer, connect } = call;
    const [heron, other] = heronAndOther(call);
    await offerer.run((side) => void side.open("talk"));
    await connect();
    const ufrag = (peer: Peer) =>
      peer.run(({ pc }) => /a=ice-ufrag:(\S+)/.exec(pc.currentLocalDescription!.sdp)![1]);
    const before = await Promise.all([heron, other].map(ufrag));
    await heron.run(async (side) => {
      side.pc.restartIce();
      await side.offer();
      await side.until(
        side.pc,
        ["signalingstatechange"],
        () => side.pc.signalingState === "stable",
      );
    });
    const after = await Promise.all([heron, other].map(ufrag));
    assertNotEquals(after[0], before[0]);
    assertEquals(after[1], before[1]);
    await arrives(heron, other, "talk", "there");
    await arrives(other, heron, "talk", "and back");
    assertEquals(await heron.run((side) => side.states), ["connecting", "connected"]);
  },
};

/** RFC 8445 section 9: a restart is a new run of ICE. This stack's answers checks then, but sends none, and so nothing else. */
export const restartsWithoutChecks: Scenario = {
  name: "after an ICE restart at the other side's wish, that side sends nothing any more",
  async run(call) {
    const [heron, other] = heronAndOther(call);
    await call.offerer.run((side) => void side.open("talk"));
    await call.connect();
    await arrives(other, heron, "talk", "before");
    await other.run(async (side) => {
      side.pc.restartIce();
      await side.offer();
      await side.until(
        side.pc,
        ["signalingstatechange"],
        () => side.pc.signalingState === "stable",
      );
    });
    await other.run((side) => side.mailboxes.get("talk")!.channel.send("after"));
    await delay(QUIET_MS);
    assertEquals(await heron.run((side) => side.mailboxes.get("talk")!.waiting), 0);
    assertEquals(await heron.run((side) => side.states), ["connecting", "connected"]);
  },
};

/**
 * RFC 8832 section 5.1 counts the bytes of a label; these stacks write the number of its characters. The OPEN doesn't add up, so Heron
 * refuses the channel, and it closes at the other side.
 */
export const miscountsLabels: Scenario = {
  name:
    "a non-ASCII label of the other side is announced too short: that channel is closed, and no other",
  async run({ offerer, answerer, connect }) {
    await offerer.run((side) =>
      ["Gr\u00fc\u00dfe", "plain"].forEach((label) => void side.open(label))
    );
    await connect();
    await offerer.run((side) => side.mailboxes.get("Gr\u00fc\u00dfe")!.closed());
    await arrives(offerer, answerer, "plain", "words");
    assertEquals(await answerer.run((side) => side.announced), ["plain"]);
  },
};

/** RFC 8831 section 6.6: an empty message is one byte with a PPID of its own. This stack sends no byte, and nothing after it. */
export const chokesOnSendingNothing: Scenario = {
  name:
    "empty messages reach the other side; after one of its own, nothing more comes on that channel",
  async run(call) {
    const [heron, other] = heronAndOther(call);
    await call.offerer.run((side) => void side.open("talk"));
    await call.connect();
    await heron.run(async (side) => {
      const { channel } = await side.mailbox("talk");
      channel.send("");
      channel.send(new Uint8Array(0));
      channel.send(side.pattern(5000, 1));
      channel.send("Gr\u00fc\u00dfe, \u9dfa \ud83e\udeb6");
    });
    const got = await other.run(async (side) => {
      const messages = await (await side.mailbox("talk")).take(4);
      return (await Promise.all(messages.map(side.describe))).map(({ kind, size }) => [kind, size]);
    });
    assertEquals(got, [["text", 0], ["arraybuffer", 0], ["arraybuffer", 5000], ["text", 11]]);
    await arrives(other, heron, "talk", "one");
    await other.run((side) => {
      const { channel } = side.mailboxes.get("talk")!;
      channel.send("");
      channel.send("two");
    });
    await delay(QUIET_MS);
    assertEquals(await heron.run((side) => side.mailboxes.get("talk")!.waiting), 0);
    assertEquals(await heron.run((side) => side.states), ["connecting", "connected"]);
  },
};

/** RFC 8832 section 5.1: types 0x81 and 0x82 are the unordered ones. This stack never writes them for a channel with a limit. */
export const announcesAsOrdered: Scenario = {
  name: "an unordered channel with a limit is announced as an ordered one by the other side",
  async run({ offerer, answerer, connect }) {
    await offerer.run((side) => {
      side.open("plain", { ordered: false });
      side.open("retransmits", { ordered: false, maxRetransmits: 3 });
      side.open("lifetime", { ordered: false, maxPacketLifeTime: 1000 });
    });
    await connect();
    const seen = await answerer.run(async (side) => {
      const seen: [boolean, number | null, number | null][] = [];
      for (const label of ["plain", "retransmits", "lifetime"]) {
        const { ordered, maxRetransmits, maxPacketLifeTime } = (await side.mailbox(label)).channel;
        seen.push([ordered, maxRetransmits, maxPacketLifeTime]);
      }
      return seen;
    });
    assertEquals(seen, [[false, null, null], [true, 3, null], [true, null, 1000]]);
    for (const label of ["plain", "retransmits", "lifetime"]) {
      await arrives(offerer, answerer, label, label);
    }
  },
};

/** Without `a=max-message-size` 64 KiB are promised (RFC 8841 section 6.1), but one byte less is taken. */
export const closesAtItsLimit: Scenario = {
  name:
    "a message of the very size that is promised closes the channel at the other side, and no other",
  async run(call) {
    const [heron, other] = heronAndOther(call);
    await call.offerer.run((side) => ["goes", "stays"].forEach((label) => void side.open(label)));
    await call.connect();
    await heron.run(async (side) => {
      (await side.mailbox("goes")).channel.send(new Uint8Array(side.pc.sctp!.maxMessageSize!));
    });
    await other.run(async (side) => await (await side.mailbox("goes")).closed());
    await arrives(heron, other, "stays", "still here");
    assert(!(await heron.run((side) => side.states)).includes("failed"));
  },
};

/** RFC 9143 section 12: one meaning in all of a bundle. This one has another for video than for audio, and Chromium refuses it, too. */
export const numbersExtensionsTwice: Scenario = {
  name: "an offer that gives one number to two header extensions is refused",
  async run({ offerer, answerer }) {
    await offerer.run(({ pc }) => (pc as unknown as StackConnection).sendBack(true));
    const offer = await offerer.run(({ pc }) => pc.createOffer());
    const error = await assertRejects(
      () => answerer.run(({ pc }) => pc.setRemoteDescription(offer)),
      DOMException,
      "header extension id 2",
    );
    assertEquals(error.name, "InvalidAccessError");
  },
};
