import { assert, assertEquals } from "@std/assert";
import { emptyOutputs, type Layer, type Millis } from "../../core/stage/mod.ts";
import { Random, seedForRun } from "../support/random.ts";

/** What the suite needs to know of a layer. */
export interface Subject<Below, Above, Event> {
  /** A new layer that has been started as its user would start it at `now`. */
  make(now: Millis, random: Random): Layer<Below, Above, Event>;
  /** Something from below: well-formed, mutated or plain noise, as `random` decides. */
  inbound(random: Random): Below;
  /** Something that the side above may send. */
  outbound(random: Random): Above;
  /** A layer that ends only through its peer after `close` is given this long; 10 minutes by default. */
  closesWithin?: Millis;
}

/** The rules of ARCHITECTURE.md section 3, held against random sequences of calls. Every layer's tests run it. */
export function testCompliance<Below, Above, Event>(
  name: string,
  subject: Subject<Below, Above, Event>,
): void {
  Deno.test(`${name} keeps the Layer contract under random calls`, () => {
    const seed = seedForRun(`${name} compliance`);
    for (let round = 0; round < 20; round++) randomCalls(subject, new Random(seed + round));
  });

  Deno.test(`${name} is done after handleEnd, and needs no timer then`, () => {
    const layer = subject.make(1000, new Random(7));
    drain(layer);
    layer.handleEnd(1001);
    drain(layer);
    assert(layer.done, "done after handleEnd");
    assertEquals(layer.nextTimeout, undefined);
    calmAfterDone(layer, subject, new Random(8));
  });

  Deno.test(`${name} is done some time after close, even with a silent peer`, () => {
    const layer = subject.make(1000, new Random(9));
    drain(layer);
    layer.close(1001);
    layer.close(1002);
    drain(layer);
    const end = 1002 + (subject.closesWithin ?? 600_000);
    for (let now = 1002; !layer.done;) {
      const next = layer.nextTimeout;
      assert(next !== undefined, "a layer that is not done after close waits for a deadline");
      now = Math.max(now, next);
      assert(now <= end, `still not done at ${now}`);
      timeout(layer, now);
    }
    calmAfterDone(layer, subject, new Random(10));
  });
}

function randomCalls<Below, Above, Event>(
  subject: Subject<Below, Above, Event>,
  random: Random,
): void {
  let now = 1000;
  const layer = subject.make(now, random);
  drain(layer);
  for (let call = 0; call < 200; call++) {
    const failed = layer.failure;
    now += random.pick([0, 0, 1, 20, 1000, 30_000]);
    switch (random.below(call > 150 ? 6 : 4)) {
      case 0:
      case 1:
        layer.handleInbound(
          Array.from({ length: random.below(5) }, () => subject.inbound(random)),
          now,
        );
        break;
      case 2:
        layer.handleOutbound(
          Array.from({ length: random.below(3) }, () => subject.outbound(random)),
          now,
        );
        break;
      case 3:
        timeout(layer, now);
        break;
      case 4:
        layer.close(now);
        break;
      case 5:
        if (random.chance(0.2)) layer.handleEnd(now);
    }
    drain(layer);
    assert(layer.backlog >= 0 && Number.isFinite(layer.backlog), `backlog is ${layer.backlog}`);
    if (failed !== undefined) assert(layer.failure === failed, "failure is set once");
    if (layer.failure !== undefined) assert(layer.done, "a layer that failed is done");
    if (layer.done) {
      assertEquals(layer.nextTimeout, undefined, "a layer that is done needs no timer");
    }
  }
}

function timeout<Below, Above, Event>(layer: Layer<Below, Above, Event>, now: Millis): void {
  layer.handleTimeout(now);
  const next = layer.nextTimeout;
  assert(next === undefined || next > now, `nextTimeout is ${next} after handleTimeout(${now})`);
  drain(layer);
}

function calmAfterDone<Below, Above, Event>(
  layer: Layer<Below, Above, Event>,
  subject: Subject<Below, Above, Event>,
  random: Random,
): void {
  drain(layer);
  layer.handleInbound(Array.from({ length: 20 }, () => subject.inbound(random)), 1e7);
  layer.handleOutbound([subject.outbound(random)], 1e7);
  layer.handleTimeout(1e7);
  layer.close(1e7);
  layer.handleEnd(1e7);
  const out = drain(layer);
  assertEquals(out.below.length, 0, "a layer that is done sends nothing");
  assertEquals(layer.nextTimeout, undefined);
}

/** Polls, and checks that one poll drains everything and appends. */
function drain<Below, Above, Event>(layer: Layer<Below, Above, Event>) {
  const out = emptyOutputs<Below, Above, Event>();
  layer.poll(out);
  const counts = [out.below.length, out.above.length, out.events.length];
  layer.poll(out);
  assertEquals(
    [out.below.length, out.above.length, out.events.length],
    counts,
    "one poll drains everything",
  );
  return out;
}
