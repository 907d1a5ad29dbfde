import { assert, assertEquals } from "@std/assert";
import {
  cnameOf,
  composeRtcp,
  MAX_RTCP_SIZE,
  nacksFor,
  parseRtcp,
  type ReportBlock,
  type RtcpPacket,
  type SenderReport,
} from "../../../rtp/mod.ts";
import { range } from "../reception/packets.ts";

const pli: RtcpPacket = { type: "PLI", senderSsrc: 1, mediaSsrc: 2 };

function block(ssrc: number): ReportBlock {
  return {
    ...{ ssrc, fractionLost: 0, cumulativeLost: 0, highestSequence: 0, jitter: 0 },
    ...{ lastSenderReport: 0, delaySinceLastSenderReport: 0 },
  };
}

function senderReport(ssrc: number): SenderReport {
  return {
    ...{ type: "SR", ssrc, ntpTimestamp: 0n, rtpTimestamp: 0, packetCount: 1, octetCount: 1 },
    reports: [],
  };
}

function types(datagram: Uint8Array): string[] {
  return parseRtcp(datagram).map(({ type }) => type);
}

Deno.test("a compound begins with a report and names its sources (RFC 3550 section 6.1)", () => {
  const [datagram] = composeRtcp({
    ...{ ssrc: 1, cname: "me", reports: [block(9)], feedback: [pli], goodbye: [3] },
    senderReports: [senderReport(2), senderReport(3)],
  });
  assertEquals(types(datagram!), ["SR", "SR", "SDES", "PLI", "BYE"]);
  const [first, , description] = parseRtcp(datagram!);
  assert(first!.type === "SR" && first!.reports[0]!.ssrc === 9);
  assert(description!.type === "SDES");
  assertEquals([cnameOf(description, 2), cnameOf(description, 3)], ["me", "me"]);
});

Deno.test("feedback alone has an empty report before it (RFC 4585 section 3.1), or none (RFC 5506 section 4.1)", () => {
  const contents = { ssrc: 1, cname: "me", feedback: [pli] };
  assertEquals(composeRtcp(contents).map(types), [["RR", "SDES", "PLI"]]);
  assertEquals(composeRtcp({ ...contents, reducedSize: true }).map(types), [["PLI"]]);
  assertEquals(composeRtcp({ ...contents, reducedSize: true, goodbye: [1] }).map(types), [
    ["RR", "SDES", "PLI", "BYE"],
  ]);
  assertEquals(composeRtcp({ ssrc: 1, cname: "me" }), []);
});

Deno.test("what does not fit into 31 blocks goes into more reports (RFC 3550 section 6.1)", () => {
  const reports = range(100, 140).map(block);
  const [datagram] = composeRtcp({ ssrc: 1, cname: "me", reports });
  assertEquals(types(datagram!), ["RR", "RR", "SDES"]);
  const told = parseRtcp(datagram!).flatMap((one) => one.type === "RR" ? one.reports : []);
  assertEquals(told, reports);
  const senderReports = range(1, 41).map(senderReport);
  const [both] = composeRtcp({ ssrc: 1, cname: "me", reports: [block(9)], senderReports });
  assertEquals(types(both!).filter((type) => type === "SDES").length, 2);
});

Deno.test("much feedback takes several datagrams, each a compound and within the size", () => {
  const nacks = nacksFor(1, 2, range(0, 1000).map((i) => i * 20 & 0xffff));
  assertEquals(nacks.flatMap(({ lost }) => lost).length, 1000);
  for (const reducedSize of [false, true]) {
    const datagrams = composeRtcp({ ssrc: 1, cname: "me", feedback: [...nacks, pli], reducedSize });
    assert(datagrams.length >= 4);
    for (const datagram of datagrams) {
      assert(datagram.length <= MAX_RTCP_SIZE);
      assertEquals(types(datagram)[0] === "RR", !reducedSize);
    }
    const told = datagrams.flatMap((one) => [...parseRtcp(one)]);
    assertEquals(told.filter(({ type }) => type === "NACK" || type === "PLI"), [...nacks, pli]);
  }
});
