import { assert, assertEquals, assertThrows } from "@std/assert";
import { Discards } from "../../core/stage/mod.ts";
import { toHex } from "../../core/wire/mod.ts";
import {
  cnameOf,
  compactNtp,
  MAX_FEEDBACK_PACKETS,
  MAX_NACKED,
  ntpFromUnixMillis,
  packetMetric,
  packetMetricBlock,
  parseRtcp,
  type RtcpDiscard,
  type RtcpPacket,
  serializeRtcp,
  unixMillisFromNtp,
} from "../../rtp/mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import { makers } from "./rtcp_packets.ts";
import { hex, rtcpVectors, vector } from "./support.ts";

function only<T extends RtcpPacket["type"]>(text: string, type: T): RtcpPacket & { type: T } {
  const packets = parseRtcp(hex(text));
  assertEquals(packets.map((one) => one.type), [type]);
  return packets[0] as RtcpPacket & { type: T };
}

function bytesOf(name: string): string {
  return vector(rtcpVectors, name).packet!;
}

for (const { name, packet, expect } of rtcpVectors) {
  Deno.test(`RTCP vector: ${name}`, () => {
    const discards = new Discards<RtcpDiscard>();
    const packets = parseRtcp(hex(packet!), discards);
    if (typeof expect.parse === "string" && expect.parse.startsWith("error")) {
      assertEquals(packets, []);
      assertEquals(discards.total, 1);
      return;
    }
    assertEquals(discards.total, 0);
    assert(packets.length > 0);
    assert(packets.every(({ type }) => type !== "unknown"));
    if (expect.types !== undefined) assertEquals(packets.map(({ type }) => type), expect.types);
    if (expect.type !== undefined) assertEquals(packets[0]!.type, expect.type);
    for (const key of ["ssrc", "senderSsrc", "mediaSsrc", "lost", "bitrate", "ssrcs", "entries"]) {
      const value = (packets[0] as unknown as { [key: string]: unknown })[key];
      if (expect[key] !== undefined) assertEquals(value, expect[key], key);
    }
    // Whatever was understood is written as it was read.
    assertEquals(parseRtcp(serializeRtcp(packets)), packets);
  });
}

Deno.test("packets are written as others write them", () => {
  for (const { name, packet, expect } of rtcpVectors) {
    // The second TWCC has a padding count of 3 where there is one byte of padding.
    if (expect.parse !== undefined || name === "TWCC: two-bit status vectors") continue;
    assertEquals(toHex(serializeRtcp(parseRtcp(hex(packet!)))), packet, name);
  }
});

Deno.test("a sender report has a signed loss and its clocks (RFC 3550 section 6.4.1)", () => {
  const report = only(bytesOf("SR with a report block"), "SR");
  assertEquals(report.ntpTimestamp, 0xe1e2e3e4_e5e6e7e8n);
  assertEquals([report.rtpTimestamp, report.packetCount, report.octetCount], [4096, 10, 1600]);
  assertEquals(report.reports, [{
    ssrc: 3405691582,
    fractionLost: 16,
    cumulativeLost: -1,
    highestSequence: 74565,
    jitter: 32,
    lastSenderReport: 287454020,
    delaySinceLastSenderReport: 65536,
  }]);
});

Deno.test("a loss that does not fit in 24 bits becomes the nearest that does (RFC 3550 appendix A.3)", () => {
  const { reports } = only(bytesOf("SR with a report block"), "SR");
  for (const [loss, written] of [[1e9, 0x7fffff], [-1e9, -0x800000]]) {
    const report = { ...reports[0]!, cumulativeLost: loss! };
    const back = only(toHex(serializeRtcp([{ type: "RR", ssrc: 1, reports: [report] }])), "RR");
    assertEquals(back.reports[0]!.cumulativeLost, written);
  }
});

Deno.test("canonical names (RFC 3550 section 6.5.1), reasons (RFC 3550 section 6.6)", () => {
  const description = only(bytesOf("SDES with CNAME"), "SDES");
  assertEquals(cnameOf(description, 0xdeadbeef), "user@");
  assertEquals(cnameOf(description, 1), undefined);
  const goodbye = only(bytesOf("BYE with a reason"), "BYE");
  assertEquals([goodbye.ssrcs, goodbye.reason], [[0xdeadbeef], "bye"]);
});

Deno.test("a text that is no UTF-8 is left out, and takes nothing with it", () => {
  const description = only("81ca0004deadbeef0102ff620603746f6c000000", "SDES");
  assertEquals(description.chunks[0]!.items, [{ type: 6, text: "tol" }]);
  assertEquals(only("81cb0002deadbeef03ffffff", "BYE"), { type: "BYE", ssrcs: [0xdeadbeef] });
});

Deno.test("transport-wide feedback: run length chunk and one delta", () => {
  const feedback = only(bytesOf("TWCC: a run of one"), "TWCC");
  assertEquals(feedback.baseSequence, 153);
  assertEquals(feedback.referenceTime, 4057090);
  assertEquals(feedback.feedbackCount, 23);
  assertEquals([...feedback.statuses], [1]);
  assertEquals([...feedback.deltas].map((delta) => delta * 250), [37000]);
});

Deno.test("transport-wide feedback: two-bit vectors, reserved symbols have no delta", () => {
  const { expect, packet } = vector(rtcpVectors, "TWCC: two-bit status vectors");
  const feedback = only(packet!, "TWCC");
  assertEquals([...feedback.statuses], expect.symbols);
  assertEquals([...feedback.deltas].slice(0, 2).map((delta) => delta * 250), expect.deltasUs);
  assertEquals(feedback.referenceTime, expect.referenceTime);
});

Deno.test("feedback about more packets than can be told apart is refused, however few bytes claim it", () => {
  const claim = (count: number) => {
    const chunks = new Array(9).fill("1fff").join("");
    return `8fcd0009${"00000001"}${"00000002"}0000${count.toString(16)}00000000${chunks}0000`;
  };
  assertEquals(only(claim(MAX_FEEDBACK_PACKETS), "TWCC").statuses.length, MAX_FEEDBACK_PACKETS);
  assertEquals(parseRtcp(hex(claim(MAX_FEEDBACK_PACKETS + 1))), []);
});

Deno.test("a NACK for more packets than anyone resends is refused", () => {
  const items = (count: number) => {
    const length = (2 + count).toString(16).padStart(4, "0");
    return `81cd${length}0000000100000002${"0064ffff".repeat(count)}`;
  };
  const few = Math.floor(MAX_NACKED / 17);
  assertEquals(only(items(few), "NACK").lost.length, 17 * few);
  assertEquals(parseRtcp(hex(items(few + 1))), []);
});

Deno.test("a REMB rounds down to 18 bits and does not overflow", () => {
  const back = (bitrate: number) => {
    const bytes = serializeRtcp([{ type: "REMB", senderSsrc: 1, bitrate, ssrcs: [2] }]);
    return only(toHex(bytes), "REMB").bitrate;
  };
  assertEquals(back(262_143), 262_143);
  assertEquals(back(262_145), 262_144);
  assertEquals(back(-5), 0);
  assertEquals(back(Infinity), (2 ** 18 - 1) * 2 ** 63);
});

Deno.test("feedback of another application is kept as it is", () => {
  const text = "8fce0004000000010000000041424344deadbeef";
  const packet = only(text, "unknown");
  assertEquals(packet.count, 15);
  assertEquals(toHex(serializeRtcp([packet])), text);
});

Deno.test("extended reports: reference time and its answer (RFC 3611 sections 4.4 and 4.5)", () => {
  const report = only(bytesOf("XR with DLRR and RRTR"), "XR");
  assertEquals(report.blocks, [
    { type: "RRTR", ntpTimestamp: 0xe1e2e3e4_e5e6e7e8n },
    {
      type: "DLRR",
      reports: [{
        ssrc: 2,
        lastReceiverReport: 287454020,
        delaySinceLastReceiverReport: 65536,
      }],
    },
  ]);
});

Deno.test("packet metrics (RFC 8888 section 3.1)", () => {
  assertEquals(packetMetric(0xa005), { received: true, ecn: 1, arrivalOffset: 5 });
  assertEquals(packetMetricBlock({ received: true, ecn: 3, arrivalOffset: 0x1fff }), 0xffff);
  assertEquals(packetMetricBlock({ received: false, ecn: 3, arrivalOffset: 9 }), 0);
});

Deno.test("NTP timestamps and their middle (RFC 3550 section 4)", () => {
  assertEquals(ntpFromUnixMillis(0), 2_208_988_800n << 32n);
  assertEquals(ntpFromUnixMillis(500) & 0xffff_ffffn, 0x8000_0000n);
  const now = 1_700_000_000_123;
  assert(Math.abs(unixMillisFromNtp(ntpFromUnixMillis(now)) - now) < 0.01);
  assertEquals(compactNtp(0x1111_2222_3333_4444n), 0x2222_3333);
});

Deno.test("a broken packet does not take its neighbours with it, a broken length does", () => {
  const discards = new Discards<RtcpDiscard>();
  const pli = bytesOf("PLI");
  const countLies = bytesOf("count beyond the length");
  assertEquals(parseRtcp(hex(countLies + pli), discards).map(({ type }) => type), ["PLI"]);
  assertEquals(discards.of("malformed packet"), 1);
  assertEquals(parseRtcp(hex(pli + bytesOf("length beyond the datagram")), discards), []);
  assertEquals(parseRtcp(hex(pli + "81ce00"), discards), []);
  assertEquals(parseRtcp(new Uint8Array(0), discards), []);
  assertEquals(discards.of("malformed compound"), 3);
});

for (const [type, make] of Object.entries(makers)) {
  Deno.test(`any ${type} comes back from its bytes, alone and between others`, () => {
    const random = new Random(seedForRun(`RTCP ${type}`));
    for (let i = 0; i < 100; i++) {
      const packet = make(random);
      const bytes = serializeRtcp([packet]);
      assertEquals(bytes.length % 4, 0);
      assertEquals(parseRtcp(bytes), [packet]);
      const others = [random.pick(Object.values(makers))(random), packet, makers.PLI!(random)];
      assertEquals(parseRtcp(serializeRtcp(others)), others);
    }
  });

  Deno.test(`no truncation and no mutation of a ${type} throws, and what parses can be written`, () => {
    const random = new Random(seedForRun(`RTCP ${type} mutation`));
    for (let i = 0; i < 30; i++) {
      const bytes = serializeRtcp([make(random)]);
      for (let length = 0; length < Math.min(bytes.length, 100); length++) {
        assertEquals(parseRtcp(bytes.subarray(0, length)), []);
      }
      for (let n = 0; n < 100; n++) serializeRtcp(parseRtcp(random.mutate(bytes)));
    }
  });
}

Deno.test("what does not fit in a packet is refused when it is written", () => {
  const refuse = (packet: RtcpPacket) => assertThrows(() => serializeRtcp([packet]), RangeError);
  refuse({ type: "BYE", ssrcs: new Array(32).fill(1) });
  refuse({ type: "BYE", ssrcs: [1], reason: "x".repeat(256) });
  refuse({ type: "APP", subtype: 1, ssrc: 1, name: "abc", data: new Uint8Array(4) });
  refuse({ type: "REMB", senderSsrc: 1, bitrate: 1, ssrcs: new Array(256).fill(1) });
  refuse({
    type: "CCFB",
    senderSsrc: 1,
    streams: [{ ssrc: 1, beginSequence: 0, metrics: new Uint16Array(16385) }],
    reportTimestamp: 0,
  });
});
