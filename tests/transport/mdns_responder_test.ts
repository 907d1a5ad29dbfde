import { Buffer } from "node:buffer";
import { assert, assertEquals, assertMatch } from "@std/assert";
import dnsPacket from "dns-packet";
import {
  isMdnsName,
  parseMdnsAnswer,
  parseMdnsQuery,
  writeMdnsQuery,
} from "../../transport/mdns_message.ts";
import type { MdnsReceiver } from "../../transport/mdns_port.ts";
import { MAX_PUBLISHED, MAX_REPLIES, MdnsResponder } from "../../transport/mdns_responder.ts";
import { Random, seedForRun } from "../support/random.ts";
import { settle, VirtualClock } from "../support/virtual_clock.ts";

const IP = "192.0.2.7";

/** A responder over a link in virtual time. */
class Link {
  readonly clock = new VirtualClock();
  /** What the whole group, and what single askers were sent. */
  readonly told: Uint8Array[] = [];
  readonly replied: Uint8Array[] = [];
  isOpen = false;
  #receive: MdnsReceiver = () => {};
  readonly withdrawing = new AbortController();
  readonly responder: MdnsResponder = new MdnsResponder({
    clock: this.clock,
    open: (receive) => {
      this.#receive = receive;
      this.isOpen = true;
      return Promise.resolve({
        ask: () => {},
        tell: (packet) => void this.told.push(packet),
        close: () => void (this.isOpen = false),
      });
    },
  });

  async publish(ip = IP): Promise<string> {
    return (await this.responder.publish(ip, this.withdrawing.signal))!;
  }

  /** A query arrives: from a responder's port, unless told otherwise. */
  async arrive(packet: Uint8Array, port = 5353): Promise<void> {
    this.#receive(packet, { port, reply: (packet) => void this.replied.push(packet) });
    await settle();
  }
}

/** A query as responders send it (RFC 6762 section 5.4), for one type. */
function query(name: string, type = "A", unicast = false): Uint8Array {
  const questions = [{ name, type, class: "IN" }];
  const packet: Uint8Array = dnsPacket.encode({ type: "query", id: 0, questions });
  if (unicast) packet[packet.length - 2]! |= 0x80;
  return packet;
}

// deno-lint-ignore no-explicit-any -- the package has no types
const read = (packet: Uint8Array): any => dnsPacket.decode(Buffer.from(packet));

Deno.test("RFC 6762 section 6: the group is told the address, with the bit that makes others forget what they knew", async () => {
  const link = new Link();
  const name = await link.publish();
  assertMatch(name, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.local$/);
  await link.arrive(query(name.toUpperCase()));
  const { id, questions, answers, additionals, flag_aa } = read(link.told[0]!);
  assertEquals([id, questions, flag_aa], [0, [], true]);
  assertEquals(answers, [{ name, type: "A", ttl: 120, class: "IN", flush: true, data: IP }]);
  assertEquals([additionals[0].type, additionals[0].data.rrtypes], ["NSEC", ["A"]]);
  assertEquals(parseMdnsAnswer(link.told[0]!, name, 0), { ip: IP, ttl: 120 });
  assertEquals(link.replied, []);
});

Deno.test("RFC 6762 section 6.7: who asks from another port gets what a name server would send", async () => {
  const link = new Link();
  const name = await link.publish("2001:db8::7");
  await link.arrive(writeMdnsQuery(name, 99), 40_000);
  assertEquals(link.told, []);
  const { id, questions, answers } = read(link.replied[0]!);
  assertEquals([id, questions[0].name], [99, name]);
  assertEquals(answers[0], {
    name,
    type: "AAAA",
    ttl: 10,
    class: "IN",
    flush: false,
    data: "2001:db8::7",
  });
});

Deno.test("RFC 6762 sections 5.4 and 6: one asker is replied to once the group knows, which is told at most once a second", async () => {
  const link = new Link();
  const name = await link.publish();
  for (let i = 0; i < 5; i++) await link.arrive(query(name));
  assertEquals(link.told.length, 1);
  await link.arrive(query(name, "A", true));
  assertEquals([link.told.length, link.replied.length], [1, 1]);
  await link.clock.advance(1000);
  await link.arrive(query(name, "ANY"));
  assertEquals(link.told.length, 2);
  await link.clock.advance(30_000);
  await link.arrive(query(name, "A", true)); // too long ago: all may hear it
  assertEquals([link.told.length, link.replied.length], [3, 1]);
});

Deno.test("RFC 6762 section 10.1: a name that was told of is bidden goodbye, and the port closes with the last one", async () => {
  const link = new Link();
  const name = await link.publish();
  const other = new AbortController();
  const unheard = await link.responder.publish("192.0.2.8", other.signal);
  await link.arrive(query(name));
  other.abort();
  await settle();
  assertEquals([link.told.length, link.isOpen], [1, true]);
  link.withdrawing.abort();
  await settle();
  assertEquals(read(link.told[1]!).answers[0].ttl, 0);
  assertEquals(link.isOpen, false);
  await link.arrive(query(name));
  await link.arrive(query(unheard!));
  assertEquals(link.told.length, 2);
});

Deno.test("nothing but names of ours is answered for, and nothing but queries", async () => {
  const link = new Link();
  const name = await link.publish();
  for (
    const other of ["printer.local", `00000000-0000-4000-8000-000000000000.local`, `x.${name}`]
  ) {
    await link.arrive(query(other));
  }
  await link.arrive(query(name, "TXT"));
  await link.arrive(link.told[0] ?? new Uint8Array(12));
  const answer = read(query(name));
  await link.arrive(dnsPacket.encode({ ...answer, type: "response" }));
  assertEquals([link.told, link.replied], [[], []]);
});

Deno.test("whoever forges addresses has few replies sent to others, and names are bounded", async () => {
  const link = new Link();
  const name = await link.publish();
  for (let i = 0; i < 1000; i++) await link.arrive(writeMdnsQuery(name, i), 40_000);
  assert(link.replied.length <= MAX_REPLIES, `${link.replied.length}`);
  await link.clock.advance(1000);
  await link.arrive(writeMdnsQuery(name, 1), 40_000);
  assertEquals(link.replied.length, MAX_REPLIES + 1);
  for (let i = 1; i < MAX_PUBLISHED; i++) await link.publish();
  await link.clock.advance(1000);
  await link.arrive(writeMdnsQuery(await link.publish(), 1), 40_000); // one too many: it hides the address, and that is all
  assertEquals(link.replied.length, MAX_REPLIES + 1);
});

Deno.test("where there is no multicast names hide addresses all the same, and another time they may be answered for", async () => {
  let [refuses, opened] = [true, 0];
  const responder = new MdnsResponder({
    clock: new VirtualClock(),
    open: () =>
      refuses
        ? Promise.reject(new Error("no multicast"))
        : (opened++, Promise.resolve({ ask: () => {}, tell: () => {}, close: () => {} })),
  });
  const { signal } = new AbortController();
  assert(isMdnsName(await responder.publish(IP, signal)));
  refuses = false;
  assert(isMdnsName(await responder.publish(IP, AbortSignal.abort())));
  assertEquals(opened, 0);
  await responder.publish(IP, signal);
  assertEquals(opened, 1);
});

Deno.test("broken queries throw nothing", () => {
  const random = new Random(seedForRun("mDNS queries"));
  const good = writeMdnsQuery("2b9e0f8c-4a3d-4c1e-9b77-0123456789ab.local", 1);
  assertEquals(parseMdnsQuery(good)!.questions.map(({ type, unicast }) => [type, unicast]), [
    ["A", true],
    ["AAAA", true],
  ]);
  for (let i = 0; i < 5000; i++) {
    const packet = good.slice(0, random.below(good.length + 1));
    for (let flips = random.below(6); flips > 0 && packet.length > 0; flips--) {
      packet[random.below(packet.length)] = random.below(256);
    }
    parseMdnsQuery(packet);
  }
});
