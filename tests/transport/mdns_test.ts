import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { MAX_MDNS_QUERIES, MAX_MDNS_WAITING, MdnsResolver } from "../../transport/mdns.ts";
import type { MdnsPort, MdnsReceiver } from "../../transport/mdns_port.ts";
import { isMdnsName, parseMdnsAnswer, writeMdnsQuery } from "../../transport/mdns_message.ts";
import { Random, seedForRun } from "../support/random.ts";
import { VirtualClock } from "../support/virtual_clock.ts";
import { type AnswerOptions, answerTo, questionsOf } from "./mdns_responder.ts";

const NAME = "2b9e0f8c-4a3d-4c1e-9b77-0123456789ab.local";
const name = (i: number) => `${i.toString(16).padStart(8, "0")}${NAME.slice(8)}`;

/** A resolver over a link in virtual time. */
class Link {
  readonly clock = new VirtualClock();
  readonly queries: { at: number; packet: Uint8Array }[] = [];
  openPorts = 0;
  opened = 0;
  refuse = false;
  /** Answers a query, or does not. */
  answer: (packet: Uint8Array, attempt: number) => Uint8Array | undefined = () => undefined;
  deliver: (packet: Uint8Array) => void = () => {};
  readonly resolver = new MdnsResolver({ clock: this.clock, open: (r) => this.#open(r) });

  #open(receive: MdnsReceiver): Promise<MdnsPort> {
    if (this.refuse) return Promise.reject(new Error("no multicast"));
    this.openPorts++;
    this.opened++;
    this.deliver = (packet) => receive(packet, { port: 5353, reply: () => {} });
    return Promise.resolve({
      tell: () => {},
      ask: (packet) => {
        this.queries.push({ at: this.clock.now() - 1000, packet });
        const answer = this.answer(packet, this.queries.length);
        if (answer !== undefined) receive(answer, { port: 5353, reply: () => {} });
      },
      close: () => void this.openPorts--,
    });
  }
}

/** What a promise has come to so far. */
function watch<T>(promise: Promise<T>): { value?: T; settled: boolean } {
  const watched: { value?: T; settled: boolean } = { settled: false };
  promise.then((value) => Object.assign(watched, { value, settled: true }));
  return watched;
}

Deno.test("mDNS: only names that browsers hide addresses behind are asked for", () => {
  assert(isMdnsName(NAME));
  assert(isMdnsName(NAME.toUpperCase()));
  for (
    const other of [
      "printer.local",
      "2b9e0f8c-4a3d-4c1e-9b77-0123456789ab",
      "2b9e0f8c-4a3d-4c1e-9b77-0123456789ab.local.",
      "2b9e0f8c-4a3d-4c1e-9b77-0123456789ab.local\n",
      "a.2b9e0f8c-4a3d-4c1e-9b77-0123456789ab.local",
      "2b9e0f8c-4a3d-4c1e-9b77-0123456789ab.example.com",
      "2b9e0f8c-4a3d-4c1e-9b77-0123456789ab.local.evil.com",
      "__proto__.local",
      "",
    ]
  ) assert(!isMdnsName(other), other);
});

Deno.test("RFC 6762 section 5.4: a query asks for both address types, and for a unicast answer", () => {
  assertEquals(questionsOf(writeMdnsQuery(NAME, 0x1234)), [
    { name: NAME, type: "A", unicast: true },
    { name: NAME, type: "AAAA", unicast: true },
  ]);
});

Deno.test("mDNS: an answer ends the query, and the port closes", async () => {
  const link = new Link();
  link.answer = (query) => answerTo(query, "192.168.1.5");
  assertEquals(await link.resolver.resolve(NAME), "192.168.1.5");
  await link.clock.advance(0);
  assertEquals([link.queries.length, link.openPorts, link.clock.armed], [1, 0, 0]);
});

Deno.test("RFC 6762 section 5.2: a query is repeated with growing gaps, then given up", async () => {
  const link = new Link();
  const outcome = watch(link.resolver.resolve(NAME));
  await link.clock.advance(4999);
  assertEquals(outcome.settled, false);
  await link.clock.advance(1);
  assertEquals(outcome, { settled: true, value: undefined });
  assertEquals(link.queries.map(({ at }) => at), [0, 250, 1250, 3250]);
  assertEquals([link.openPorts, link.clock.armed], [0, 0]);
});

Deno.test("mDNS: the answer to a repeated query counts", async () => {
  const link = new Link();
  link.answer = (query, attempt) => attempt === 4 ? answerTo(query, "2001:db8::5") : undefined;
  const outcome = watch(link.resolver.resolve(NAME));
  await link.clock.advance(3250);
  assertEquals(outcome.value, "2001:db8::5");
});

Deno.test("RFC 8828: answers count only for what was asked", async () => {
  const wrong: Record<string, [ip: string, options: AnswerOptions]> = {
    "another name": ["192.168.1.5", { name: name(1) }],
    "another id": ["192.168.1.5", { id: 1 }],
    "a goodbye": ["192.168.1.5", { ttl: 0 }],
    "another class": ["192.168.1.5", { class: "CH" }],
    "an error": ["192.168.1.5", { flags: 3 }],
    "a query": ["192.168.1.5", { query: true }],
    "no address": ["192.168.1.5", { type: "TXT" }],
    "this machine": ["127.0.0.1", {}],
    "this machine, IPv6": ["::1", {}],
    "a group": ["224.0.0.1", {}],
    "no machine": ["0.0.0.0", {}],
    "a mapped address": ["::ffff:127.0.0.1", {}],
  };
  const query = writeMdnsQuery(NAME, 7);
  for (const [what, [ip, options]] of Object.entries(wrong)) {
    assertEquals(parseMdnsAnswer(answerTo(query, ip, options), NAME, 7), undefined, what);
  }
  assertEquals(parseMdnsAnswer(query, NAME, 7), undefined, "the query itself, looped back");
  const good = answerTo(query, "192.168.1.5");
  assertEquals(parseMdnsAnswer(good, NAME, 7), { ip: "192.168.1.5", ttl: 120 });
  const toGroup = answerTo(query, "192.168.1.5", { id: 0, name: NAME.toUpperCase() });
  assertEquals(parseMdnsAnswer(toGroup, NAME, 7)?.ip, "192.168.1.5");
  const link = new Link();
  const outcome = watch(link.resolver.resolve(NAME));
  await link.clock.advance(0);
  link.deliver(answerTo(link.queries[0]!.packet, "192.168.1.66", { name: name(1) }));
  await link.clock.advance(0);
  assertEquals(outcome.settled, false);
  assertEquals(watch(link.resolver.resolve(name(1))).settled, false, "it is not remembered either");
});

Deno.test("mDNS: broken packets are no answers", () => {
  const random = new Random(seedForRun("mDNS mutation"));
  const good = answerTo(writeMdnsQuery(NAME, 7), "192.168.1.5");
  for (let i = 0; i < 3000; i++) {
    const answer = parseMdnsAnswer(random.mutate(good), NAME, 7);
    assert(answer === undefined || answer.ttl > 0);
  }
  assertEquals(parseMdnsAnswer(new Uint8Array(9001), NAME, 7), undefined);
  assertEquals(parseMdnsAnswer(new Uint8Array(11), NAME, 7), undefined);
});

Deno.test("mDNS: one name asked for several times is one query, and is remembered for ten seconds", async () => {
  const link = new Link();
  const both = Promise.all([
    link.resolver.resolve(NAME),
    link.resolver.resolve(NAME.toUpperCase()),
  ]);
  await link.clock.advance(0);
  link.deliver(answerTo(link.queries[0]!.packet, "192.168.1.5"));
  assertEquals(await both, ["192.168.1.5", "192.168.1.5"]);
  await link.clock.advance(9_999);
  assertEquals(await link.resolver.resolve(NAME), "192.168.1.5");
  assertEquals(link.queries.length, 1);
  await link.clock.advance(1);
  link.answer = (query) => answerTo(query, "192.168.1.6", { ttl: 1 });
  assertEquals(await link.resolver.resolve(NAME), "192.168.1.6");
  await link.clock.advance(1000);
  link.answer = (query) => answerTo(query, "192.168.1.7");
  assertEquals(await link.resolver.resolve(NAME), "192.168.1.7", "never beyond its time to live");
});

Deno.test("RFC 8828: an offer full of names makes no flood", async () => {
  const link = new Link();
  const names = Array.from({ length: 1000 }, (_, i) => name(i));
  const outcomes = names.map((name) => watch(link.resolver.resolve(name)));
  await link.clock.advance(0);
  assertEquals(link.queries.length, MAX_MDNS_QUERIES);
  const pending = outcomes.filter(({ settled }) => !settled).length;
  assertEquals(pending, MAX_MDNS_QUERIES + MAX_MDNS_WAITING);
  await link.clock.advance(5000);
  assertEquals(outcomes.filter(({ settled }) => !settled).length, MAX_MDNS_WAITING);
  await link.clock.advance(60_000);
  assertEquals(outcomes.filter(({ settled }) => !settled).length, 0);
  assertEquals(link.queries.length, 4 * (MAX_MDNS_QUERIES + MAX_MDNS_WAITING));
  assertEquals([link.openPorts, link.clock.armed], [0, 0]);
});

Deno.test("mDNS: aborting ends the wait, and the query once nobody waits for it", async () => {
  const link = new Link();
  const first = new AbortController(), second = new AbortController();
  const outcomes = [
    watch(link.resolver.resolve(NAME, first.signal)),
    watch(link.resolver.resolve(NAME, second.signal)),
  ];
  await link.clock.advance(0);
  first.abort();
  await link.clock.advance(0);
  assertEquals(outcomes.map(({ settled }) => settled), [true, false]);
  assertEquals(link.openPorts, 1);
  second.abort();
  await link.clock.advance(0);
  assertEquals(outcomes.map(({ settled }) => settled), [true, true]);
  assertEquals([link.openPorts, link.clock.armed], [0, 0]);
  assertEquals(await link.resolver.resolve(NAME, first.signal), undefined);
});

Deno.test("mDNS: without multicast a name stays unresolved, and a later query tries again", async () => {
  const link = new Link();
  link.refuse = true;
  const outcome = watch(link.resolver.resolve(NAME));
  await link.clock.advance(5000);
  assertEquals(outcome, { settled: true, value: undefined });
  link.refuse = false;
  link.answer = (query) => answerTo(query, "192.168.1.5");
  assertEquals(await link.resolver.resolve(NAME), "192.168.1.5");
});

Deno.test("mDNS: ids of queries can't be guessed from earlier ones", async () => {
  const link = new Link();
  for (let i = 0; i < 8; i++) link.resolver.resolve(name(i));
  await link.clock.advance(0);
  const ids = link.queries.map(({ packet }) => packet[0]! << 8 | packet[1]!);
  assertNotEquals(ids, ids.map((_, i) => ids[0]! + i));
  await link.clock.advance(5000);
});
