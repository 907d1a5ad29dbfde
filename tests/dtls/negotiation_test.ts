import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { NAMED_GROUPS } from "../../dtls/named_groups.ts";
import { SIGNATURE_SCHEME_IDS } from "../../dtls/signature_schemes.ts";
import { CIPHER_SUITES } from "../../dtls/cipher_suites.ts";
import { ecPointFormats } from "../../dtls/extensions/ec_point_formats.ts";
import { extendedMasterSecret } from "../../dtls/extensions/extended_master_secret.ts";
import { type Extension, ExtensionType } from "../../dtls/extensions/extension.ts";
import { renegotiationInfo } from "../../dtls/extensions/renegotiation_info.ts";
import { signatureAlgorithms } from "../../dtls/extensions/signature_algorithms.ts";
import { supportedGroups } from "../../dtls/extensions/supported_groups.ts";
import { useSrtp } from "../../dtls/extensions/use_srtp.ts";
import { ExpectServerHello } from "../../dtls/client/expect_server_hello.ts";
import { HandshakeContext } from "../../dtls/handshake/context.ts";
import type { HandshakeConfig } from "../../dtls/handshake/context.ts";
import { handshakeMessage } from "../../dtls/handshake/message.ts";
import { HandshakeFailure } from "../../dtls/handshake/state.ts";
import type { ClientHello } from "../../dtls/messages/client_hello.ts";
import { type ServerHello, writeServerHello } from "../../dtls/messages/server_hello.ts";
import { negotiate, type ServerNegotiation } from "../../dtls/server/negotiate.ts";
import { AlertDescription, DtlsEndpoint } from "../../dtls/mod.ts";
import { Writer } from "../../core/wire/mod.ts";
import { certificate, connectedPair, crypto, startedPair } from "./support.ts";

const config: HandshakeConfig = {
  role: "server",
  crypto,
  certificate: certificate(),
  cipherSuites: CIPHER_SUITES,
  groups: ["x25519", "secp256r1"],
  srtpProfiles: [7, 1],
  remoteFingerprints: [],
  cookieExchange: false,
};

const baseExtensions = [
  extendedMasterSecret(),
  renegotiationInfo(),
  supportedGroups([29, 23]),
  ecPointFormats(),
  signatureAlgorithms(SIGNATURE_SCHEME_IDS),
];

const hello: ClientHello = {
  clientVersion: 0xfefd,
  random: new Uint8Array(32),
  sessionId: new Uint8Array(0),
  cookie: new Uint8Array(0),
  cipherSuites: [0xc02b, 0xcca9, 0xc02f],
  compressionMethods: Uint8Array.of(0),
  extensions: baseExtensions,
};

/** The base extensions, with some replaced, added or (without data) left out. */
function extensions(...changes: (Extension | { type: number; data?: undefined })[]): Extension[] {
  const changed = new Set(changes.map(({ type }) => type));
  return [
    ...baseExtensions.filter(({ type }) => !changed.has(type)),
    ...changes.filter((one): one is Extension => one.data !== undefined),
  ];
}

function agreed(changes: Partial<ClientHello>, by: Partial<HandshakeConfig> = {}) {
  const result = negotiate({ ...hello, ...changes }, { ...config, ...by });
  assert(!(result instanceof HandshakeFailure), (result as HandshakeFailure).reason);
  return result as ServerNegotiation;
}

function refusal(changes: Partial<ClientHello>, by: Partial<HandshakeConfig> = {}): number {
  const result = negotiate({ ...hello, ...changes }, { ...config, ...by });
  assertInstanceOf(result, HandshakeFailure);
  return result.alert;
}

const { handshakeFailure, illegalParameter, protocolVersion, unsupportedExtension, decodeError } =
  AlertDescription;

Deno.test("a server chooses by its own preference", () => {
  assertEquals(agreed({}).suite.id, 0xcca9);
  assertEquals(agreed({ cipherSuites: [0xc02b] }).suite.id, 0xc02b);
  assertEquals(agreed({}, { certificate: certificate("rsa") }).suite.id, 0xc02f);
  assertEquals(agreed({}, { certificate: certificate("rsa") }).scheme.id, 0x0804);
  assertEquals(agreed({}).scheme.id, 0x0403);
  assertEquals(agreed({}).group, "x25519");
  assertEquals(agreed({ extensions: extensions(supportedGroups([23, 29])) }).group, "x25519");
  assertEquals(agreed({ extensions: extensions(supportedGroups([23])) }).group, "secp256r1");
});

Deno.test("without supported_groups a server uses secp256r1 (RFC 8422 section 4)", () => {
  const without = extensions({ type: ExtensionType.supportedGroups });
  assertEquals(agreed({ extensions: without }).group, "secp256r1");
});

Deno.test("a server refuses a hello with nothing in common", () => {
  assertEquals(refusal({ cipherSuites: [0xc02f] }), handshakeFailure);
  assertEquals(refusal({ extensions: extensions(supportedGroups([24])) }), handshakeFailure);
  assertEquals(
    refusal({ extensions: extensions(signatureAlgorithms([0x0203])) }),
    handshakeFailure,
  );
  const without = extensions({ type: ExtensionType.signatureAlgorithms });
  assertEquals(refusal({ extensions: without }), handshakeFailure);
});

Deno.test("a server requires the extended master secret (RFC 7627 section 5.3)", () => {
  const type = ExtensionType.extendedMasterSecret;
  assertEquals(refusal({ extensions: extensions({ type }) }), handshakeFailure);
  const full = extensions({ type, data: Uint8Array.of(1) });
  assertEquals(refusal({ extensions: full }), handshakeFailure);
});

Deno.test("a server refuses a renegotiation_info that is not empty, and answers SCSV or extension (RFC 5746 section 3.6)", () => {
  const type = ExtensionType.renegotiationInfo;
  const full = extensions({ type, data: Uint8Array.of(1, 7) });
  assertEquals(refusal({ extensions: full }), handshakeFailure);
  const answers = (changes: Partial<ClientHello>) =>
    agreed(changes).extensions.some((extension) => extension.type === type);
  assert(answers({}));
  assert(!answers({ extensions: extensions({ type }) }));
  assert(answers({ extensions: extensions({ type }), cipherSuites: [0xcca9, 0x00ff] }));
});

Deno.test("a server speaks 1.2 with whoever offers it (RFC 8446 section 4.2.1)", () => {
  const versions = (...list: number[]) => {
    const data = Uint8Array.from([2 * list.length, ...list.flatMap((v) => [v >> 8, v & 0xff])]);
    return { extensions: extensions({ type: ExtensionType.supportedVersions, data }) };
  };
  agreed(versions(0xfefc, 0xfefd));
  assertEquals(refusal(versions(0xfefc)), protocolVersion);
  assertEquals(refusal(versions()), protocolVersion);
  assertEquals(refusal({ clientVersion: 0xfeff }), protocolVersion);
  agreed({ clientVersion: 0xfefc });
});

Deno.test("a server refuses compression and compressed points", () => {
  assertEquals(refusal({ compressionMethods: Uint8Array.of(1) }), illegalParameter);
  const formats = { type: ExtensionType.ecPointFormats, data: Uint8Array.of(1, 1) };
  assertEquals(refusal({ extensions: extensions(formats) }), illegalParameter);
});

Deno.test("a server answers use_srtp with the one profile that it prefers, or not at all (RFC 5764 section 4.1.1)", () => {
  assertEquals(agreed({}).srtpProfile, undefined);
  assertEquals(agreed({ extensions: extensions(useSrtp([1, 8, 7])) }).srtpProfile, 7);
  const none = agreed({ extensions: extensions(useSrtp([8])) });
  assertEquals(none.srtpProfile, undefined);
  assert(none.extensions.every(({ type }) => type !== ExtensionType.useSrtp));
  const broken = extensions({ type: ExtensionType.useSrtp, data: Uint8Array.of(0, 3, 1, 2, 3) });
  assertEquals(refusal({ extensions: broken }), decodeError);
});

/** What a client makes of a ServerHello. */
function clientTakes(changes: Partial<ServerHello>): number | undefined {
  const context = new HandshakeContext({ ...config, role: "client" }, {
    installKeys: () => {},
    adoptSequenceNumber: () => {},
  });
  const writer = new Writer();
  writeServerHello(writer, {
    serverVersion: 0xfefd,
    random: new Uint8Array(32),
    sessionId: new Uint8Array(0),
    cipherSuite: 0xcca9,
    compressionMethod: 0,
    extensions: [extendedMasterSecret(), renegotiationInfo()],
    ...changes,
  });
  const state = new ExpectServerHello({
    ...hello,
    extensions: [...baseExtensions, useSrtp(config.srtpProfiles)],
  });
  const next = state.handle(handshakeMessage(2, 0, writer.finish()), context);
  return next instanceof HandshakeFailure ? next.alert : undefined;
}

Deno.test("a client refuses a ServerHello that answers no offer of its own", () => {
  assertEquals(clientTakes({}), undefined);
  assertEquals(clientTakes({ serverVersion: 0xfeff }), protocolVersion);
  assertEquals(clientTakes({ serverVersion: 0xfefc }), protocolVersion);
  assertEquals(clientTakes({ cipherSuite: 0xcca8 }), illegalParameter); // known, but not offered
  assertEquals(clientTakes({ cipherSuite: 0x1301 }), illegalParameter);
  assertEquals(clientTakes({ compressionMethod: 1 }), illegalParameter);
  const withExtension = (extension: Extension) => [extendedMasterSecret(), extension];
  assertEquals(
    clientTakes({ extensions: withExtension({ type: 35, data: new Uint8Array(0) }) }),
    unsupportedExtension,
  );
});

Deno.test("a client requires the extended master secret (RFC 7627 section 5.2)", () => {
  assertEquals(clientTakes({ extensions: [renegotiationInfo()] }), handshakeFailure);
});

Deno.test("a client takes one offered SRTP profile without MKI, no other answer (RFC 5764 section 4.1.1)", () => {
  const answer = (data: number[]) =>
    clientTakes({
      extensions: [extendedMasterSecret(), {
        type: ExtensionType.useSrtp,
        data: Uint8Array.from(data),
      }],
    });
  assertEquals(answer([0, 2, 0, 1, 0]), undefined);
  assertEquals(answer([0, 2, 0, 8, 0]), illegalParameter);
  assertEquals(answer([0, 4, 0, 1, 0, 7, 0]), illegalParameter);
  assertEquals(answer([0, 2, 0, 1, 1, 9]), illegalParameter);
  assertEquals(answer([]), illegalParameter);
});

Deno.test("SRTP is negotiated where both sides have a profile in common, and the keys event says so", () => {
  const cases = [
    [[7, 8, 1], [8, 1], 8],
    [[1], [7, 8, 1], 1],
    [[1], [7], undefined],
    [[], [7], undefined],
    [[7], [], undefined],
  ] as const;
  for (const [ofClient, ofServer, expected] of cases) {
    const pair = connectedPair({ a: { srtpProfiles: ofClient }, b: { srtpProfiles: ofServer } });
    for (const end of ["a", "b"] as const) {
      assertEquals(pair[end].srtpProfile, expected);
      assertEquals(pair.events[end].slice(1), [
        { type: "keys", srtpProfile: expected, role: end === "a" ? "client" : "server" },
        { type: "state", state: "connected" },
      ]);
    }
  }
});

Deno.test("ends without a cipher suite in common fail on both sides, with handshake_failure", () => {
  const pair = startedPair({ a: { cipherSuites: [0xc02b] }, b: { cipherSuites: [0xcca9] } });
  pair.until(() => pair.a.done && pair.b.done);
  assertEquals(pair.b.failure?.code, handshakeFailure);
  assertEquals([pair.a.failure?.code, pair.a.failure?.received], [handshakeFailure, true]);
});

Deno.test("options are checked", () => {
  const make = (options: object) => () =>
    new DtlsEndpoint({ crypto, certificate: certificate(), ...options });
  assertThrows(make({ cipherSuites: [0x1301] }), TypeError);
  assertThrows(make({ cipherSuites: [] }), TypeError);
  assertThrows(make({ groups: [] }), TypeError);
  assertThrows(make({ maxDatagramSize: 127 }), RangeError);
  assertEquals(NAMED_GROUPS, { x25519: 29, secp256r1: 23 });
});

Deno.test("keying material can't be exported before the handshake is over", () => {
  const pair = startedPair();
  const error = assertThrows(() => pair.a.exportKeyingMaterial("x", 1), DOMException);
  assertEquals(error.name, "InvalidStateError");
});
