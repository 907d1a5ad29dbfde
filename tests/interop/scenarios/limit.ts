import { assertEquals } from "@std/assert";
import type { Scenario } from "../../browser/harness/scenario.ts";

/**
 * Heron keeps to what the other description says of its largest message, `bytes` (RFC 8841 section 6.1). Of a stack that takes less
 * than it says, `taken` is what does arrive.
 */
export const limit = (bytes: number, taken: number = bytes): Scenario => ({
  name: `Heron refuses to send more than ${bytes} bytes at a time; ${taken} arrive`,
  async run({ offerer, answerer, connect }) {
    await offerer.run((side) => void side.open("limit"));
    await connect();
    const [heron, other] = offerer.name === "heron" ? [offerer, answerer] : [answerer, offerer];
    const max = await heron.run(async (side, taken) => {
      const { channel } = await side.mailbox("limit");
      const max = side.pc.sctp!.maxMessageSize!;
      let refused = "nothing";
      try {
        channel.send(new Uint8Array(max + 1));
      } catch (error) {
        refused = (error as Error).name;
      }
      channel.send(side.pattern(taken, 1));
      return { max, refused };
    }, taken);
    assertEquals(max, { max: bytes, refused: "TypeError" });
    const [heard, sent] = await other.run(async (side, size) => {
      const mailbox = await side.mailbox("limit");
      return [
        await side.describe(await mailbox.next()),
        await side.describe(
          side.pattern(size, 1).buffer,
        ),
      ];
    }, taken);
    assertEquals(heard, sent);
  },
});
