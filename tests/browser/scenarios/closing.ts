import { assert, assertEquals } from "@std/assert";
import type { Peer } from "../harness/peer.ts";
import type { Call, Scenario } from "../harness/scenario.ts";

/** Opens `label` from the offerer, whoever closes it then. */
async function openAtBoth(offerer: Peer, answerer: Peer, label: string): Promise<void> {
  await offerer.run((side, label) => void side.open(label), label);
  for (const peer of [offerer, answerer]) {
    await peer.run(async (side, label) => void await side.mailbox(label), label);
  }
}

async function closeChannel({ offerer, answerer, connect }: Call, closer: Peer): Promise<void> {
  const other = closer === offerer ? answerer : offerer;
  await offerer.run((side) => void side.open("stays"));
  await connect();
  await openAtBoth(offerer, answerer, "goes");
  const before = await closer.run(async (side) => {
    const { channel } = await side.mailbox("goes");
    // What was sent before the close must still arrive (RFC 8831 section 6.7).
    channel.send(side.pattern(50_000, 1)); // more than leaves at once, less than any stack's limit
    channel.send("last words");
    channel.close();
    return { state: channel.readyState, id: channel.id };
  });
  assertEquals(before.state, "closing");
  const heard = await other.run(async (side) => {
    const mailbox = side.mailboxes.get("goes")!;
    const [bytes, words] = await mailbox.take(2);
    await mailbox.closed();
    const { size } = await side.describe(bytes);
    const events = mailbox.events.filter((name) => name !== "bufferedamountlow");
    return { size, words, events, state: mailbox.channel.readyState };
  });
  assertEquals([heard.size, heard.words, heard.state], [50_000, "last words", "closed"]);
  const events = ["open", "closing", "close"].filter((name) => !other.lacks?.includes(name));
  assertEquals(heard.events, events, other.name);
  const own = await closer.run(async (side) => {
    const mailbox = side.mailboxes.get("goes")!;
    await mailbox.closed();
    const events = mailbox.events.filter((name) => name !== "bufferedamountlow");
    return { events, state: mailbox.channel.readyState };
  });
  // `closing` is for the side that did not call close().
  assertEquals(own, { events: ["open", "close"], state: "closed" }, closer.name);
  // The connection lives on, and the id is free: a negotiated channel can have it.
  for (const peer of [offerer, answerer]) {
    await peer.run((side, id) => void side.open("again", { negotiated: true, id }), before.id!);
  }
  const stays = await offerer.run(async (side) => {
    (await side.mailbox("again")).channel.send("still here");
    return side.mailboxes.get("stays")!.channel.readyState;
  });
  assertEquals(stays, "open");
  const words = await answerer.run(async (side) => (await side.mailbox("again")).next());
  assertEquals(words, "still here");
}

async function closeConnection({ offerer, answerer, connect }: Call, closer: Peer): Promise<void> {
  const other = closer === offerer ? answerer : offerer;
  await offerer.run((side) => void side.open("open"));
  await connect();
  for (const peer of [offerer, answerer]) {
    await peer.run(async (side) => void await side.mailbox("open"));
  }
  const own = await closer.run(({ pc, mailboxes }) => {
    pc.close();
    return [pc.connectionState, pc.signalingState, mailboxes.get("open")!.channel.readyState];
  });
  assertEquals(own.slice(0, 2), ["closed", "closed"]);
  const heard = await other.run(async (side) => {
    const mailbox = side.mailboxes.get("open")!;
    await mailbox.closed();
    return { state: mailbox.channel.readyState, last: mailbox.events.at(-1) };
  });
  assertEquals(heard, { state: "closed", last: "close" }, other.name);
}

export const offererClosesChannel: Scenario = {
  name: "a channel closed by the offerer delivers what was sent, closes at both, and frees its id",
  run: (call) => closeChannel(call, call.offerer),
};

export const answererClosesChannel: Scenario = {
  name: "a channel closed by the answerer delivers what was sent, closes at both, and frees its id",
  run: (call) => closeChannel(call, call.answerer),
};

export const offererClosesConnection: Scenario = {
  name: "a connection closed by the offerer closes the other side's channels",
  run: (call) => closeConnection(call, call.offerer),
};

export const answererClosesConnection: Scenario = {
  name: "a connection closed by the answerer closes the other side's channels",
  run: (call) => closeConnection(call, call.answerer),
};

export const bothClose: Scenario = {
  name: "both sides close the same channel at once",
  async run({ offerer, answerer, connect }) {
    await offerer.run((side) => void side.open("open"));
    await connect();
    for (const peer of [offerer, answerer]) {
      await peer.run(async (side) => void await side.mailbox("open"));
    }
    const peers = [offerer, answerer];
    await Promise.all(
      peers.map((peer) => peer.run((side) => side.mailboxes.get("open")!.channel.close())),
    );
    for (const peer of peers) {
      const { state, events } = await peer.run(async (side) => {
        const mailbox = side.mailboxes.get("open")!;
        await mailbox.closed();
        return { state: mailbox.channel.readyState, events: mailbox.events };
      });
      assertEquals(state, "closed", peer.name);
      assert(!events.includes("error"), `${peer.name}: ${events.join(" ")}`);
    }
  },
};
