import { assert, assertEquals } from "@std/assert";
import { Reader, toHex, Writer } from "../../core/wire/mod.ts";
import { parseAlert, writeAlert } from "../../dtls/alert.ts";
import { parseEcPointFormats } from "../../dtls/extensions/ec_point_formats.ts";
import { parseSignatureAlgorithms } from "../../dtls/extensions/signature_algorithms.ts";
import { parseSupportedGroups } from "../../dtls/extensions/supported_groups.ts";
import { parseSupportedVersions } from "../../dtls/extensions/supported_versions.ts";
import { parseUseSrtp } from "../../dtls/extensions/use_srtp.ts";
import { readFragment } from "../../dtls/handshake/message.ts";
import { Reassembler } from "../../dtls/handshake/reassembler.ts";
import { parseCertificateChain, writeCertificateChain } from "../../dtls/messages/certificate.ts";
import {
  parseCertificateRequest,
  writeCertificateRequest,
} from "../../dtls/messages/certificate_request.ts";
import {
  parseCertificateVerify,
  writeCertificateVerify,
} from "../../dtls/messages/certificate_verify.ts";
import { parseClientHello, writeClientHello } from "../../dtls/messages/client_hello.ts";
import {
  parseClientKeyExchange,
  writeClientKeyExchange,
} from "../../dtls/messages/client_key_exchange.ts";
import { parseFinished } from "../../dtls/messages/finished.ts";
import {
  parseHelloVerifyRequest,
  writeHelloVerifyRequest,
} from "../../dtls/messages/hello_verify_request.ts";
import { isServerHelloDone } from "../../dtls/messages/server_hello_done.ts";
import { parseServerHello, writeServerHello } from "../../dtls/messages/server_hello.ts";
import {
  parseServerKeyExchange,
  writeServerKeyExchange,
} from "../../dtls/messages/server_key_exchange.ts";
import { Discards } from "../../core/stage/mod.ts";
import type { DtlsDiscard } from "../../dtls/mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import { records } from "./support.ts";
import { clientHelloOf, hex, vector } from "./vectors.ts";

interface Codec {
  parse(body: Uint8Array): unknown;
  write?(writer: Writer, parsed: never): void;
}

/** By handshake type. */
const codecs: Record<number, Codec> = {
  1: { parse: parseClientHello, write: writeClientHello },
  2: { parse: parseServerHello, write: writeServerHello },
  3: { parse: parseHelloVerifyRequest, write: writeHelloVerifyRequest },
  11: { parse: parseCertificateChain, write: writeCertificateChain },
  12: { parse: parseServerKeyExchange, write: writeServerKeyExchange },
  13: { parse: parseCertificateRequest, write: writeCertificateRequest },
  14: { parse: (body) => isServerHelloDone(body) || undefined },
  15: { parse: parseCertificateVerify, write: writeCertificateVerify },
  16: { parse: parseClientKeyExchange, write: writeClientKeyExchange },
  20: { parse: parseFinished },
};

/** Bodies of messages in the clear: OpenSSL's, and browsers' hellos. */
function corpus(): { type: number; body: Uint8Array }[] {
  const { datagrams: trace } = vector("DTLS 1.2 handshake, all datagrams");
  const from = (role: string): Uint8Array[] =>
    trace.filter((one: { from: string }) => one.from === role)
      .map((one: { data: string }) => hex(one.data));
  const all = [from("client"), from("server"), clientHelloOf("chromium"), clientHelloOf("firefox")];
  return all.flatMap((datagrams) => {
    const reassembler = new Reassembler(new Discards<DtlsDiscard>());
    for (const record of datagrams.flatMap(records)) {
      if (record[0] === 22 && record[4] === 0) {
        reassembler.add(readFragment(new Reader(record, 13))!);
      }
    }
    const messages = [];
    for (let m; (m = reassembler.next()) !== undefined;) messages.push(m);
    return messages.filter(({ type }) => codecs[type] !== undefined); // not NewSessionTicket
  });
}

Deno.test("every message is parsed, and written again byte for byte", () => {
  const bodies = corpus();
  assertEquals(new Set(bodies.map(({ type }) => type)).size, 9, "all but Finished");
  for (const { type, body } of bodies) {
    const { parse, write } = codecs[type]!;
    const parsed = parse(body);
    assert(parsed !== undefined, `type ${type}`);
    if (write === undefined) continue;
    const writer = new Writer();
    write(writer, parsed as never);
    assertEquals(toHex(writer.finish()), toHex(body), `type ${type}`);
  }
});

Deno.test("a message that is cut off anywhere, or goes on after its end, is refused", () => {
  for (const { type, body } of corpus()) {
    const { parse } = codecs[type]!;
    const hello = type === 1 || type === 2;
    for (let length = 0; length < body.length; length++) {
      const parsed = parse(body.subarray(0, length));
      // A hello may end before its extensions.
      const complete = hello && parsed !== undefined &&
        (parsed as { extensions: unknown[] }).extensions.length === 0;
      assert(parsed === undefined || complete, `type ${type} of ${length} bytes`);
    }
    assertEquals(parse(Uint8Array.from([...body, 0])), undefined, `type ${type}`);
  }
});

Deno.test("what a mutated message is parsed into is what is written, or it is refused", () => {
  const seeds = new Random(seedForRun("dtls codecs"));
  const bodies = corpus();
  for (let round = 0; round < 8000; round++) {
    const random = new Random(seeds.u32());
    const { type, body } = random.pick(bodies);
    const mutated = random.mutate(body);
    const { parse, write } = codecs[type]!;
    const parsed = parse(mutated);
    if (parsed === undefined || write === undefined) continue;
    const writer = new Writer();
    write(writer, parsed as never);
    if (type === 13) { // names of authorities are read past, and not kept
      const kept = toHex(writer.finish().subarray(0, -2));
      assert(toHex(mutated).startsWith(kept), `round ${round}`);
      continue;
    }
    const withoutExtensions = mutated.at(-1) === 0 && mutated.at(-2) === 0;
    if (writer.length === mutated.length - 2 && withoutExtensions) continue; // an empty list, written as none
    assertEquals(toHex(writer.finish()), toHex(mutated), `type ${type}, round ${round}`);
  }
});

Deno.test("extensions and alerts of noise are refused or parsed, never thrown at", () => {
  const seeds = new Random(seedForRun("dtls extensions"));
  const parsers = [
    parseSupportedGroups,
    parseSignatureAlgorithms,
    parseEcPointFormats,
    parseUseSrtp,
    parseSupportedVersions,
    parseAlert,
  ];
  let parsed = 0, refused = 0;
  for (let round = 0; round < 5000; round++) {
    const random = new Random(seeds.u32());
    const length = random.below(12);
    // Half of them with a length that may be right.
    const bytes = random.bytes(length);
    if (length > 2 && random.chance(0.5)) bytes.set([0, length - 2]);
    for (const parse of parsers) parse(bytes) === undefined ? refused++ : parsed++;
  }
  assert(parsed > 100 && refused > 100, `${parsed} and ${refused}`);
  for (const parse of parsers) assertEquals(parse(new Uint8Array(0)), undefined);
});

Deno.test("an extension that comes twice is refused (RFC 5246 section 7.4.1.4)", () => {
  const hello = {
    serverVersion: 0xfefd,
    random: new Uint8Array(32),
    sessionId: new Uint8Array(0),
    cipherSuite: 0xcca9,
    compressionMethod: 0,
  };
  const once = { type: 23, data: new Uint8Array(0) };
  const body = (extensions: { type: number; data: Uint8Array }[]) => {
    const writer = new Writer();
    writeServerHello(writer, { ...hello, extensions });
    return writer.finish();
  };
  assert(parseServerHello(body([once])) !== undefined);
  assertEquals(parseServerHello(body([once, once])), undefined);
});

Deno.test("an alert is written as it is parsed", () => {
  const writer = new Writer();
  writeAlert(writer, { level: 2, description: 42 });
  assertEquals(parseAlert(writer.finish()), { level: 2, description: 42 });
});
