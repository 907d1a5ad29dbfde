import { assert } from "@std/assert";
import {
  ABS_CAPTURE_TIME_URI,
  type ExtensionIds,
  MAX_BUFFER_DELAY,
  ntpFromUnixMillis,
  parseRtcp,
  parseRtpPacket,
  type ReceiverParameters,
  type RtpDatagram,
  type RtpKind,
  type SenderReport,
  serializeRtcp,
  TRANSPORT_CC_URI,
  unixMillisFromNtp,
} from "../../../rtp/mod.ts";
import { MAX_IN_STEP } from "../../../rtp/session/inbound/lip_sync.ts";
import { Random } from "../../support/random.ts";
import { AUDIO, type Ends, ends, EXTENSIONS, receiver, sender, VIDEO, vp8 } from "./ends.ts";

/** Without transport-wide feedback, which would take packets for lost that others overtake. */
const PLAIN = new Map([...EXTENSIONS].filter(([uri]) => uri !== TRANSPORT_CC_URI));

const CAPTURING = new Map([...PLAIN, [ABS_CAPTURE_TIME_URI, 12]]);

/** What the time since 1970 is ahead of the clock of both ends. */
const WALL = 1_700_000_000_000;

/** What both take when nothing holds them: 10 ms, seen every 5 ms. */
const PATH = 10;

/** Sound and pictures given at the same moments, of which the packets of one kind take longer on their way. */
class Film {
  readonly pair: Ends = ends(6);
  /** What the path adds to the packets of a kind. */
  readonly added: Record<RtpKind, number> = { audio: 0, video: 0 };
  /** For how long the RTP timestamps of a kind have stood still. */
  readonly stood: Record<RtpKind, number> = { audio: 0, video: 0 };
  /** By how much the clock that each kind is captured by is ahead of its sender's, if that is told. */
  #clockOffset: ((kind: RtpKind) => number) | undefined;
  /** What sender reports are changed to. */
  report: (report: SenderReport) => SenderReport = (report) => report;
  /** When the first frame of each kind was given, and its timestamp where it is received. */
  readonly #begin: Partial<Record<RtpKind, number>> = {};
  readonly #first: Partial<Record<RtpKind, number>> = {};
  readonly #random = new Random(6);
  #held: { at: number; packet: RtpDatagram }[] = [];

  constructor(groups: Partial<Record<RtpKind, string>> = { audio: "film", video: "film" }) {
    this.pair.filter = (packet, from) => from === "a" ? this.#onItsWay(packet) : packet;
    this.#send(PLAIN);
    for (const kind of ["audio", "video"] as const) {
      const group = groups[kind];
      this.receive(kind, group === undefined ? {} : { lipSyncGroup: group });
    }
  }

  receive(kind: RtpKind, more: Partial<ReceiverParameters>): void {
    this.pair.run("b", (b, now) => b.setReceiver(receiver(kind, more), now));
  }

  /** Tells when frames were captured, by clocks that are so much ahead. */
  capturing(clockOffset: (kind: RtpKind) => number): void {
    this.#clockOffset = clockOffset;
    this.#send(CAPTURING);
    for (const kind of ["audio", "video"] as const) {
      this.receive(kind, { lipSyncGroup: "film", extensions: CAPTURING });
    }
  }

  /** Plays for so long; tells how long frames have taken from being given to being delivered, on average over the second half. */
  play(seconds: number, kinds: readonly RtpKind[] = ["audio", "video"]): Record<RtpKind, number> {
    const { pair } = this;
    const took: Record<RtpKind, number[]> = { audio: [], video: [] };
    let seen = pair.received.b.length;
    const half = pair.now + seconds * 500;
    for (let i = 0; i < seconds * 200; i++) {
      if (i % 8 === 0) {
        for (const kind of kinds) this.#give(kind);
      }
      pair.advance(5);
      for (const { packet } of this.#held.filter(({ at }) => at <= pair.now)) {
        pair.inject("a", packet);
      }
      this.#held = this.#held.filter(({ at }) => at > pair.now);
      for (const item of pair.received.b.slice(seen)) {
        assert(item.type === "frame");
        const kind = item.mid === "0" ? "audio" : "video";
        const first = this.#first[kind] ??= item.timestamp;
        const given = this.#begin[kind]! + (item.timestamp - first) / 1000 + this.stood[kind];
        if (pair.now >= half) took[kind].push(pair.now - given);
      }
      seen = pair.received.b.length;
    }
    const average = (all: readonly number[]) => all.reduce((a, b) => a + b, 0) / all.length;
    return { audio: average(took.audio), video: average(took.video) };
  }

  #send(extensions: ExtensionIds): void {
    this.pair.run("a", (a, now) => {
      a.setSender(sender("audio", [AUDIO], { extensions }), now);
      a.setSender(sender("video", [VIDEO], { extensions }), now);
    });
  }

  #give(kind: RtpKind): void {
    const keyFrame = this.#begin[kind] === undefined || kind === "audio";
    this.#begin[kind] ??= this.pair.now;
    const data = kind === "audio"
      ? Uint8Array.of(0xf8, 0xff, 0xfe)
      : vp8(this.#random, keyFrame, 800);
    const payloadType = kind === "audio" ? 111 : 96;
    const mid = kind === "audio" ? "0" : "1";
    this.pair.run("a", (a, now) => {
      const frame = {
        type: "frame",
        mid,
        payloadType,
        data,
        keyFrame,
        timestamp: now * 1000,
      } as const;
      const offset = this.#clockOffset?.(kind);
      const captureTime = offset === undefined ? undefined : {
        captureTimestamp: ntpFromUnixMillis(WALL + now + offset),
        clockOffset: BigInt(Math.round(offset / 1000 * 2 ** 32)),
      };
      a.handleOutbound([captureTime === undefined ? frame : { ...frame, captureTime }], now);
    });
  }

  #onItsWay(packet: RtpDatagram): RtpDatagram | undefined {
    if (packet.kind === "rtcp") {
      const packets = parseRtcp(packet.data);
      const changed = packets.map((one) => {
        if (one.type !== "SR") return one;
        return this.report({ ...one, rtpTimestamp: this.#shown(one.ssrc, one.rtpTimestamp) });
      });
      return { kind: "rtcp", data: serializeRtcp(changed) };
    }
    const { ssrc, timestamp } = parseRtpPacket(packet.data)!;
    new DataView(packet.data.buffer, packet.data.byteOffset)
      .setUint32(4, this.#shown(ssrc, timestamp));
    const added = this.added[kindOf(ssrc)];
    if (added === 0) return packet;
    this.#held.push({ at: this.pair.now + added, packet });
    return undefined;
  }

  /** A timestamp as the other side sees it. */
  #shown(ssrc: number, rtpTimestamp: number): number {
    const kind = kindOf(ssrc);
    return (rtpTimestamp - this.stood[kind] * (kind === "audio" ? 48 : 90)) >>> 0;
  }
}

function kindOf(ssrc: number): RtpKind {
  return ssrc === VIDEO.ssrc ? "video" : "audio";
}

function assertTook(
  took: Partial<Record<RtpKind, number>>,
  expected: Partial<Record<RtpKind, number>>,
): void {
  for (const kind of ["audio", "video"] as const) {
    const [is, wanted] = [took[kind], expected[kind]];
    if (wanted === undefined) continue;
    assert(Math.abs(is! - wanted) < 10, `${kind} took ${is} ms, not ${wanted}`);
  }
}

for (const [late, early] of [["video", "audio"], ["audio", "video"]] as const) {
  Deno.test(`RFC 5888 section 7: where ${late} takes longer on its way, ${early} of the same stream waits for it`, () => {
    const film = new Film();
    film.added[late] = 150;
    assertTook(film.play(10), { audio: PATH + 150, video: PATH + 150 });
    // The path changes: within two windows of transit times, so does what is held.
    film.added[late] = 0;
    assertTook(film.play(40), { audio: PATH, video: PATH });
  });
}

Deno.test("RFC 5888 section 7: tracks of different streams, or of none, don't wait for each other", () => {
  for (const groups of [{ audio: "film", video: "other" }, {}, { audio: "film" }]) {
    const film = new Film(groups);
    film.added.video = 150;
    assertTook(film.play(10), { audio: PATH, video: PATH + 150 });
  }
});

Deno.test("RFC 5888 section 7: a renegotiation puts tracks into one stream, and takes them apart", () => {
  const film = new Film({ audio: "film", video: "other" });
  film.added.video = 150;
  film.play(10);
  film.receive("video", { lipSyncGroup: "film" });
  assertTook(film.play(2), { audio: PATH + 150, video: PATH + 150 });
  film.receive("video", { lipSyncGroup: "other" });
  assertTook(film.play(2), { audio: PATH, video: PATH + 150 });
});

Deno.test("only so many tracks of one stream wait for each other, and each report costs no more", () => {
  for (const [others, audio] of [[MAX_IN_STEP - 2, PATH + 150], [MAX_IN_STEP, PATH]] as const) {
    const film = new Film({});
    film.pair.run("b", (b, now) => {
      b.removeReceiver("0");
      b.removeReceiver("1");
      for (let i = 0; i < others; i++) {
        b.setReceiver(receiver("audio", { mid: `other ${i}`, lipSyncGroup: "film" }), now);
      }
    });
    film.receive("audio", { lipSyncGroup: "film" });
    film.receive("video", { lipSyncGroup: "film" });
    film.added.video = 150;
    assertTook(film.play(10), { audio, video: PATH + 150 });
  }
});

Deno.test("what is less apart than anybody notices is left as it is (ITU-R BT.1359)", () => {
  const film = new Film();
  film.added.video = 25;
  assertTook(film.play(10), { audio: PATH, video: PATH + 25 });
});

Deno.test("a track that has fallen silent holds nobody up", () => {
  const film = new Film();
  film.added.video = 300;
  film.play(10);
  assertTook(film.play(20, ["audio"]), { audio: PATH });
  assertTook(film.play(20), { audio: PATH + 300, video: PATH + 300 });
});

for (const [kind, other] of [["audio", "video"], ["video", "audio"]] as const) {
  for (const seconds of [2, 4, 8]) {
    Deno.test(`${kind} whose timestamps stood still for ${seconds} s, as where a browser's sender had no track, holds nobody up and is not held`, () => {
      const film = new Film();
      film.play(5);
      film.play(seconds, [other]);
      film.stood[kind] = seconds * 1000;
      for (let i = 0; i < 15; i++) assertTook(film.play(2), { audio: PATH, video: PATH });
    });
  }
}

Deno.test("W3C WebRTC section 5.3: of tracks in one stream, the larger jitterBufferTarget is that of both", () => {
  const film = new Film();
  film.receive("audio", { lipSyncGroup: "film", jitterBufferTarget: 400 });
  assertTook(film.play(2), { audio: PATH + 400, video: PATH + 400 });
  film.receive("video", { lipSyncGroup: "film", jitterBufferTarget: 600 });
  assertTook(film.play(2), { audio: PATH + 600, video: PATH + 600 });
  film.receive("audio", { lipSyncGroup: "film" });
  film.receive("video", { lipSyncGroup: "film", jitterBufferTarget: 100 });
  assertTook(film.play(2), { audio: PATH + 100, video: PATH + 100 });
});

Deno.test("W3C WebRTC section 5.3: a jitterBufferTarget is kept to where there is nothing to be in step with, or nothing is known of it", () => {
  const film = new Film();
  assertTook(film.play(2, ["audio"]), { audio: PATH });
  film.receive("audio", { lipSyncGroup: "film", jitterBufferTarget: 400 });
  assertTook(film.play(2, ["audio"]), { audio: PATH + 400 });
  film.report = (report) => ({ ...report, ssrc: 1 });
  film.receive("audio", { lipSyncGroup: "film", jitterBufferTarget: 100 });
  assertTook(film.play(2), { audio: PATH + 100, video: PATH + 100 });
  film.receive("audio", { lipSyncGroup: "film" });
  assertTook(film.play(2), { audio: PATH, video: PATH });
});

Deno.test("W3C WebRTC section 5.3: what takes longer and is held is waited for as well", () => {
  const film = new Film();
  film.added.video = 200;
  film.receive("video", { lipSyncGroup: "film", jitterBufferTarget: 100 });
  assertTook(film.play(10), { audio: PATH + 300, video: PATH + 300 });
});

Deno.test("reports by clocks that can't be the same one, or that lie, hold nothing back", () => {
  for (const error of [-100_000, MAX_BUFFER_DELAY + 500, 1e12]) {
    const film = new Film();
    film.report = (report) =>
      report.ssrc !== VIDEO.ssrc ? report : {
        ...report,
        ntpTimestamp: ntpFromUnixMillis(unixMillisFromNtp(report.ntpTimestamp) + error),
      };
    assertTook(film.play(10), { audio: PATH, video: PATH });
  }
});

Deno.test("absolute capture time: where both tell it, capture times count, and not reports", () => {
  const film = new Film();
  film.capturing(() => 0);
  film.added.video = 150;
  // As behind a mixer, whose reports tell when it has sent.
  film.report = (report) =>
    report.ssrc !== VIDEO.ssrc ? report : {
      ...report,
      ntpTimestamp: ntpFromUnixMillis(unixMillisFromNtp(report.ntpTimestamp) + 150),
    };
  assertTook(film.play(10), { audio: PATH + 150, video: PATH + 150 });
});

Deno.test("absolute capture time: cameras and microphones with clocks of their own are compared by the clock of their sender", () => {
  const film = new Film();
  film.capturing((kind) => kind === "audio" ? -3_000_000 : 2500);
  film.added.video = 150;
  assertTook(film.play(10), { audio: PATH + 150, video: PATH + 150 });
});
