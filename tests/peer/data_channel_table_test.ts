import { assert, assertEquals } from "@std/assert";
import { DataChannelTable } from "../../peer/connection/data_channels.ts";
import { queueTask } from "../../webidl/task.ts";

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

Deno.test("messages of a peer that was the quicker one wait for a negotiated channel to open, in their order", async () => {
  const table = new DataChannelTable({
    target: new EventTarget(),
    isClosed: false,
    sctp: undefined,
    sendItems: () => {},
  });
  const channel = table.create({
    label: "x",
    protocol: "",
    ordered: true,
    maxPacketLifeTime: null,
    maxRetransmits: null,
    negotiated: true,
    priority: "low" as const,
  }, 1);
  const events: string[] = [];
  channel.onopen = async () => {
    events.push("open");
    await Promise.resolve(); // whoever awaits the opening before it listens
    channel.onmessage = ({ data }) => events.push(data);
  };
  table.assignIds("client");
  const message = (text: string) =>
    table.receive([
      { type: "message", streamId: 1, kind: "text", data: new TextEncoder().encode(text) },
    ]);
  // The association's task has been queued, and what it queues comes behind what has arrived by now.
  queueTask(() => table.connected(16));
  message("first");
  queueTask(() => message("second"));
  message("third"); // queued before the second: that is how they were received
  for (let i = 0; i < 4; i++) await settled();
  assertEquals(events, ["open", "first", "third", "second"]);
});

Deno.test("a flood that began before a channel opened is read as fast as it comes", async () => {
  const table = new DataChannelTable({
    target: new EventTarget(),
    isClosed: false,
    sctp: undefined,
    sendItems: () => {},
  });
  const channel = table.create({
    label: "x",
    protocol: "",
    ordered: true,
    maxPacketLifeTime: null,
    maxRetransmits: null,
    negotiated: true,
    priority: "low" as const,
  }, 1);
  const received: number[] = [];
  channel.onmessage = ({ data }) => received.push(new Uint8Array(data)[0]!);
  channel.binaryType = "arraybuffer";
  table.assignIds("client");
  const flood = (from: number) =>
    table.receive(
      Array.from({ length: 10 }, (_, i) => (
        { type: "message", streamId: 1, kind: "binary", data: Uint8Array.of(from + i) }
      )),
    );
  queueTask(() => table.connected(16));
  for (let turn = 0; turn < 10; turn++) {
    flood(turn * 10);
    await new Promise<void>((resolve) => queueTask(resolve));
  }
  const early = 100 - received.length;
  assert(early <= 20, `${early} of 100 messages wait`);
  for (let i = 0; i < 20; i++) await settled();
  assertEquals(received, Array.from({ length: 100 }, (_, i) => i));
});
