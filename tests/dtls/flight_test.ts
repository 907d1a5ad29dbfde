import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { Reader } from "../../core/wire/mod.ts";
import { type Flight, packFlight } from "../../dtls/handshake/flight.ts";
import {
  FlightTransmitter,
  INITIAL_TIMEOUT,
  MIN_RESEND_INTERVAL,
} from "../../dtls/handshake/flight_transmitter.ts";
import { handshakeMessage, readFragment } from "../../dtls/handshake/message.ts";
import { recordSequenceNumber } from "../../dtls/record/header.ts";
import { RecordSender } from "../../dtls/record/sender.ts";
import { Random, seedForRun } from "../support/random.ts";
import { records, recordTypes } from "./support.ts";

function flightOf(...bodies: Uint8Array[]): Flight {
  const items = bodies.map((body, seq) => ({
    epoch: 0 as const,
    message: handshakeMessage(11, seq, body),
  }));
  return { items, timed: true, last: false };
}

Deno.test("a flight of any messages fits datagrams of any size, without gaps (RFC 6347 section 4.2.3)", () => {
  const seeds = new Random(seedForRun("dtls flights"));
  for (let round = 0; round < 300; round++) {
    const random = new Random(seeds.u32());
    const size = 128 + random.below(1200);
    const bodies = Array.from(
      { length: 1 + random.below(6) },
      () => random.bytes(random.below(2000)),
    );
    const datagrams = packFlight(flightOf(...bodies), new RecordSender(), size);
    const received = bodies.map(({ length }) => new Uint8Array(length));
    let bytes = 0;
    for (const datagram of datagrams) {
      assertLessOrEqual(datagram.length, size);
      for (const record of records(datagram)) {
        const { messageSeq, fragmentOffset, content, length } = readFragment(
          new Reader(record, 13),
        )!;
        assertEquals(length, bodies[messageSeq]!.length);
        received[messageSeq]!.set(content, fragmentOffset);
        bytes += content.length;
      }
    }
    assertEquals(received, bodies);
    assertEquals(
      bytes,
      bodies.reduce((sum, { length }) => sum + length, 0),
      "nothing is sent twice",
    );
    const overhead = datagrams.length * (25 + 32);
    assertLessOrEqual(datagrams.length, 1 + (bytes + bodies.length * 25 + overhead) / size);
  }
});

Deno.test("small messages share a datagram, and every record has its own number, also when sent again", () => {
  const sender = new RecordSender();
  const flight = flightOf(new Uint8Array(50), new Uint8Array(0), new Uint8Array(60));
  const numbers = [...packFlight(flight, sender, 1200), ...packFlight(flight, sender, 1200)]
    .map((datagram) => records(datagram).map((record) => recordSequenceNumber(record, 0)));
  assertEquals(numbers, [[0, 1, 2], [3, 4, 5]]);
});

Deno.test("a ChangeCipherSpec is a record of one byte (RFC 5246 section 7.1)", () => {
  const flight: Flight = { items: ["ChangeCipherSpec"], timed: false, last: true };
  const [datagram] = packFlight(flight, new RecordSender(), 1200);
  assertEquals(recordTypes(datagram!), [20]);
  assertEquals(datagram!.subarray(11), Uint8Array.of(0, 1, 1));
});

Deno.test("a ClientHello may not push a server towards the end of its numbers", () => {
  const sender = new RecordSender();
  sender.adoptSequenceNumber(2 ** 48 - 1);
  assertEquals(recordSequenceNumber(sender.record(22, 0, new Uint8Array(1)), 0), 0);
  sender.adoptSequenceNumber(1000);
  assertEquals(recordSequenceNumber(sender.record(22, 0, new Uint8Array(1)), 0), 1000);
  sender.adoptSequenceNumber(5);
  assertEquals(recordSequenceNumber(sender.record(22, 0, new Uint8Array(1)), 0), 1001);
});

function transmitter() {
  const sizes: number[] = [];
  return { sizes, flights: new FlightTransmitter((_, size) => sizes.push(size), 1200) };
}

Deno.test("the states of RFC 6347 section 4.2.4", () => {
  const { flights, sizes } = transmitter();
  assertEquals([flights.state, flights.nextTimeout], ["PREPARING", undefined]);
  flights.transmit(flightOf(new Uint8Array(1)), 0);
  assertEquals([flights.state, flights.nextTimeout], ["WAITING", INITIAL_TIMEOUT]);
  flights.transmit({ ...flightOf(new Uint8Array(1)), timed: false, last: true }, 10);
  assertEquals([flights.state, flights.nextTimeout], ["FINISHED", undefined]);
  assertEquals(sizes.length, 2);
  flights.handleRepeatedFlight(10 + MIN_RESEND_INTERVAL);
  assertEquals([flights.state, sizes.length], ["FINISHED", 3]);
  flights.finish();
  flights.handleRepeatedFlight(10_000);
  assertEquals([flights.state, sizes.length], ["FINISHED", 3]);
});

Deno.test("a repeated flight is answered once in each interval, and puts the timer off", () => {
  const { flights, sizes } = transmitter();
  flights.transmit(flightOf(new Uint8Array(1)), 0);
  for (let now = 0; now < 1000; now++) {
    flights.handleRepeatedFlight(now);
    flights.handleRepeatedFlight(now);
  }
  assertEquals(sizes.length, 1000 / MIN_RESEND_INTERVAL);
  assert(flights.nextTimeout! > 999);
});

Deno.test("a new flight begins with the first timeout and the full size again", () => {
  const { flights, sizes } = transmitter();
  flights.transmit(flightOf(new Uint8Array(1)), 0);
  for (let i = 0; i < 5; i++) flights.handleTimeout(flights.nextTimeout!);
  assertEquals(sizes, [1200, 1200, 1200, 548, 548, 548]);
  flights.handleTimeout(flights.nextTimeout! - 1);
  assertEquals(sizes.length, 6, "early is harmless");
  flights.transmit(flightOf(new Uint8Array(1)), 9000);
  assertEquals([flights.nextTimeout, sizes.at(-1)], [9000 + INITIAL_TIMEOUT, 1200]);
});
