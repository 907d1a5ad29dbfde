import { assert, assertEquals } from "@std/assert";
import { parseCodec } from "../../../media/codec.ts";
import type { ContainerWriter } from "../../../media/containers/container_writer.ts";
import type { EncodedChunk } from "../../../media/encoded_chunk.ts";
import { WriteQueue } from "../../../media/recorder/write_queue.ts";
import { settle } from "../../support/virtual_clock.ts";

const MIB = 1024 * 1024;
const BIG = new Uint8Array(MIB);
const chunk = (type: "key" | "delta" = "key"): EncodedChunk => ({ type, timestamp: 0, data: BIG });

/** A writer that writes only when it is let. */
function slowWriter() {
  const log: string[] = [];
  let pending: (() => void)[] = [];
  let open = false;
  const gate = () => new Promise<void>((resolve) => open ? resolve() : void pending.push(resolve));
  const writer: ContainerWriter = {
    start: () => Promise.resolve(),
    async write(track) {
      await gate();
      log.push(`write ${track}`);
    },
    end: (track) => Promise.resolve(void log.push(`end ${track}`)),
    finish: () => Promise.resolve(new Uint8Array(1)),
    abort: () => Promise.resolve(),
  };
  const release = () => {
    open = true;
    for (const go of pending.splice(0)) go();
    pending = [];
  };
  return { writer, log, release };
}

/** A queue of so many tracks. */
function queueOf(count: number) {
  const { writer, log, release } = slowWriter();
  const asked: number[] = [];
  const queue = new WriteQueue(Promise.resolve(writer), (track) => asked.push(track), () => {});
  const tracks = Array.from({ length: count }, () => ({
    codec: parseCodec("vp8")!,
    first: chunk(),
  }));
  queue.start(tracks);
  return { queue, log, release, asked };
}

Deno.test("sources that can wait do so while much is queued", async () => {
  const { queue, release } = queueOf(1);
  assertEquals(queue.ready(), undefined);
  for (let i = 0; i < 2; i++) queue.write(0, chunk());
  const ready = queue.ready();
  assert(ready !== undefined);
  release();
  await ready;
  assertEquals(queue.ready(), undefined);
});

Deno.test("what can't wait is left out above the bound, up to the next key frame, which is asked for", async () => {
  const { queue, log, release, asked } = queueOf(1);
  const taken = Array.from({ length: 40 }, () => queue.write(0, chunk("delta")));
  const count = taken.filter(Boolean).length;
  assertEquals(count, 17); // 16 MiB, and what went over them
  release();
  await settle();
  await settle();
  assertEquals([queue.write(0, chunk("delta")), asked], [false, [0]]);
  assertEquals([queue.write(0, chunk("key")), queue.write(0, chunk("delta"))], [true, true]);
  assertEquals(queue.discarded, 40 - 17 + 1);
  queue.finish();
  await queue.finished;
  assertEquals(log.length, 19);
});

Deno.test("a silent track ends in the file when too much is held back for it", async () => {
  const { queue, log, release } = queueOf(2);
  release();
  for (let i = 0; i < 70; i++) {
    queue.write(0, chunk());
    await settle();
  }
  assert(log.includes("end 1"));
  assert(!log.includes("end 0"));
  assertEquals(queue.write(1, chunk()), false);
});
