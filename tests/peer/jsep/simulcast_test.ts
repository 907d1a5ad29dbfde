import { assertEquals } from "@std/assert";
import { parseRid, parseSimulcast, writeRid, writeSimulcast } from "../../../sdp/mod.ts";
import {
  acceptedRids,
  answerSimulcast,
  joinSimulcast,
  MAX_ENCODINGS,
  offerSimulcast,
  receiveSimulcast,
  requestedRids,
  type SimulcastLines,
} from "../../../peer/jsep/media/mod.ts";

function lines(simulcast: string, ...rids: readonly string[]): SimulcastLines {
  return { rids: rids.map((rid) => parseRid(rid)!), simulcast: parseSimulcast(simulcast)! };
}

function written({ rids, simulcast }: SimulcastLines): string[] {
  return [...rids.map(writeRid), ...(simulcast ? [writeSimulcast(simulcast)] : [])];
}

Deno.test("RFC 9429 section 5.2.1: an offer to send several encodings names each", () => {
  assertEquals(written(offerSimulcast(["foo", "bar", "baz"])), [
    ...["foo send", "bar send", "baz send", "send foo;bar;baz"],
  ]);
  assertEquals(written(offerSimulcast(["foo"])), []);
  assertEquals(written(offerSimulcast([])), []);
});

Deno.test("W3C WebRTC: of the rids in an offer the first alternatives, each once, in its order", () => {
  const rids = ["foo recv", "bar recv", "1 recv", "2 recv", "out send"];
  const requested = (simulcast: string) => requestedRids(lines(simulcast, ...rids));
  assertEquals(requested("recv foo;bar"), ["foo", "bar"]);
  assertEquals(requested("recv foo,bar;1,2"), ["foo", "1"]);
  assertEquals(requested("recv foo;bar;foo"), ["foo", "bar"]);
  assertEquals(requested("recv ~bar;foo"), ["bar", "foo"]);
  assertEquals(requested("recv foo;nobody;out"), ["foo"]);
  assertEquals(requested("send foo;bar"), []);
  assertEquals(requestedRids({ rids: [] }), []);
  const many = Array.from({ length: 40 }, (_, i) => String(i));
  const offered = lines(`recv ${many.join(";")}`, ...many.map((rid) => `${rid} recv`));
  assertEquals(requestedRids(offered), many.slice(0, MAX_ENCODINGS));
});

Deno.test("W3C WebRTC: an answer sends the rids that its sender has", () => {
  const offered = lines("recv bar;foo;baz", "foo recv", "bar recv", "baz recv");
  assertEquals(written(answerSimulcast(offered, ["foo", "bar"])), [
    ...["bar send", "foo send", "send bar;foo"],
  ]);
  assertEquals(written(answerSimulcast(offered, ["baz"])), []);
});

Deno.test("RFC 8853 section 5.3.2: what the other side sends in several streams is received, of alternatives the first", () => {
  const offered = lines("send q,x;~h;f;nobody", "q send", "x send", "h send", "f send", "in recv");
  const received = receiveSimulcast(offered, "sender", [96]);
  assertEquals(written(received), ["q recv", "h recv", "f recv", "recv q;h;f"]);
  assertEquals(receiveSimulcast(received, "receiver", [96]), received);
  assertEquals(written(receiveSimulcast(received, "sender", [96])), []);
  const many = Array.from({ length: 40 }, (_, i) => String(i));
  const flood = lines(`send ${many.join(";")}`, ...many.map((rid) => `${rid} send`));
  assertEquals(receiveSimulcast(flood, "sender", [96]).rids.length, MAX_ENCODINGS);
});

Deno.test("RFC 8851 section 6.3: a stream of payload types that we lack is left out, other restrictions stay", () => {
  const offered = lines("send a;b;c", "a send pt=96,98", "b send pt=98", "c send max-width=640");
  assertEquals(written(receiveSimulcast(offered, "sender", [96])), [
    ...["a recv pt=96", "c recv max-width=640", "recv a;c"],
  ]);
});

Deno.test("RFC 8851 section 4: in a section with streams in both directions, each name stands once", () => {
  const received = (...rids: readonly string[]) =>
    receiveSimulcast(
      lines(`recv ${rids.join(";")}`, ...rids.map((r) => `${r} recv`)),
      "receiver",
      [],
    );
  const sent = offerSimulcast(["a", "b"]);
  assertEquals(written(joinSimulcast(sent, received("c", "d"))), [
    ...["a send", "b send", "c recv", "d recv", "send a;b recv c;d"],
  ]);
  assertEquals(joinSimulcast(sent, received("b", "c")), sent);
  assertEquals(written(joinSimulcast(offerSimulcast([]), received("c"))), ["c recv", "recv c"]);
  assertEquals(written(joinSimulcast(offerSimulcast([]), offerSimulcast([]))), []);
});

Deno.test("RFC 8853 section 5.3.3: an answer narrows the encodings, but does not reorder them", () => {
  const own = ["foo", "bar", "baz"];
  assertEquals(acceptedRids(lines("recv baz;foo", "foo recv", "baz recv"), own), ["foo", "baz"]);
  assertEquals(acceptedRids(lines("recv ~baz;~foo", "foo recv", "baz recv"), own), ["foo", "baz"]);
  assertEquals(acceptedRids({ rids: [] }, own), ["foo"]);
  assertEquals(acceptedRids(lines("recv other", "other recv"), own), ["foo"]);
});
