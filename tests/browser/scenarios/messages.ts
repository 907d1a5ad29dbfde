import { assert, assertEquals } from "@std/assert";
import type { Scenario } from "../harness/scenario.ts";

/** 256 KiB: what every current browser takes (RFC 8841 section 6.1: 64 KiB where nothing is said). */
const LARGE = 256 * 1024;

export const kinds: Scenario = {
  name: "text, binary and empty messages come back as they were",
  withoutTrickle: true,
  async run({ offerer, answerer, connect }) {
    await offerer.run((side) => void side.open("echo"));
    await connect();
    await answerer.run(async (side) => (await side.mailbox("echo")).echo());
    const [sent, back] = await offerer.run(async (side) => {
      const mailbox = await side.mailbox("echo");
      const { channel } = mailbox;
      const texts = [
        "hello",
        "",
        "Gr\u00fc\u00dfe, \u9dfa \ud83e\udeb6",
        "\0\u0001\u007f",
        "x".repeat(5000),
      ];
      for (const text of texts) channel.send(text);
      const bytes = [new Uint8Array(0), new Uint8Array([0]), side.pattern(1199, 7)];
      for (const part of bytes) channel.send(part);
      channel.send(side.pattern(5000, 8).buffer); // as an ArrayBuffer,
      channel.send(new DataView(side.pattern(100, 9).buffer, 10, 50)); // a view of a part of one,
      channel.send(new Blob([side.pattern(3000, 10)])); // a Blob, last: Chromium lets later messages overtake it
      const sent: unknown[] = [
        ...texts,
        ...bytes.map((part) => part.buffer),
        side.pattern(5000, 8).buffer,
        side.pattern(100, 9).buffer.slice(10, 60),
        side.pattern(3000, 10).buffer,
      ];
      const back = await mailbox.take(sent.length);
      return [
        await Promise.all(sent.map(side.describe)),
        await Promise.all(back.map(side.describe)),
      ];
    });
    assertEquals(back, sent);
  },
};

export const blobs: Scenario = {
  name: "binaryType decides how binary messages arrive",
  async run({ offerer, answerer, connect }) {
    await offerer.run((side) => void side.open("blobs"));
    await connect();
    for (const [receiver, sender] of [[offerer, answerer], [answerer, offerer]] as const) {
      await receiver.run(async (side) => {
        (await side.mailbox("blobs")).channel.binaryType = "blob";
      });
      await sender.run(async (side) => {
        const { channel } = await side.mailbox("blobs");
        channel.send(side.pattern(2000, 1));
        channel.send(new Uint8Array(0));
        channel.send("text is not concerned");
      });
      const got = await receiver.run(async (side) => {
        const mailbox = await side.mailbox("blobs");
        const descriptions = await Promise.all((await mailbox.take(3)).map(side.describe));
        return descriptions.map(({ kind, size }) => `${kind} ${size}`);
      });
      assertEquals(got, ["blob 2000", "blob 0", "text 21"], receiver.name);
    }
  },
};

/** Messages of so many bytes, as long as the other stack takes. */
export const largeOf = (bytes: number): Scenario => ({
  name: `messages of ${bytes / 1024} KiB come back whole`,
  async run({ offerer, answerer, connect }) {
    await offerer.run((side) => void side.open("large"));
    await connect();
    await answerer.run(async (side) => (await side.mailbox("large")).echo());
    const [sent, back] = await offerer.run(async (side, size) => {
      const mailbox = await side.mailbox("large");
      const sent = [
        side.pattern(size, 1).buffer,
        "\u00e9".repeat(size / 2),
        side.pattern(size, 2).buffer,
      ];
      for (const data of sent) {
        if (typeof data === "string") mailbox.channel.send(data);
        else mailbox.channel.send(data);
      }
      const back = await mailbox.take(sent.length);
      return [
        await Promise.all(sent.map(side.describe)),
        await Promise.all(back.map(side.describe)),
      ];
    }, bytes);
    assertEquals(back, sent);
  },
});

export const large: Scenario = largeOf(LARGE);

export const maxMessageSize: Scenario = {
  name: "a message of the other side's max-message-size arrives, a longer one is refused",
  async run({ offerer, answerer, connect, note }) {
    await offerer.run((side) => void side.open("limit"));
    await connect();
    for (const [sender, receiver] of [[offerer, answerer], [answerer, offerer]] as const) {
      const max = await sender.run((side) => side.pc.sctp!.maxMessageSize ?? 0);
      note(`${sender.name} may send ${max} B`);
      assert(max >= LARGE, `${sender.name} may send only ${max} bytes`);
      if (max > 1 << 24) continue; // nobody would wait for a message of 1 GiB, Firefox's limit
      const refused = await sender.run(async (side, max) => {
        const { channel } = await side.mailbox("limit");
        try {
          channel.send(new Uint8Array(max + 1));
          return "nothing";
        } catch (error) {
          channel.send(new Uint8Array(max));
          return error instanceof TypeError ? "TypeError" : String(error);
        }
      }, max);
      assertEquals(refused, "TypeError", sender.name);
      const size = await receiver.run(async (side) => {
        const mailbox = await side.mailbox("limit");
        return (await side.describe(await mailbox.next())).size;
      });
      assertEquals(size, max, receiver.name);
    }
  },
};
