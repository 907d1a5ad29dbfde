import { assert, assertEquals, assertExists } from "@std/assert";
import { Discards } from "../../core/stage/mod.ts";
import { concat, Reader, toHex, Writer } from "../../core/wire/mod.ts";
import { cipherSuite } from "../../dtls/cipher_suites.ts";
import type { DtlsDiscard, DtlsRole } from "../../dtls/mod.ts";
import { type HandshakeMessage, readFragment } from "../../dtls/handshake/message.ts";
import { Reassembler } from "../../dtls/handshake/reassembler.ts";
import { Transcript } from "../../dtls/handshake/transcript.ts";
import { Secrets } from "../../dtls/keys/secrets.ts";
import { parseCertificateChain, writeCertificateChain } from "../../dtls/messages/certificate.ts";
import { parseCertificateRequest } from "../../dtls/messages/certificate_request.ts";
import {
  parseCertificateVerify,
  writeCertificateVerify,
} from "../../dtls/messages/certificate_verify.ts";
import { parseClientHello, writeClientHello } from "../../dtls/messages/client_hello.ts";
import {
  parseClientKeyExchange,
  writeClientKeyExchange,
} from "../../dtls/messages/client_key_exchange.ts";
import {
  parseHelloVerifyRequest,
  writeHelloVerifyRequest,
} from "../../dtls/messages/hello_verify_request.ts";
import { parseServerHello, writeServerHello } from "../../dtls/messages/server_hello.ts";
import {
  parseServerKeyExchange,
  writeServerKeyExchange,
} from "../../dtls/messages/server_key_exchange.ts";
import { HandshakeType } from "../../dtls/protocol.ts";
import { recordLength } from "../../dtls/record/header.ts";
import { RecordOpener } from "../../dtls/record/opener.ts";
import { schemeFor } from "../../dtls/signature_schemes.ts";
import { crypto, records } from "./support.ts";
import { hex, vector } from "./vectors.ts";

// A whole handshake between two OpenSSL, taken apart by our parsers.

const trace = vector("DTLS 1.2 handshake, all datagrams");
const exporter = vector("DTLS-SRTP keys by the exporter");

const allRecords: { from: DtlsRole; record: Uint8Array }[] = [];
for (const { from, data } of trace.datagrams) {
  for (const record of records(hex(data))) allRecords.push({ from, record });
}

const secrets = new Secrets(
  crypto,
  hex(trace.masterSecret),
  hex(exporter.clientRandom),
  hex(exporter.serverRandom),
);

/** The messages in the clear, and who sent them. */
function clearMessages(): { from: DtlsRole; message: HandshakeMessage }[] {
  const messages: { from: DtlsRole; message: HandshakeMessage }[] = [];
  const discards = new Discards<DtlsDiscard>();
  const reassemblers = { client: new Reassembler(discards), server: new Reassembler(discards) };
  for (const { from, record } of allRecords) {
    if (record[0] !== 22 || record[4] !== 0) continue;
    const reader = new Reader(record, 13);
    while (reader.remaining > 0) reassemblers[from].add(readFragment(reader)!);
    for (let message; (message = reassemblers[from].next()) !== undefined;) {
      messages.push({ from, message });
    }
  }
  assertEquals(discards.total, 0);
  return messages;
}

function messageOf(from: DtlsRole, type: number): HandshakeMessage {
  const found = clearMessages().findLast((one) => one.from === from && one.message.type === type);
  assertExists(found);
  return found.message;
}

function rewritten(write: (writer: Writer) => void): string {
  const writer = new Writer();
  write(writer);
  return toHex(writer.finish());
}

Deno.test("the messages of OpenSSL's handshake come in the order of RFC 6347 section 4.2.4", () => {
  assertEquals(clearMessages().map(({ from, message }) => `${from[0]}${message.type}`), [
    ..."c1 s3 c1 s2 s11 s12 s13 s14 c11 c16 c15 s4".split(" "), // the last one is a NewSessionTicket
  ]);
});

Deno.test("every message of OpenSSL's handshake is parsed, and written again byte for byte", () => {
  const { client, server } = { client: "client", server: "server" } as const;
  let message = messageOf(client, HandshakeType.clientHello);
  const hello = parseClientHello(message.body)!;
  assertEquals(toHex(hello.random), exporter.clientRandom);
  assertEquals(hello.cookie.length, 20);
  assertEquals(rewritten((w) => writeClientHello(w, hello)), toHex(message.body));

  message = messageOf(server, HandshakeType.helloVerifyRequest);
  const request = parseHelloVerifyRequest(message.body)!;
  assertEquals(request.cookie, hello.cookie);
  assertEquals(rewritten((w) => writeHelloVerifyRequest(w, request)), toHex(message.body));

  message = messageOf(server, HandshakeType.serverHello);
  const serverHello = parseServerHello(message.body)!;
  assertEquals(serverHello.cipherSuite, 0xc02b);
  assertEquals(rewritten((w) => writeServerHello(w, serverHello)), toHex(message.body));

  for (const from of [client, server]) {
    message = messageOf(from, HandshakeType.certificate);
    const chain = parseCertificateChain(message.body)!;
    assertEquals(chain.map(toHex), [trace[from].der]);
    assertEquals(rewritten((w) => writeCertificateChain(w, chain)), toHex(message.body));
  }

  message = messageOf(server, HandshakeType.serverKeyExchange);
  const exchange = parseServerKeyExchange(message.body)!;
  assertEquals(rewritten((w) => writeServerKeyExchange(w, exchange)), toHex(message.body));

  message = messageOf(server, HandshakeType.certificateRequest);
  assert(parseCertificateRequest(message.body)!.signatureAlgorithms.includes(0x0403));

  message = messageOf(client, HandshakeType.clientKeyExchange);
  const share = parseClientKeyExchange(message.body)!;
  assertEquals(rewritten((w) => writeClientKeyExchange(w, share)), toHex(message.body));

  message = messageOf(client, HandshakeType.certificateVerify);
  const signed = parseCertificateVerify(message.body)!;
  assertEquals(rewritten((w) => writeCertificateVerify(w, signed)), toHex(message.body));
});

Deno.test("OpenSSL's ServerKeyExchange is signed over randoms and parameters (RFC 8422 section 5.4)", () => {
  const certificate = crypto.parseCertificate(hex(trace.server.der))!;
  const { params, signed } = parseServerKeyExchange(
    messageOf("server", HandshakeType.serverKeyExchange).body,
  )!;
  const scheme = schemeFor(signed.scheme, certificate.keyType)!;
  const data = concat([hex(exporter.clientRandom), hex(exporter.serverRandom), params]);
  assert(certificate.verify(scheme.name, data, signed.signature));
  data[0]! ^= 1;
  assert(!certificate.verify(scheme.name, data, signed.signature));
});

/** The transcript up to, but without, the first message for which `stop` holds. */
function transcriptUntil(stop: (message: HandshakeMessage) => boolean): Transcript {
  const transcript = new Transcript(crypto);
  for (const { message } of clearMessages().slice(2)) { // RFC 6347 section 4.2.6: not the cookie exchange
    if (stop(message)) break;
    transcript.add(message);
  }
  return transcript;
}

Deno.test("OpenSSL's CertificateVerify is signed over the transcript (RFC 5246 section 7.4.8)", () => {
  const certificate = crypto.parseCertificate(hex(trace.client.der))!;
  const signed = parseCertificateVerify(
    messageOf("client", HandshakeType.certificateVerify).body,
  )!;
  const data = transcriptUntil(({ type }) => type === HandshakeType.certificateVerify).bytes();
  const scheme = schemeFor(signed.scheme, certificate.keyType)!;
  assert(certificate.verify(scheme.name, data, signed.signature));
});

Deno.test("OpenSSL's protected records open, and its Finished are as computed (RFC 5246 section 7.4.9)", () => {
  const suite = cipherSuite(0xc02b)!;
  const keys = secrets.keyBlock(suite);
  const discards = new Discards<DtlsDiscard>();
  const openers = {
    client: new RecordOpener(crypto, suite, keys.client, discards),
    server: new RecordOpener(crypto, suite, keys.server, discards),
  };
  const opened: { from: DtlsRole; type: number; plaintext: string }[] = [];
  for (const { from, record } of allRecords) {
    if (record[4] !== 1) continue;
    openers[from].queue(record, 0, recordLength(record, 0));
    openers[from].open({
      handlePlaintext: (type, content) => opened.push({ from, type, plaintext: toHex(content) }),
    });
  }
  assertEquals(discards.total, 0);
  assertEquals(opened, trace.expect.decrypted);

  const transcript = transcriptUntil(({ type }) => type === 4);
  for (const from of ["client", "server"] as const) {
    if (from === "server") transcript.add(messageOf("server", 4));
    const finished = opened.find((one) => one.from === from && one.type === 22)!;
    const fragment = readFragment(new Reader(hex(finished.plaintext)))!;
    assertEquals(secrets.verifyData(from, transcript.hash()), fragment.content.slice());
    transcript.add({ ...fragment, body: fragment.content, whole: hex(finished.plaintext) });
  }
});
