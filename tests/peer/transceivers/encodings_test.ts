import { assertEquals, assertThrows } from "@std/assert";
import {
  type RTCRtpEncodingParameters,
  rtcRtpTransceiverInit,
} from "../../../peer/rtc_rtp_parameters.ts";
import { validateSendEncodings } from "../../../peer/transceivers/encodings.ts";
import { withNegotiatedModes } from "../../../peer/transceivers/scalability.ts";

function validate(kind: "audio" | "video", sendEncodings: RTCRtpEncodingParameters[]) {
  const init = rtcRtpTransceiverInit({ sendEncodings }, "test");
  return validateSendEncodings(kind, init.sendEncodings, "test");
}

const DEFAULTS = { active: true, adaptivePtime: false, priority: "low" } as const;

Deno.test("W3C WebRTC section 5.1: rids are well-formed, all or none, and different", () => {
  const wrong = [
    [{ rid: "" }],
    [{ rid: "a b" }],
    [{ rid: "a-b" }],
    [{ rid: "a".repeat(17) }],
    [{ rid: "a" }, {}],
    [{ rid: "a" }, { rid: "b" }, { rid: "a" }],
  ];
  for (const encodings of wrong) assertThrows(() => validate("video", encodings), TypeError);
  assertEquals(validate("video", [{ rid: "a" }, { rid: "A" }]).map(({ rid }) => rid), ["a", "A"]);
});

Deno.test("W3C WebRTC section 5.1: errors come in the order of the text", () => {
  const codec = { mimeType: "video/none", clockRate: 1 };
  const all = { rid: "!", codec, scaleResolutionDownBy: 0.5, scaleResolutionDownTo: {} };
  assertThrows(() => validate("video", [all]), TypeError);
  const error = assertThrows(() => validate("video", [{ ...all, rid: "a" }]), DOMException);
  assertEquals(error.name, "OperationError");
  assertThrows(() => validate("video", [{ scaleResolutionDownBy: 0.99 }]), RangeError);
  assertThrows(() => validate("video", [{ maxFramerate: -1 }]), RangeError);
  assertThrows(() => validate("video", [{ maxFramerate: NaN }]), TypeError);
});

Deno.test("W3C WebRTC SVC section 4.2.1: a scalability mode is one of the codec, or of any; S modes are not for simulcast", () => {
  const vp8 = { mimeType: "video/VP8", clockRate: 90_000 };
  for (const mode of ["L1T1", "L1T3", "L3T3_KEY", "L2T3_KEY_SHIFT", "S3T3h"]) {
    assertEquals(validate("video", [{ scalabilityMode: mode }])[0]!.scalabilityMode, mode);
  }
  const wrong: RTCRtpEncodingParameters[][] = [
    ...["", "nonsense", "l1t1", "L4T1", "L1T4", "L1T2h", "L2T1_KEY_SHIFT"].map((mode) => [
      { scalabilityMode: mode },
    ]),
    [{ codec: vp8, scalabilityMode: "L2T1" }],
    [{ rid: "a", scalabilityMode: "S2T1" }, { rid: "b" }],
  ];
  for (const encodings of wrong) {
    const error = assertThrows(() => validate("video", encodings), DOMException);
    assertEquals(error.name, "OperationError", JSON.stringify(encodings));
  }
  const paused = [{ rid: "a", scalabilityMode: "S2T1" }, { rid: "b", active: false }];
  assertEquals(validate("video", paused).length, 2);
  assertEquals(validate("audio", [{ scalabilityMode: "nonsense" }]), [DEFAULTS]);
});

Deno.test("W3C WebRTC SVC section 4.2.3: a mode that the negotiated codec lacks gives way, one that was never set stays so", () => {
  const [vp8, vp9] = ["VP8", "VP9"].map((name) => ({
    ...{ mimeType: `video/${name}`, clockRate: 90_000 },
  }));
  const encodings = validate("video", [{ scalabilityMode: "L3T3" }]);
  assertEquals(withNegotiatedModes(encodings, [vp8!])[0]!.scalabilityMode, "L1T1");
  assertEquals(withNegotiatedModes(encodings, [vp9!]), encodings);
  assertEquals(withNegotiatedModes(encodings, []), encodings);
  const plain = validate("video", [{}]);
  assertEquals("scalabilityMode" in withNegotiatedModes(plain, [vp8!])[0]!, false);
});

Deno.test("W3C WebRTC section 5.1: layers are scaled from small to large unless the application says how", () => {
  const factors = (encodings: RTCRtpEncodingParameters[]) =>
    validate("video", encodings).map(({ scaleResolutionDownBy }) => scaleResolutionDownBy);
  const [a, b, c] = [{ rid: "a" }, { rid: "b" }, { rid: "c" }];
  assertEquals(factors([a, b, c]), [4, 2, 1]);
  assertEquals(factors([a, { ...b, scaleResolutionDownBy: 3 }, c]), [1, 3, 1]);
});

Deno.test("W3C WebRTC section 5.1: an encoding alone has no rid, audio has one encoding, and there is a most of them", () => {
  assertEquals(validate("video", [{ rid: "a" }]), [{ ...DEFAULTS, scaleResolutionDownBy: 1 }]);
  assertEquals(
    validate("audio", [{ rid: "a", maxFramerate: -1 }, { rid: "b" }]),
    [DEFAULTS],
  );
  const many = Array.from({ length: 9 }, (_, index) => ({ rid: `${index}` }));
  assertEquals(validate("video", many).length, 8);
});

Deno.test("WebRTC Extensions section 5: a restriction of the resolution is whole, and for every active encoding", () => {
  const whole = { maxWidth: 320, maxHeight: 180 };
  for (
    const restrictions of [
      [{ ...whole, maxWidth: 0 }],
      [{ maxWidth: 320 }],
      [whole, undefined],
    ]
  ) {
    const encodings = restrictions.map((scaleResolutionDownTo, index) => ({
      rid: `${index}`,
      ...(scaleResolutionDownTo && { scaleResolutionDownTo }),
    }));
    const error = assertThrows(() => validate("video", encodings), DOMException);
    assertEquals(error.name, "OperationError");
  }
  validate("video", [{ rid: "a", scaleResolutionDownTo: whole }, { rid: "b", active: false }]);
});
