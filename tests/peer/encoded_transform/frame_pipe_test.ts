import { assert, assertEquals, assertThrows } from "@std/assert";
import type { FramePipe } from "../../../peer/encoded_transform/frame_pipe.ts";
import type {
  CountedChunk,
  FrameTransform,
} from "../../../peer/encoded_transform/frame_transform.ts";
import { KeyFrameTasks } from "../../../peer/encoded_transform/key_frame_tasks.ts";
import { UnreadFrames } from "../../../peer/encoded_transform/unread_frames.ts";
import { chunk, FakeOwner, TestPipe } from "./chunks.ts";

/** Keeps what it is given. */
class Keeper implements FrameTransform {
  owner: FramePipe | null = null;
  readonly given: CountedChunk[] = [];
  readonly told: string[] = [];
  attach = () => void this.told.push("attach");
  detach = () => void this.told.push("detach");
  end = () => void this.told.push("end");
  push = (frame: CountedChunk) => void this.given.push(frame);

  /** Gives back what it was given at a place. */
  write(index: number, byte = this.given[index]!.chunk.data[0]!): void {
    this.owner!.write(this, this.given[index]!.counter, Uint8Array.of(byte));
  }
}

Deno.test("without a transform, frames pass at once", () => {
  const pipe = new TestPipe();
  const frame = chunk(1, "key");
  pipe.push(frame);
  assert(pipe.out[0] === frame);
});

Deno.test("a transform has the frames from when it is set, and what it writes goes on with other bytes (W3C WebRTC Encoded Transform section 2.1.2)", () => {
  const pipe = new TestPipe();
  const keeper = new Keeper();
  pipe.push(chunk(1));
  pipe.setTransform(keeper);
  pipe.push(chunk(2, "key", { rid: "a" }));
  assertEquals(pipe.bytes, [1]);
  keeper.write(0, 9);
  assertEquals(pipe.out[1], { ...chunk(2, "key", { rid: "a" }), data: Uint8Array.of(9) });
});

Deno.test("a transform can drop and delay, but not repeat, reorder or make frames (section 2.1.2)", () => {
  const [pipe, other] = [new TestPipe(), new TestPipe()];
  const [keeper, alien] = [new Keeper(), new Keeper()];
  pipe.setTransform(keeper);
  other.setTransform(alien);
  for (let i = 0; i < 5; i++) pipe.push(chunk(i));
  keeper.write(1);
  keeper.write(1);
  keeper.write(0);
  keeper.write(3);
  keeper.write(2);
  pipe.write(keeper, 77, Uint8Array.of(7));
  pipe.write(alien, 5, Uint8Array.of(7));
  pipe.write(keeper, 5, new Uint8Array(0));
  assertEquals(pipe.bytes, [1, 3]);
  assertEquals(pipe.discarded, 6);
});

Deno.test("a transform that was replaced is told, and what it writes is ignored", () => {
  const pipe = new TestPipe();
  const [first, second] = [new Keeper(), new Keeper()];
  pipe.setTransform(first);
  pipe.push(chunk(1));
  pipe.setTransform(second);
  pipe.push(chunk(2));
  first.write(0);
  second.write(0);
  pipe.setTransform(null);
  pipe.push(chunk(3));
  second.write(0);
  assertEquals(pipe.bytes, [2, 3]);
  assertEquals([first.told, second.told], [["attach", "detach"], ["attach", "detach"]]);
});

Deno.test("a transform serves one owner, once (section 2.2)", () => {
  const [pipe, other] = [new TestPipe(), new TestPipe()];
  const keeper = new Keeper();
  pipe.setTransform(keeper);
  pipe.setTransform(keeper);
  const refused = (set: () => void) =>
    assertEquals(assertThrows(set, DOMException).name, "InvalidStateError");
  refused(() => other.setTransform(keeper));
  assertEquals(other.transform, null);
  pipe.setTransform(null);
  refused(() => pipe.setTransform(keeper));
});

Deno.test("a transform that never writes holds a limited number of frames, and the oldest are stale", () => {
  const pipe = new TestPipe();
  const keeper = new Keeper();
  pipe.setTransform(keeper);
  for (let i = 0; i < 600; i++) pipe.push(chunk(i % 256));
  assertEquals(pipe.discarded, 600 - 512);
  keeper.write(87);
  keeper.write(88);
  assertEquals(pipe.bytes, [88]);
});

Deno.test("what has ended passes nothing, and says so once", () => {
  const pipe = new TestPipe();
  const keeper = new Keeper();
  pipe.setTransform(keeper);
  pipe.push(chunk(1));
  pipe.end();
  pipe.end();
  pipe.push(chunk(2));
  keeper.write(0);
  assertEquals([pipe.bytes, keeper.given.length, keeper.told], [[], 1, ["attach", "end"]]);
  const late = new Keeper();
  pipe.setTransform(late);
  assertEquals(late.told, ["attach", "end"]);
});

Deno.test("a request for key frames is about the active layers, unless the transform takes it (section 4.9)", () => {
  const owner = new FakeOwner("sender", "video", ["a", "b"]);
  const pipe = new TestPipe(owner);
  pipe.keyFrameRequested();
  pipe.keyFrameRequested("b");
  assertEquals(owner.asked, [["a", "b"], ["b"]]);
  const keeper: Keeper & FrameTransform = new Keeper();
  const taken: (string | undefined)[] = [];
  keeper.keyFrameRequested = (rid) => taken.push(rid) > 0;
  pipe.setTransform(keeper);
  pipe.keyFrameRequested("a");
  assertEquals([owner.asked.length, taken], [2, ["a"]]);
});

Deno.test("a request for all layers is about those that the source gives, as far as that is known", () => {
  const pipe = new TestPipe(new FakeOwner("sender", "video", ["a", "b", "c"]));
  pipe.setTransform(new Keeper());
  assertEquals(pipe.layersOf(undefined), ["a", "b", "c"]);
  for (const rid of ["c", "a", "gone"]) pipe.push(chunk(1, "key", { rid }));
  assertEquals(pipe.layersOf(undefined), ["a", "c"]);
  assertEquals([pipe.layersOf("b"), pipe.layersOf("gone")], [["b"], []]);
});

Deno.test("a task for key frames ends with that of its last layer, and no layer is asked twice (section 4.10)", () => {
  const tasks = new KeyFrameTasks();
  assertEquals(tasks.add(1, ["a", "b"]), ["a", "b"]);
  assertEquals(tasks.add(2, ["b", "c"]), ["c"]);
  assertEquals(tasks.arrived("x"), []);
  assertEquals(tasks.arrived("b"), []);
  assertEquals(tasks.arrived("a"), [1]);
  assertEquals(tasks.arrived("c"), [2]);
  assertEquals(tasks.add(3, ["a"]), ["a"]);
});

Deno.test("what is not read is limited in number and bytes; after a gap comes a key frame", () => {
  const unread = new UnreadFrames();
  for (let i = 0; i < 256; i++) assert(unread.admit(chunk(1)));
  assert(!unread.admit(chunk(1, "key")));
  assert(!unread.read());
  assert(!unread.admit(chunk(2)), "a delta frame after a gap is of no use");
  for (let i = 0; i < 254; i++) assert(!unread.read());
  assert(unread.read(), "time to ask for a key frame");
  assert(unread.admit(chunk(1, "key")));
  assert(unread.admit(chunk(1)));
  assertEquals(unread.dropped, 2);
  const bytes = new UnreadFrames();
  const large = { type: "key", data: new Uint8Array(16 * 1024 * 1024 - 1) } as const;
  assert(bytes.admit(large));
  assert(bytes.admit(chunk(1)));
  assert(!bytes.admit(chunk(1)));
});
