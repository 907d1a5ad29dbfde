import { assert, assertEquals } from "@std/assert";
import type { RTCDataChannelInit } from "../../../mod.ts";
import type { Scenario } from "../harness/scenario.ts";

/** Every way to promise less than "all, in order" (RFC 8832 section 5.1). */
const MODES: readonly (readonly [string, RTCDataChannelInit])[] = [
  ["ordered, reliable", {}],
  ["unordered, reliable", { ordered: false }],
  ["ordered, no retransmission", { maxRetransmits: 0 }],
  ["unordered, three retransmissions", { ordered: false, maxRetransmits: 3 }],
  ["ordered, two seconds", { maxPacketLifeTime: 2000 }],
  ["unordered, one second", { ordered: false, maxPacketLifeTime: 1000 }],
];

export const reliability: Scenario = {
  name: "the six reliability modes show alike at both ends, and carry messages",
  async run({ offerer, answerer, connect }) {
    const modes = MODES.map(([label, init]) => ({ label, init }));
    await offerer.run((side, modes) => {
      for (const { label, init } of modes) side.open(label, init);
    }, modes);
    await connect();
    for (const { label, init } of modes) {
      const expected = {
        ordered: init.ordered ?? true,
        maxRetransmits: init.maxRetransmits ?? null,
        maxPacketLifeTime: init.maxPacketLifeTime ?? null,
        negotiated: false,
      };
      for (const peer of [offerer, answerer]) {
        const shown = await peer.run(async (side, label) => {
          const { channel } = await side.mailbox(label);
          const { ordered, maxRetransmits, maxPacketLifeTime, negotiated } = channel;
          return { ordered, maxRetransmits, maxPacketLifeTime, negotiated };
        }, label);
        assertEquals(shown, expected, `${label} at ${peer.name}`);
      }
      await answerer.run(async (side, label) => (await side.mailbox(label)).echo(), label);
      const back = await offerer.run(async (side, label) => {
        const mailbox = await side.mailbox(label);
        for (let i = 0; i < 10; i++) mailbox.channel.send(`${i}`);
        return await mailbox.take(10) as string[];
      }, label);
      if (!expected.ordered) back.sort();
      assertEquals(back.join(""), "0123456789", label);
    }
  },
};

export const negotiated: Scenario = {
  name: "negotiated channels meet by their id, unannounced",
  async run({ offerer, answerer, connect }) {
    for (const peer of [offerer, answerer]) {
      await peer.run((side, name) => {
        // Only the id is common: a label is a local matter here (RFC 8831 section 6.5).
        side.open("low", { negotiated: true, id: 0, protocol: name });
        side.open("high", { negotiated: true, id: 500, ordered: false });
      }, peer.name);
    }
    await connect();
    for (const label of ["low", "high"]) {
      await answerer.run(async (side, label) => (await side.mailbox(label)).echo(), label);
      const back = await offerer.run(async (side, label) => {
        const mailbox = await side.mailbox(label);
        mailbox.channel.send(`over ${label}`);
        return [await mailbox.next(), mailbox.channel.id, mailbox.channel.negotiated];
      }, label);
      assertEquals(back, [`over ${label}`, label === "low" ? 0 : 500, true]);
    }
    for (const peer of [offerer, answerer]) {
      assertEquals(await peer.run((side) => side.announced), [], peer.name);
    }
  },
};

export const names: Scenario = {
  name: "labels and protocols arrive whole, whatever they are made of",
  async run({ offerer, answerer, connect }) {
    const names = [
      { label: "", protocol: "" },
      {
        label: "Gr\u00fc\u00dfe \u9dfa \ud83e\udeb6",
        protocol: "\u043f\u0440\u043e\u0442\u043e\u043a\u043e\u043b",
      },
      { label: "with\0zero", protocol: "a b\tc" },
      { label: "\u00e9".repeat(2000), protocol: "x".repeat(3000) },
    ];
    await offerer.run((side, names) => {
      for (const { label, protocol } of names) side.open(label, { protocol });
    }, names);
    await connect();
    for (const name of names) {
      const shown = await answerer.run(async (side, { label }) => {
        const { channel } = await side.mailbox(label);
        return { label: channel.label, protocol: channel.protocol };
      }, name);
      assertEquals(shown, name);
    }
  },
};

export const many: Scenario = {
  name: "64 channels open at once, half of them from each side, and each carries its own",
  timeout: 60_000,
  async run({ offerer, answerer, connect }) {
    await offerer.run((side) => void side.open("first"));
    await connect();
    const ends = [[offerer, answerer], [answerer, offerer]] as const;
    await Promise.all(ends.map(([from]) =>
      from.run((side, name) => {
        for (let i = 0; i < 32; i++) side.open(`${name} ${i}`);
      }, from.name)
    ));
    const ids = await Promise.all(ends.map(async ([from, to]) => {
      await to.run(async (side, name) => {
        for (let i = 0; i < 32; i++) (await side.mailbox(`${name} ${i}`)).echo();
      }, from.name);
      return await from.run(async (side, name) => {
        const ids: (number | null)[] = [];
        for (let i = 0; i < 32; i++) {
          const mailbox = await side.mailbox(`${name} ${i}`);
          mailbox.channel.send(`for ${i}`);
          ids.push(mailbox.channel.id);
        }
        for (let i = 0; i < 32; i++) {
          const back = await (await side.mailbox(`${name} ${i}`)).next();
          if (back !== `for ${i}`) throw new Error(`channel ${i} got ${back}`);
        }
        return ids;
      }, from.name);
    }));
    assertEquals(new Set(ids.flat()).size, 64, "each channel has an id of its own");
    // RFC 8832 section 6: the DTLS client takes the even ids, the server the odd ones.
    const parities = ids.map((some) => new Set(some.map((id) => id! % 2)));
    assert(parities.every((parity) => parity.size === 1), "a side's ids are all even, or all odd");
    assert(!parities[1]!.has([...parities[0]!][0]!), "the sides don't share a parity");
  },
};
