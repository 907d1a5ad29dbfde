import { assertEquals } from "@std/assert";
import type { Scenario } from "../harness/scenario.ts";

/** The caller keeps its connection, and finds another callee with another certificate at its end (RFC 8842 section 5.1). */
export const anotherTakesOver: Scenario = {
  name: "another callee takes the place of the first, and opens channels of its own",
  async run({ offerer, answerer, connect, note }) {
    // Firefox as a caller keeps to the first callee, and Chromium loses now and then what the second one says.
    if (offerer.browser !== undefined) return note("browsers as callers are not tried");
    await offerer.run((side) => void side.open("first"));
    await connect();
    await answerer.run(async (side) => void await side.mailbox("first"));
    const offer = await offerer.run(async (side) => {
      const { pc, until } = side;
      side.trickle = false; // the first callee is not to hear of it
      pc.restartIce(); // Firefox refuses the credentials of another callee otherwise
      await pc.setLocalDescription();
      // Right after a restart the state may still tell of the generation before.
      const gathered = () =>
        pc.iceGatheringState === "complete" && pc.localDescription!.sdp.includes("a=candidate:");
      await until(pc, ["icecandidate", "icegatheringstatechange"], gathered);
      return pc.localDescription!.toJSON();
    });
    const answer = await answerer.run(async ({ pc, until }, offer) => {
      const callee = new (pc.constructor as new () => typeof pc)();
      // Where it is found again to be closed.
      Object.assign(globalThis, { callee });
      const channel = callee.createDataChannel("second");
      channel.onmessage = ({ data }) => channel.send(`${data}, heard`);
      await callee.setRemoteDescription(offer);
      await callee.setLocalDescription();
      const gathered = () => callee.iceGatheringState === "complete";
      await until(callee, ["icegatheringstatechange"], gathered);
      return callee.localDescription!.toJSON();
    }, offer);
    await offerer.run(({ pc }, answer) => pc.setRemoteDescription(answer), answer);
    const heard = await offerer.run(async (side) => {
      const mailbox = await side.mailbox("second");
      mailbox.channel.send("hello");
      return await mailbox.next();
    });
    assertEquals(heard, "hello, heard");
    note(await offerer.run((side) => side.states.join(" ")));
    await answerer.run(() => (globalThis as { callee?: { close(): void } }).callee!.close());
  },
};
