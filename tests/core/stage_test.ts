import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  type Clock,
  emptyOutputs,
  type Layer,
  MAX_BATCH,
  type Millis,
  type Outputs,
  Stage,
} from "../../core/stage/mod.ts";
import { settle, VirtualClock } from "../support/virtual_clock.ts";

/** What a test may send to a {@linkcode Relay} from below, beside plain numbers that it passes up and acknowledges. */
const HOSTILE = -1, WINDOW_OPENS = -2, FATAL = -3, FATAL_WITH_ALERT = -4;

const ALERT = 500;

/** A layer that acknowledges what it receives, and holds what it sends until the peer opens the window. */
class Relay implements Layer<number, number, string> {
  nextTimeout: Millis | undefined;
  failure: Error | undefined;
  done = false;
  timeouts = 0;
  #out: Outputs<number, number, string> = emptyOutputs();
  #held: number[] = [];

  get backlog(): number {
    return this.#held.length;
  }

  handleInbound(batch: readonly number[]): void {
    for (const item of batch) this.#receive(item);
  }

  handleOutbound(batch: readonly number[]): void {
    this.#held.push(...batch);
  }

  handleTimeout(): void {
    this.timeouts++;
    this.nextTimeout = undefined;
    this.send(7);
  }

  handleEnd(): void {
    this.raise("end");
    this.done = true;
    this.nextTimeout = undefined;
  }

  close(): void {
    this.send(0);
  }

  poll(out: Outputs<number, number, string>): void {
    out.below.push(...this.#out.below);
    out.above.push(...this.#out.above);
    out.events.push(...this.#out.events);
    this.#out = emptyOutputs();
  }

  send(...items: number[]): void {
    this.#out.below.push(...items);
  }

  raise(...events: string[]): void {
    this.#out.events.push(...events);
  }

  fail(): void {
    this.failure = new Error("fatal");
    this.done = true;
  }

  #receive(item: number): void {
    if (item === HOSTILE) return this.raise("dropped");
    if (item === WINDOW_OPENS) return this.send(...this.#held.splice(0));
    if (item === FATAL) return this.fail();
    if (item === FATAL_WITH_ALERT) {
      this.#out.above.push(1, 2);
      this.send(ALERT);
      return this.fail();
    }
    this.#out.above.push(item);
    this.send(item + 1000);
  }
}

type RelayStage = Stage<number, number, string, Relay>;

/** A stage around a relay, with all that comes out of it. */
function setUp(options: { highWaterMark?: number; clock?: Clock } = {}) {
  const layer = new Relay();
  const clock = new VirtualClock();
  const events: string[] = [];
  const stage: RelayStage = new Stage(layer, {
    clock,
    onEvent: (event) => void events.push(event),
    ...options,
  });
  return {
    layer,
    clock,
    stage,
    events,
    up: collect(stage.inbound.readable),
    down: collect(stage.outbound.readable),
    below: stage.inbound.writable.getWriter(),
    above: stage.outbound.writable.getWriter(),
  };
}

/** Reads a stream to its end. */
function collect(readable: ReadableStream<readonly number[]>) {
  const collected = {
    items: [] as number[],
    batches: [] as number[],
    ended: false,
    error: undefined as unknown,
  };
  readable.pipeTo(
    new WritableStream({
      write(batch) {
        collected.items.push(...batch);
        collected.batches.push(batch.length);
      },
    }),
  ).then(() => void (collected.ended = true), (error) => void (collected.error = error));
  return collected;
}

Deno.test("A stage hands up what arrives, and sends the layer's replies", async () => {
  const { up, down, events, below } = setUp();
  await below.write([1, HOSTILE, 2]);
  await settle();
  assertEquals([up.items, down.items, events], [[1, 2], [1001, 1002], ["dropped"]]);
});

Deno.test("Replies leave while the application has closed its side", async () => {
  const { up, down, below, above } = setUp();
  await above.close();
  await below.write([3]);
  await settle();
  assertEquals([up.items, down.items], [[3], [0, 1003]]);
  assert(!up.ended && !down.ended);
});

Deno.test("Replies leave while the application does not read", async () => {
  const stage: RelayStage = new Stage(new Relay(), { clock: new VirtualClock() });
  const down = collect(stage.outbound.readable);
  const below = stage.inbound.writable.getWriter();
  for (let i = 0; i < 1000; i++) await below.write([i]);
  await settle();
  assertEquals(down.items.length, 1000);
});

Deno.test("Back-pressure holds a writer, and releases it once half the backlog has left", async () => {
  const { layer, stage, down, below, above } = setUp({ highWaterMark: 4 });
  await above.write([1, 2, 3, 4]);
  let resumed = false;
  above.write([5]).then(() => void (resumed = true));
  await settle();
  assertEquals([layer.backlog, resumed], [5, false]);
  stage.run((layer) => layer.raise("nothing has left"));
  await settle();
  assertEquals(resumed, false);
  await below.write([WINDOW_OPENS]);
  await settle();
  assertEquals([layer.backlog, resumed, down.items], [0, true, [1, 2, 3, 4, 5]]);
});

Deno.test("Writers that wait are released when the layer fails or is done", async () => {
  for (const ending of [FATAL, "end"] as const) {
    const { stage, below, above } = setUp({ highWaterMark: 0 });
    const ports = [above, stage.port().getWriter()];
    const writes = ports.map((writer) => writer.write([1]));
    await settle();
    if (ending === "end") await below.close();
    else await below.write([ending]);
    await Promise.all(writes);
  }
});

Deno.test("A fatal failure ends both readables, and is the stage's failure", async () => {
  const { layer, stage, up, down, below } = setUp();
  await below.write([FATAL]);
  await settle();
  assert(layer.failure !== undefined);
  assertStrictEquals(up.error, layer.failure);
  assertStrictEquals(down.error, layer.failure);
  assertStrictEquals(stage.failure, layer.failure);
});

Deno.test("What a layer produced before it failed still comes out, ahead of the failure", async () => {
  const stage: RelayStage = new Stage(new Relay(), { clock: new VirtualClock() });
  await stage.inbound.writable.getWriter().write([FATAL_WITH_ALERT]);
  await settle(); // only now does somebody read
  const down = stage.outbound.readable.getReader(), up = stage.inbound.readable.getReader();
  assertEquals((await down.read()).value, [ALERT]);
  assertEquals((await up.read()).value, [1, 2]);
  await assertRejects(() => down.read(), Error, "fatal");
  await assertRejects(() => up.read(), Error, "fatal");
});

Deno.test("Aborting either lane's writable ends both readables with the reason", async () => {
  for (const lane of ["below", "above"] as const) {
    const all = setUp();
    const reason = new Error("gone");
    await all[lane].abort(reason);
    await settle();
    assertStrictEquals(all.up.error, reason);
    assertStrictEquals(all.down.error, reason);
    assertStrictEquals(all.stage.failure, reason);
  }
});

Deno.test("The end below ends both readables, after what the layer still says", async () => {
  const { up, down, events, below } = setUp();
  await below.write([1]);
  await below.close();
  await settle();
  assertEquals([up.items, down.items, events], [[1], [1001], ["end"]]);
  assert(up.ended && down.ended);
});

Deno.test("Two ports lead into one layer, and closing one of them closes nothing else", async () => {
  const { stage, down, below } = setUp();
  const one = (item: number) =>
    new ReadableStream<readonly number[]>({
      start(controller) {
        controller.enqueue([item]);
        controller.close();
      },
    });
  await Promise.all([one(1).pipeTo(stage.port()), one(2).pipeTo(stage.port())]);
  await stage.port().abort("a third one breaks");
  await below.write([WINDOW_OPENS, 5]);
  await settle();
  assertEquals(down.items, [1, 2, 1005]);
});

Deno.test("What is produced at once leaves in batches of at most 32", async () => {
  const { stage, down } = setUp();
  stage.run((layer) => layer.send(...Array.from({ length: 2 * MAX_BATCH + 1 }, (_, i) => i)));
  await settle();
  assertEquals(down.batches, [32, 32, 1]);
  assertEquals(down.items, Array.from({ length: 65 }, (_, i) => i));
});

Deno.test("A cancelled readable leaves the other lane alive", async () => {
  const stage: RelayStage = new Stage(new Relay(), { clock: new VirtualClock() });
  const down = collect(stage.outbound.readable);
  await stage.inbound.readable.cancel();
  const below = stage.inbound.writable.getWriter();
  await below.write([1]);
  await below.close();
  await settle();
  assertEquals([down.items, down.ended], [[1001], true]);
});

Deno.test("run returns what it was asked for, and drains even what a throwing call left", async () => {
  const { stage, down } = setUp();
  assertEquals(stage.run((layer) => layer.backlog), 0);
  const misuse = () =>
    stage.run((layer) => {
      layer.send(1);
      throw new TypeError("misuse");
    });
  assertThrows(misuse, TypeError, "misuse");
  await settle();
  assertEquals(down.items, [1]);
});

Deno.test("Events come in order, even when a handler calls run", () => {
  const seen: string[] = [];
  const stage: RelayStage = new Stage(new Relay(), {
    clock: new VirtualClock(),
    onEvent(event) {
      seen.push(event);
      if (event === "first") stage.run((layer) => layer.raise("third", "fourth"));
    },
  });
  stage.run((layer) => layer.raise("first", "second"));
  assertEquals(seen, ["first", "second", "third", "fourth"]);
});

Deno.test("A handler hears of an event before what came with it goes on", async () => {
  const seen: string[] = [];
  const stage: RelayStage = new Stage(new Relay(), {
    clock: new VirtualClock(),
    onEvent: (event) => void seen.push(event),
  });
  const sink = new WritableStream<readonly number[]>({
    write: (batch) => void seen.push(`sent ${batch}`),
  });
  void stage.outbound.readable.pipeTo(sink);
  await settle(); // the pipe waits for a chunk, and hands it on within the call that enqueues it
  stage.run((layer) => {
    layer.send(1);
    layer.raise("ready");
  });
  await settle();
  assertEquals(seen, ["ready", "sent 1"]);
});

Deno.test("What a handler has the layer produce goes behind what came with the event", async () => {
  const stage: RelayStage = new Stage(new Relay(), {
    clock: new VirtualClock(),
    onEvent: () => stage.run((layer) => layer.send(2)),
  });
  stage.run((layer) => {
    layer.send(1);
    layer.raise("ready");
  });
  assertEquals((await stage.outbound.readable.getReader().read()).value, [1, 2]);
});

/** A clock that counts how often a timer is armed. */
class CountingClock extends VirtualClock {
  count = 0;

  override after(delay: Millis, run: () => void): () => void {
    this.count++;
    return super.after(delay, run);
  }
}

Deno.test("A timer runs the layer when it is due", async () => {
  const { stage, clock, layer, down } = setUp();
  stage.run((layer) => void (layer.nextTimeout = 1050));
  await clock.advance(49);
  assertEquals(layer.timeouts, 0);
  await clock.advance(1);
  assertEquals([layer.timeouts, down.items, clock.armed], [1, [7], 0]);
});

Deno.test("A deadline that moves back keeps the timer it has; one that moves forward gets a new one", async () => {
  const clock = new CountingClock();
  const { stage, layer } = setUp({ clock });
  for (let at = 1050; at < 1150; at++) stage.run((layer) => void (layer.nextTimeout = at));
  assertEquals(clock.count, 1);
  await clock.advance(148);
  assertEquals([layer.timeouts, clock.count], [0, 2], "the early timer only armed the next one");
  stage.run((layer) => void (layer.nextTimeout = 1148.5));
  assertEquals(clock.count, 3);
  await clock.advance(0.5);
  assertEquals(layer.timeouts, 1);
});

Deno.test("A deadline that is cleared, or the layer's end, leaves no timer", async () => {
  for (const ending of ["clear", "end", "failure", "abort"] as const) {
    const { stage, clock, layer, below } = setUp();
    stage.run((layer) => void (layer.nextTimeout = 1050));
    assertEquals(clock.armed, 1);
    if (ending === "clear") stage.run((layer) => void (layer.nextTimeout = undefined));
    else if (ending === "end") await below.close();
    else if (ending === "failure") await below.write([FATAL]);
    else await below.abort("gone");
    assertEquals(clock.armed, 0, ending);
    stage.run((layer) => void (layer.nextTimeout = ending === "clear" ? undefined : 1060));
    assertEquals(clock.armed, 0, ending);
    await clock.advance(1000);
    assertEquals(layer.timeouts, 0, ending);
  }
});

Deno.test("A deadline beyond what a timer of the platform can wait for is waited for in parts", () => {
  const delays: Millis[] = [];
  const timers: (() => void)[] = [];
  const clock: Clock = {
    now: () => 0,
    after(delay, run) {
      delays.push(delay);
      timers.push(run);
      return () => {};
    },
  };
  const { stage, layer } = setUp({ clock });
  stage.run((layer) => void (layer.nextTimeout = 2 ** 33));
  timers[0]!();
  assertEquals(delays, [2 ** 31 - 1, 2 ** 31 - 1]);
  assertEquals(layer.timeouts, 0);
});
