import { assertEquals } from "@std/assert";
import { type Millis, Timers } from "../../core/stage/mod.ts";
import { Random, seedForRun } from "../support/random.ts";

type Name = "a" | "b" | "c" | "d";
const NAMES: readonly Name[] = ["a", "b", "c", "d"];

Deno.test("Timers: the earliest deadline is the next one", () => {
  const timers = new Timers<Name>();
  assertEquals(timers.next, undefined);
  timers.set("a", 30);
  timers.set("b", 10);
  timers.set("b", 20);
  assertEquals([timers.next, timers.at("b"), timers.has("c")], [20, 20, false]);
  timers.clear("b");
  timers.clear("c");
  assertEquals(timers.next, 30);
  timers.clearAll();
  assertEquals([timers.next, timers.has("a")], [undefined, false]);
});

Deno.test("Timers: what is due is taken once, earliest first", () => {
  const timers = new Timers<Name>();
  timers.set("a", 30);
  timers.set("b", 10);
  timers.set("c", 31);
  assertEquals(timers.takeDue(9), []);
  assertEquals(timers.takeDue(30), ["b", "a"]);
  assertEquals(timers.takeDue(30), []);
  assertEquals(timers.next, 31);
});

Deno.test("Timers: after takeDue the next deadline is later than now", () => {
  const random = new Random(seedForRun("Timers"));
  for (let round = 0; round < 50; round++) {
    const timers = new Timers<Name>();
    const model = new Map<Name, Millis>();
    let now = 0;
    for (let step = 0; step < 100; step++) {
      const name = random.pick(NAMES);
      switch (random.below(3)) {
        case 0: {
          const at = now + random.below(100);
          timers.set(name, at);
          model.set(name, at);
          break;
        }
        case 1:
          timers.clear(name);
          model.delete(name);
          break;
        case 2: {
          now += random.below(40);
          const due = [...model].filter(([, at]) => at <= now).map(([name]) => name);
          assertEquals(timers.takeDue(now).sort(), due.sort());
          for (const name of due) model.delete(name);
        }
      }
      assertEquals(timers.next, model.size === 0 ? undefined : Math.min(...model.values()));
    }
  }
});
