import { assert, assertEquals, assertThrows } from "@std/assert";
import * as heron from "../../mod.ts";

type Interface = abstract new (...args: unknown[]) => object;

const INTERFACES = Object.entries(heron).filter(([, value]) => typeof value === "function") as [
  string,
  Interface,
][];

/** Members by interface, in the order of the W3C text, with what scripts may not construct. */
const ILLEGAL = [
  "RTCDataChannel",
  "RTCSctpTransport",
  "RTCDtlsTransport",
  "RTCIceTransport",
  "RTCIceCandidatePair",
  "RTCCertificate",
  "RTCStatsReport",
  "MediaStreamTrack",
  "MediaDevices",
  "MediaDeviceInfo",
  "InputDeviceInfo",
  "RTCRtpScriptTransformer",
  "RTCTransformEvent",
];

const LENGTHS: Record<string, number> = {
  RTCPeerConnection: 0,
  RTCSessionDescription: 1,
  RTCIceCandidate: 0,
  RTCPeerConnectionIceEvent: 1,
  RTCPeerConnectionIceErrorEvent: 2,
  RTCDataChannelEvent: 2,
  RTCErrorEvent: 2,
  RTCTrackEvent: 2,
  RTCDTMFToneChangeEvent: 1,
  MediaStreamEvent: 1,
  RTCError: 1,
  MediaStreamTrackEvent: 2,
  MediaStreamTrackGenerator: 1,
  MediaStreamTrackProcessor: 1,
  KeyFrameRequestEvent: 1,
  OverconstrainedError: 1,
  RTCEncodedVideoFrame: 1,
  RTCEncodedAudioFrame: 1,
  RTCRtpScriptTransform: 1,
  SFrameTransformErrorEvent: 2,
  DeviceChangeEvent: 1,
};

for (const [name, constructor] of INTERFACES) {
  Deno.test(`${name} has the shape that WebIDL gives an interface`, () => {
    const { prototype } = constructor;
    assertEquals(constructor.name, name);
    assertEquals(Object.prototype.toString.call(prototype), `[object ${name}]`);
    assertEquals(constructor.length, LENGTHS[name] ?? 0);
    for (const member of Object.getOwnPropertyNames(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, member)!;
      assertEquals(descriptor.enumerable, member !== "constructor", member);
      assertEquals(descriptor.configurable, true, member);
    }
  });

  Deno.test(`${name}: every attribute refuses a foreign object`, () => {
    for (
      const [member, { get }] of Object.entries(
        Object.getOwnPropertyDescriptors(constructor.prototype),
      )
    ) {
      if (get === undefined) continue;
      assertThrows(() => get.call({}), TypeError, undefined, member);
      assertThrows(() => get.call(constructor.prototype), TypeError, undefined, member);
    }
  });
}

Deno.test("operations and setters refuse a foreign object, whatever they are given", () => {
  const foreign = {} as never;
  assertThrows(() => heron.RTCIceCandidate.prototype.toJSON.call(foreign), TypeError);
  assertThrows(() => heron.RTCSessionDescription.prototype.toJSON.call(foreign), TypeError);
  for (const name of ["binaryType", "bufferedAmountLowThreshold", "onopen"]) {
    const { set } = Object.getOwnPropertyDescriptor(heron.RTCDataChannel.prototype, name)!;
    assertThrows(() => set!.call(foreign, undefined), TypeError);
  }
});

for (const name of ILLEGAL) {
  Deno.test(`${name} can't be constructed by a script`, () => {
    const constructor = heron[name as keyof typeof heron] as new () => object;
    assertThrows(() => new constructor(), TypeError, "Illegal constructor");
  });
}

Deno.test("an event handler keeps its place among the listeners", () => {
  const pc = new heron.RTCPeerConnection();
  const calls: string[] = [];
  pc.onnegotiationneeded = () => void calls.push("replaced");
  pc.addEventListener("negotiationneeded", () => calls.push("listener"));
  pc.onnegotiationneeded = () => void calls.push("handler");
  pc.dispatchEvent(new Event("negotiationneeded"));
  pc.onnegotiationneeded = null;
  pc.dispatchEvent(new Event("negotiationneeded"));
  assertEquals(calls, ["handler", "listener", "listener"]);
  (pc as unknown as Record<string, unknown>).onnegotiationneeded = 5;
  assertEquals(pc.onnegotiationneeded, null);
  pc.close();
});

Deno.test("RTCIceCandidate shows the parts of a well-formed candidate, and keeps a malformed one", () => {
  const init = {
    candidate: "candidate:1 1 udp 2122260223 192.0.2.1 5000 typ srflx raddr 10.0.0.1 rport 6000",
    sdpMid: "0",
    usernameFragment: "abcd",
  };
  const candidate = new heron.RTCIceCandidate(init);
  assertEquals([candidate.foundation, candidate.component, candidate.priority], [
    "1",
    "rtp",
    2122260223,
  ]);
  assertEquals([candidate.address, candidate.port, candidate.type], ["192.0.2.1", 5000, "srflx"]);
  assertEquals([candidate.relatedAddress, candidate.relatedPort, candidate.tcpType], [
    "10.0.0.1",
    6000,
    null,
  ]);
  assertEquals(JSON.parse(JSON.stringify(candidate)), { ...init, sdpMLineIndex: null });
  const inText = new heron.RTCIceCandidate({
    candidate: `${init.candidate} ufrag abcd`,
    sdpMLineIndex: 0,
  });
  assertEquals(inText.usernameFragment, null, "only what is given beside the text counts");
  const malformed = new heron.RTCIceCandidate({ candidate: "nonsense", sdpMLineIndex: 0 });
  assertEquals([malformed.candidate, malformed.address, malformed.type], ["nonsense", null, null]);
  assertThrows(() => new heron.RTCIceCandidate({ candidate: "" }), TypeError);
});

Deno.test("RTCSessionDescription converts its dictionary", () => {
  const description = new heron.RTCSessionDescription({ type: "offer" });
  assertEquals([description.type, description.sdp], ["offer", ""]);
  assertEquals(JSON.stringify(description), '{"type":"offer","sdp":""}');
  assertThrows(() => new heron.RTCSessionDescription({ type: "bogus" as "offer" }), TypeError);
  assertThrows(() => new heron.RTCSessionDescription({} as { type: "offer" }), TypeError);
});

Deno.test("RTCError is an OperationError with details", () => {
  const error = new heron.RTCError({ errorDetail: "sctp-failure", sctpCauseCode: 12 }, "gone");
  assert(error instanceof DOMException);
  assertEquals([error.name, error.message, error.sctpCauseCode, error.sdpLineNumber], [
    "OperationError",
    "gone",
    12,
    null,
  ]);
  assertThrows(() => new heron.RTCError({ errorDetail: "bogus" as "sctp-failure" }), TypeError);
});

Deno.test("events carry what their dictionaries gave", () => {
  const candidate = new heron.RTCIceCandidate({ sdpMid: "0" });
  const ice = new heron.RTCPeerConnectionIceEvent("icecandidate", {
    candidate,
    url: "stun:x",
    bubbles: true,
  });
  assert(ice.candidate === candidate && ice.url === "stun:x" && ice.bubbles);
  assertThrows(
    () => new heron.RTCPeerConnectionIceEvent("x", { candidate: {} as heron.RTCIceCandidate }),
    TypeError,
  );
  const failed = new heron.RTCPeerConnectionIceErrorEvent("icecandidateerror", {
    errorCode: 701,
    url: "stun:x",
  });
  assertEquals([failed.errorCode, failed.url, failed.errorText, failed.address, failed.port], [
    701,
    "stun:x",
    "",
    null,
    null,
  ]);
  assertThrows(
    () => new heron.RTCDataChannelEvent("datachannel", {} as heron.RTCDataChannelEventInit),
    TypeError,
  );
});

Deno.test("generateCertificate: ECDSA and RSA with an expiry, and nothing else", async () => {
  const { generateCertificate } = heron.RTCPeerConnection;
  const ecdsa = { name: "ECDSA", namedCurve: "P-256", expires: 1000 };
  const certificate = await generateCertificate(ecdsa);
  assert(Math.abs(certificate.expires - Date.now() - 1000) < 60_000);
  const [fingerprint] = certificate.getFingerprints();
  assertEquals(fingerprint!.algorithm, "sha-256");
  assert(/^([0-9a-f]{2}:){31}[0-9a-f]{2}$/.test(fingerprint!.value!));
  const rsa = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 1024,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: "SHA-256",
  };
  assert(await generateCertificate(rsa) instanceof heron.RTCCertificate);
  for (const bad of [{ ...ecdsa, namedCurve: "P-384" }, { ...rsa, hash: "SHA-1" }, "AES-GCM"]) {
    const error = await generateCertificate(bad).catch((error) => error);
    assertEquals(error.name, "NotSupportedError");
  }
  assert(
    await generateCertificate({} as AlgorithmIdentifier).catch((error) => error) instanceof
      TypeError,
  );
});
