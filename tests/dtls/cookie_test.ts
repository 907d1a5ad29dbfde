import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Reader, Writer } from "../../core/wire/mod.ts";
import { readFragment } from "../../dtls/handshake/message.ts";
import { parseClientHello, writeClientHello } from "../../dtls/messages/client_hello.ts";
import { parseHelloVerifyRequest } from "../../dtls/messages/hello_verify_request.ts";
import { CookieJar } from "../../dtls/server/cookie.ts";
import { recordSequenceNumber } from "../../dtls/record/header.ts";
import { bothConnected, crypto, type DtlsPair, records, startedPair } from "./support.ts";

function bodies(pair: DtlsPair, end: "a" | "b", type: number): Uint8Array[] {
  return pair.sent[end].flatMap(records).filter((record) => record[0] === 22 && record[4] === 0)
    .map((record) => readFragment(new Reader(record, 13))!)
    .filter((fragment) => fragment.type === type).map(({ content }) => content);
}

Deno.test("a server that asks for a cookie gets it back in a hello that is otherwise the same (RFC 6347 section 4.2.1)", () => {
  const pair = startedPair({ b: { cookieExchange: true } });
  pair.until(() => bothConnected(pair));
  const [request] = bodies(pair, "b", 3).map(parseHelloVerifyRequest);
  const [first, second] = bodies(pair, "a", 1).map((body) => parseClientHello(body)!);
  assertEquals(request!.serverVersion, 0xfeff);
  assertEquals(first!.cookie.length, 0);
  assertEquals(second, { ...first!, cookie: request!.cookie });
});

Deno.test("a cookie belongs to one client and one server", () => {
  const pair = startedPair({ b: { cookieExchange: true } });
  pair.until(() => bothConnected(pair));
  const hello = parseClientHello(bodies(pair, "a", 1)[0]!)!;
  const jar = new CookieJar(crypto), other = new CookieJar(crypto);
  const cookie = jar.cookieFor(hello);
  assert(jar.accepts({ ...hello, cookie }));
  assert(!jar.accepts(hello));
  assert(!other.accepts({ ...hello, cookie }));
  assert(!jar.accepts({ ...hello, cookie: cookie.subarray(1) }));
  assert(!jar.accepts({ ...hello, cookie, random: new Uint8Array(32) }));
  assert(!jar.accepts({ ...hello, cookie, cipherSuites: hello.cipherSuites.slice(1) }));
  assertEquals(jar.cookieFor({ ...hello, cookie }), cookie);
  assertNotEquals(other.cookieFor(hello), cookie);
});

Deno.test("a hello with a wrong cookie gets another request, not a ServerHello", () => {
  const pair = startedPair({ filter: () => undefined, b: { cookieExchange: true } });
  const record = records(pair.sent.a[0]!)[0]!;
  const hello = parseClientHello(readFragment(new Reader(record, 13))!.content)!;
  const writer = new Writer();
  writeClientHello(writer, { ...hello, cookie: new Uint8Array(20) });
  const forged = new Uint8Array(25 + writer.length);
  forged.set(record.subarray(0, 25));
  forged.set(writer.finish(), 25);
  const view = new DataView(forged.buffer);
  view.setUint16(11, 12 + writer.length);
  view.setUint16(13 + 2, writer.length);
  view.setUint16(13 + 10, writer.length);
  pair.run("b", (b, now) => b.handleInbound([forged], now));
  assertEquals(bodies(pair, "b", 3).length, 1);
  assertEquals(bodies(pair, "b", 2).length, 0);
});

Deno.test("a lost HelloVerifyRequest is made good by the client's timer, not the server's", () => {
  let lost = 1;
  const pair = startedPair({
    b: { cookieExchange: true },
    filter: (packet, from) => from === "b" && lost-- > 0 ? undefined : packet,
  });
  pair.advance(99);
  assertEquals([pair.sent.a.length, pair.sent.b.length], [1, 1]);
  assertEquals(pair.b.nextTimeout, 31_000, "nothing but the end of the handshake");
  pair.until(() => bothConnected(pair));
});

Deno.test("a server continues the record numbers of the hello that it answers (RFC 6347 section 4.2.1)", () => {
  const pair = startedPair({
    b: { cookieExchange: true },
    filter: (packet, from) => {
      if (from === "a" && packet[4] === 0) packet[10]! += 40;
      return packet;
    },
  });
  pair.until(() => pair.sent.b.length > 0);
  assertEquals(recordSequenceNumber(pair.sent.b[0]!, 0), 40);
});
