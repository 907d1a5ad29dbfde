import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  capabilities,
  CODECS,
  codecsOf,
  collidesWithRtcp,
  headerExtensionCapabilities,
  identityOf,
  parametersOf,
  STATIC_PAYLOAD_TYPES,
} from "../../../peer/jsep/media/mod.ts";
import { parseProfileLevelId } from "../../../peer/jsep/media/h264_profile.ts";

Deno.test("the codecs that RFC 7874 section 3 and RFC 7742 section 5 ask for are there", () => {
  const names = CODECS.map(({ name, clockRate }) => `${name}/${clockRate}`);
  for (const name of ["opus/48000", "PCMU/8000", "PCMA/8000", "CN/8000", "telephone-event/8000"]) {
    assert(names.includes(name), name);
  }
  const h264 = CODECS.filter(({ name }) => name === "H264").map(({ fmtp }) => parametersOf(fmtp));
  for (const profile of ["baseline", "constrained-baseline", "main", "high"]) {
    const modes = h264
      .filter((fmtp) => parseProfileLevelId(fmtp.get("profile-level-id"))?.profile === profile)
      .map((fmtp) => fmtp.get("packetization-mode"));
    assertEquals(modes, ["1", "0"], profile);
  }
  for (const name of ["VP8", "AV1", "H265", "red", "ulpfec", "flexfec-03"]) {
    assert(CODECS.some((codec) => codec.kind === "video" && codec.name === name), name);
  }
});

Deno.test("no two codecs are the same, nor have they a payload type in common", () => {
  const identities = CODECS.map(identityOf);
  assertEquals(new Set(identities).size, identities.length);
  const types = CODECS.flatMap(({ payloadType, rtxPayloadType }) => [
    payloadType,
    ...(rtxPayloadType === undefined ? [] : [rtxPayloadType]),
  ]);
  assertEquals(new Set(types).size, types.length);
  for (const type of types) {
    const isDynamic = (type >= 96 && type <= 127) || (type >= 35 && type <= 63);
    assert(isDynamic || STATIC_PAYLOAD_TYPES.has(type), String(type));
    assertEquals(collidesWithRtcp(type), false);
  }
});

Deno.test("payload types without rtpmap are those of RFC 3551 section 6", () => {
  for (const [payloadType, { encodingName, clockRate }] of STATIC_PAYLOAD_TYPES) {
    const codec = CODECS.find((codec) => codec.payloadType === payloadType);
    assertEquals([codec?.name, codec?.clockRate], [encodingName, clockRate]);
  }
});

Deno.test("W3C WebRTC: getCapabilities has each codec, RTX once, and new dictionaries each time", () => {
  for (const kind of ["audio", "video"] as const) {
    const { codecs, headerExtensions } = capabilities(kind);
    const rtx = codecs.filter(({ mimeType }) => mimeType === "video/rtx");
    assertEquals(rtx.length, kind === "video" ? 1 : 0);
    assertEquals(codecs.length - rtx.length, codecsOf(kind).length);
    for (const codec of codecs) {
      assert(codec.mimeType.startsWith(`${kind}/`));
      assertEquals("channels" in codec, kind === "audio");
    }
    assertEquals(headerExtensions, headerExtensionCapabilities(kind));
    codecs[0]!.mimeType = "changed";
    headerExtensions[0]!.uri = "changed";
    assertNotEquals(capabilities(kind).codecs[0]!.mimeType, "changed");
    assertNotEquals(capabilities(kind).headerExtensions[0]!.uri, "changed");
  }
});
