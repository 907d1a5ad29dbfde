import { assertEquals } from "@std/assert";
import type { Peer } from "../harness/peer.ts";
import type { Scenario } from "../harness/scenario.ts";

const MEBIBYTE = 1 << 20;
/** What crosses in each direction. */
const BULK = 64 * MEBIBYTE;
/** The size of one message: what every stack takes. */
const MESSAGE = 64 * 1024;

/** Carries so many bytes over the channel "bulk", and compares what has left with what has come. */
export async function carry(sender: Peer, receiver: Peer, total: number): Promise<void> {
  const arrived = receiver.run(async (side, total) => {
    const mailbox = await side.mailbox("bulk");
    const bytes = new Uint8Array(total);
    for (let at = 0; at < total;) {
      const message = new Uint8Array(await mailbox.next() as ArrayBuffer);
      bytes.set(message, at);
      at += message.length;
    }
    return await side.sha256(bytes);
  }, total);
  const hash = sender.run(
    async (side, total, size) => {
      const mailbox = await side.mailbox("bulk");
      const bytes = side.pattern(total, 64);
      for (let at = 0; at < total; at += size) {
        // Chromium throws above 16 MiB of bufferedAmount; stay well below.
        if (mailbox.channel.bufferedAmount > 4 << 20) await mailbox.drained(1 << 20);
        mailbox.channel.send(bytes.subarray(at, at + size));
      }
      return await side.sha256(bytes);
    },
    total,
    MESSAGE,
  );
  assertEquals(await arrived, await hash, `${sender.name} to ${receiver.name}`);
}

export const bulk: Scenario = {
  name: "64 MiB cross each way with the right SHA-256",
  timeout: 180_000,
  async run({ offerer, answerer, connect, note }) {
    await offerer.run((side) => void side.open("bulk"));
    await connect();
    for (const [sender, receiver] of [[offerer, answerer], [answerer, offerer]] as const) {
      const start = performance.now();
      await carry(sender, receiver, BULK);
      const seconds = (performance.now() - start) / 1000;
      note(`${sender.name} to ${receiver.name} ${(BULK / 1e6 / seconds).toFixed(0)} MB/s`);
    }
  },
};

export const bothWays: Scenario = {
  name: "8 MiB cross both ways at the same time, on an ordered and an unordered channel",
  timeout: 60_000,
  async run({ offerer, answerer, connect }) {
    await offerer.run((side) => {
      side.open("ordered");
      side.open("unordered", { ordered: false });
    });
    await connect();
    const peers = [offerer, answerer];
    const flows = peers.flatMap((peer) =>
      ["ordered", "unordered"].map((label) =>
        peer.run(
          async (side, label, count) => {
            const mailbox = await side.mailbox(label);
            const { channel } = mailbox;
            for (let i = 0; i < count; i++) {
              if (channel.bufferedAmount > 1 << 20) await mailbox.drained(1 << 18);
              channel.send(side.pattern(16_384, i));
            }
            // Each message is one of those that were sent, and none is missing or twice there.
            const left = new Set<string>();
            for (let i = 0; i < count; i++) left.add(await side.sha256(side.pattern(16_384, i)));
            let inOrder = true;
            for (const message of await mailbox.take(count)) {
              const hash = await side.sha256(message as ArrayBuffer);
              inOrder &&= left.values().next().value === hash;
              if (!left.delete(hash)) {
                throw new Error(`a message on ${label} is broken or repeated`);
              }
            }
            return { label, left: left.size, inOrder };
          },
          label,
          256,
        )
      )
    );
    for (const { label, left, inOrder } of await Promise.all(flows)) {
      assertEquals(left, 0);
      if (label === "ordered") assertEquals(inOrder, true);
    }
  },
};

export const bufferedAmount: Scenario = {
  name: "bufferedAmount rises with send() and bufferedamountlow tells when it has fallen",
  async run({ offerer, answerer, connect }) {
    await offerer.run((side) => void side.open("buffered"));
    await connect();
    for (const [sender, receiver] of [[offerer, answerer], [answerer, offerer]] as const) {
      const seen = await sender.run(async (side) => {
        const mailbox = await side.mailbox("buffered");
        const { channel } = mailbox;
        channel.bufferedAmountLowThreshold = 100_000;
        const amounts = [channel.bufferedAmount];
        for (let i = 0; i < 10; i++) channel.send(side.pattern(100_000, i));
        amounts.push(channel.bufferedAmount); // before anything can have left: no task has run
        channel.send("\u00e9\u00e9"); // counted in bytes
        amounts.push(channel.bufferedAmount);
        await side.until(channel, ["bufferedamountlow"], () => channel.bufferedAmount <= 100_000);
        while (channel.bufferedAmount > 0) await new Promise((resolve) => setTimeout(resolve, 5));
        return {
          amounts,
          low: mailbox.events.filter((name) => name === "bufferedamountlow").length,
        };
      });
      assertEquals(seen, { amounts: [0, 1_000_000, 1_000_004], low: 1 }, sender.name);
      await receiver.run(async (side) => void await (await side.mailbox("buffered")).take(11));
    }
  },
};
