import { assert, assertEquals } from "@std/assert";
import { emptyOutputs } from "../../core/stage/mod.ts";
import { Reader } from "../../core/wire/mod.ts";
import { DtlsEndpoint, type DtlsEvent } from "../../dtls/mod.ts";
import { findExtension } from "../../dtls/extensions/extension.ts";
import { readFragment } from "../../dtls/handshake/message.ts";
import { parseServerHello } from "../../dtls/messages/server_hello.ts";
import { certificate, crypto, records, sha256 } from "./support.ts";
import { clientHelloOf } from "./vectors.ts";

function serverFor(options: { cookieExchange?: boolean } = {}): DtlsEndpoint {
  const server = new DtlsEndpoint({
    crypto,
    certificate: certificate(),
    srtpProfiles: [7, 8, 1],
    ...options,
  });
  server.start("server", [sha256(certificate().der)], 1000);
  return server;
}

function sent(server: DtlsEndpoint): Uint8Array[] {
  const out = emptyOutputs<Uint8Array, Uint8Array, DtlsEvent>();
  server.poll(out);
  return out.below;
}

/** The handshake message types in the datagrams. */
function types(datagrams: readonly Uint8Array[]): number[] {
  return datagrams.flatMap(records).map((record) => readFragment(new Reader(record, 13))!.type);
}

for (const browser of ["chromium", "firefox"] as const) {
  Deno.test(`the ClientHello of ${browser}, which offers 1.3 in two datagrams, is answered with 1.2`, () => {
    const server = serverFor();
    const [first, second] = clientHelloOf(browser);
    server.handleInbound([first!], 1000);
    assertEquals(sent(server), [], "half a hello has no answer");
    server.handleInbound([second!], 1000);
    const flight = sent(server);
    assertEquals(types(flight), [2, 11, 12, 13, 14]);
    const hello = parseServerHello(
      readFragment(new Reader(records(flight[0]!)[0]!, 13))!.content,
    )!;
    assertEquals(hello.serverVersion, 0xfefd);
    assertEquals(hello.cipherSuite, 0xcca9);
    assertEquals(hello.extensions.map(({ type }) => type), [23, 0xff01, 11, 14]);
    assertEquals(findExtension(hello.extensions, 14), Uint8Array.of(0, 2, 0, 7, 0));
    assertEquals(server.discards.total, 0);
  });

  Deno.test(`the ClientHello of ${browser} is answered with a HelloVerifyRequest once it is whole`, () => {
    const server = serverFor({ cookieExchange: true });
    const [first, second] = clientHelloOf(browser);
    server.handleInbound([second!], 1000);
    assertEquals(sent(server), []);
    server.handleInbound([first!], 1000);
    const flight = sent(server);
    assertEquals(types(flight), [3]);
    assert(flight[0]!.length < first!.length, "no amplification");
  });

  Deno.test(`a ClientHello of ${browser} that comes three times within 50 ms is answered once`, () => {
    const server = serverFor();
    const datagrams = clientHelloOf(browser);
    server.handleInbound(datagrams, 1000);
    assertEquals(types(sent(server)), [2, 11, 12, 13, 14]);
    server.handleInbound(datagrams, 1025);
    server.handleInbound(datagrams, 1050);
    assertEquals(sent(server), []);
    server.handleInbound(datagrams, 1150);
    assertEquals(
      types(sent(server)),
      [2, 11, 12, 13, 14],
      "its answer was lost: once for two datagrams",
    );
  });
}
