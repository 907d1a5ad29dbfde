import { assert, assertEquals } from "@std/assert";
import { emptyOutputs, fromHex, nodeProvider } from "../../core/mod.ts";
import { DtlsEndpoint, type DtlsEvent, fingerprintOf } from "../../dtls/mod.ts";
import {
  checkFingerprint,
  checkIntegrity,
  parseStun,
  shortTermKey,
  unknownRequired,
} from "../../ice/mod.ts";
import { ChunkType } from "../../sctp/chunks/chunk.ts";
import { PacketReader } from "../../sctp/chunks/packet.ts";
import vectors from "../vectors/captures.json" with { type: "json" };
import type { Capture } from "./record.ts";

const captures = vectors as Capture[];

/** The packets of one protocol by the connection that they were captured from. */
function conversations(protocol: Capture["protocol"]): Map<string, Capture[]> {
  const own = captures.filter((capture) => capture.protocol === protocol);
  return Map.groupBy(own, ({ name }) => name.replace(/ \d+$/, ""));
}

for (const [name, packets] of conversations("stun")) {
  Deno.test(`${name}: checks and answers are whole, authentic and understood`, () => {
    for (const { packet, password } of packets) {
      const message = parseStun(fromHex(packet)!);
      assert(message !== undefined);
      assertEquals(checkFingerprint(message), "ok");
      assertEquals(checkIntegrity(nodeProvider, message, shortTermKey(password!)), "ok");
      assertEquals(checkIntegrity(nodeProvider, message, shortTermKey(`${password}x`)), "bad");
      assertEquals(unknownRequired(message), []);
    }
  });
}

/** What an endpoint sends when the first two of a browser's datagrams arrive, and the endpoint. */
function answerTo(packets: readonly Capture[], role: "client" | "server") {
  const certificate = nodeProvider.generateCertificate({
    keyType: "ecdsa-p256",
    now: Date.now(),
    lifetime: 1e9,
  });
  const endpoint = new DtlsEndpoint({ crypto: nodeProvider, certificate });
  const value = fingerprintOf(nodeProvider, certificate.der, "sha-256");
  const out = emptyOutputs<Uint8Array, Uint8Array, DtlsEvent>();
  endpoint.start(role, [{ algorithm: "sha-256", value }], 0);
  endpoint.poll(out);
  out.below = [];
  endpoint.handleInbound(packets.slice(0, 2).map(({ packet }) => fromHex(packet)!), 1);
  endpoint.poll(out);
  return { endpoint, out };
}

for (const [name, packets] of conversations("dtls")) {
  if (name.includes("answers")) { // the answerer is the DTLS client
    Deno.test(`${name}: the ClientHello, in one datagram or two, is answered`, () => {
      const { endpoint, out } = answerTo(packets, "server");
      assertEquals(out.below.length > 0, true);
      assertEquals([endpoint.state, endpoint.discards.total], ["connecting", 0]);
    });
  } else {
    Deno.test(`${name}: a ServerHello that is for somebody else's ClientHello comes to nothing`, () => {
      const { endpoint, out } = answerTo(packets, "client");
      assertEquals([out.above, endpoint.remoteCertificates], [[], []]);
      assertEquals(endpoint.state === "connected", false);
    });
  }
}

for (const [name, packets] of conversations("sctp")) {
  Deno.test(`${name}: every packet has a sound frame and chunks that are known`, () => {
    const known = new Set<number>(Object.values(ChunkType));
    const reader = new PacketReader();
    for (const { packet } of packets) {
      assertEquals(reader.load(fromHex(packet)!, true), undefined);
      while (reader.next()) assert(known.has(reader.type), `chunk type ${reader.type}`);
    }
  });

  Deno.test(`${name}: the association begins with an INIT`, () => {
    const reader = new PacketReader();
    reader.load(fromHex(packets[0]!.packet)!, true);
    reader.next();
    assertEquals([reader.type, reader.verificationTag], [ChunkType.INIT, 0]);
  });
}

Deno.test("there are captures of both browsers in both roles, of every protocol", () => {
  const names = new Set(captures.map(({ name }) => name.replace(/:.*/, "")));
  assertEquals(
    names,
    new Set(["chromium answers", "chromium offers", "firefox answers", "firefox offers"]),
  );
  assertEquals(captures.length > 80, true);
});
