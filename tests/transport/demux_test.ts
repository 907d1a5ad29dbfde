import { assert, assertEquals, assertRejects } from "@std/assert";
import { Demux, type PacketKind, packetKind } from "../../transport/demux.ts";

const packet = (...bytes: number[]) => Uint8Array.from(bytes);

Deno.test("RFC 9443 section 3: every first byte belongs to one protocol", () => {
  const ranges: [number, number, PacketKind][] = [
    [0, 3, "stun"],
    [4, 15, "unknown"],
    [16, 19, "zrtp"],
    [20, 63, "dtls"],
    [64, 79, "turn-channel"],
    [80, 127, "quic"],
    [128, 191, "srtp"],
    [192, 255, "quic"],
  ];
  let covered = 0;
  for (const [first, last, kind] of ranges) {
    for (let byte = first; byte <= last; byte++, covered++) {
      assertEquals(packetKind(packet(byte, 0)), kind, `first byte ${byte}`);
    }
  }
  assertEquals(covered, 256);
  assertEquals(packetKind(new Uint8Array(0)), "unknown");
});

Deno.test("Demux: splits a batch, keeps the order within a branch, counts the rest", async () => {
  const demux = new Demux();
  const { srtp } = demux;
  const writer = demux.writable.getWriter();
  const batch = [
    packet(22, 1),
    packet(128, 2),
    packet(0, 3),
    packet(23, 4),
    packet(191, 5),
    packet(),
    packet(64),
    packet(17),
    packet(255),
  ];
  await writer.write(batch);
  await writer.close();
  assertEquals(await Array.fromAsync(demux.dtls), [[batch[0]!, batch[3]!]]);
  assertEquals(await Array.fromAsync(srtp), [[batch[1]!, batch[4]!]]);
  assertEquals(Object.fromEntries(demux.discards.entries()), {
    stun: 1,
    unknown: 1,
    "turn-channel": 1,
    zrtp: 1,
    quic: 1,
  });
});

Deno.test("Demux: another association reads from a branch of its own, and the one before ends", async () => {
  const demux = new Demux();
  const writer = demux.writable.getWriter();
  const [before, after] = [[packet(20, 1)], [packet(20, 2)]];
  const first = demux.dtls;
  await writer.write(before);
  demux.renewDtls();
  await writer.write(after);
  await writer.close();
  assertEquals(await Array.fromAsync(first), [before]);
  assertEquals(await Array.fromAsync(demux.dtls), [after]);
  demux.renewDtls();
  assertEquals(await Array.fromAsync(demux.dtls), []);
});

Deno.test("Demux: a batch of one kind is handed on as it is", async () => {
  const demux = new Demux();
  const batch = [packet(20), packet(63)];
  await demux.writable.getWriter().write(batch);
  assert((await demux.dtls.getReader().read()).value === batch);
});

Deno.test("Demux: a branch that nobody reads is bounded, and does not hold up the other", async () => {
  const demux = new Demux();
  const { srtp } = demux;
  const writer = demux.writable.getWriter();
  for (let i = 0; i < 1000; i++) await writer.write([packet(128, i & 0xff)]);
  await writer.write([packet(22)]);
  assertEquals((await demux.dtls.getReader().read()).value, [packet(22)]);
  const dropped = demux.discards.of("overflow");
  assert(dropped > 0 && dropped < 1000, `${dropped} dropped`);
  await writer.close();
  assertEquals((await Array.fromAsync(srtp)).length, 1000 - dropped);
});

Deno.test("Demux: SRTP that nobody has asked for is dropped and counted", async () => {
  const demux = new Demux();
  const writer = demux.writable.getWriter();
  await writer.write([packet(128), packet(129), packet(22)]);
  const { srtp } = demux;
  await writer.write([packet(130)]);
  await writer.close();
  assertEquals(demux.discards.of("srtp"), 2);
  assertEquals(await Array.fromAsync(srtp), [[packet(130)]]);
});

Deno.test("Demux: SRTP that is asked for after the end has ended, too", async () => {
  const demux = new Demux();
  await demux.writable.close();
  assertEquals(await Array.fromAsync(demux.srtp), []);
});

Deno.test("Demux: a cancelled branch is dropped and counted", async () => {
  const demux = new Demux();
  await demux.srtp.cancel();
  const writer = demux.writable.getWriter();
  await writer.write([packet(128), packet(22)]);
  assertEquals(demux.discards.of("overflow"), 1);
  await writer.close();
  assertEquals(await Array.fromAsync(demux.dtls), [[packet(22)]]);
});

Deno.test("Demux: a failure below reaches both branches", async () => {
  const demux = new Demux();
  await demux.writable.abort(new Error("ice failed"));
  await assertRejects(() => demux.dtls.getReader().read(), Error, "ice failed");
  await assertRejects(() => demux.srtp.getReader().read(), Error, "ice failed");
});
