import { assert, assertEquals } from "@std/assert";
import { StreamSelection } from "../../../peer/rtp_transport/stream_selection.ts";
import { createRtpPacket, type InboundPacket } from "../../../rtp/mod.ts";

function item(ssrc: number, receiveTime: number, rid?: string): InboundPacket {
  const fields = { payloadType: 96, sequenceNumber: 0, timestamp: 0 };
  return {
    ...{ type: "packet", mid: "0", receiveTime, packet: createRtpPacket({ ssrc, ...fields }) },
    ...(rid !== undefined && { rid }),
  };
}

Deno.test("a stream is taken from a key frame on", () => {
  const selection = new StreamSelection(undefined);
  assert(selection.waits(0));
  assertEquals(
    [false, true, false, true].map((key, i) => selection.take(item(1, i), key)),
    [false, "begins", true, true],
  );
  assert(!selection.waits(10));
  selection.reset();
  assert(selection.waits(10));
  assertEquals(selection.take(item(1, 11), false), false);
});

Deno.test("another SSRC is taken at a key frame once the first one is silent", () => {
  const selection = new StreamSelection(undefined);
  assertEquals(selection.take(item(1, 0), true), "begins");
  assertEquals(selection.take(item(2, 100), true), false);
  assertEquals(selection.take(item(1, 150), false), true);
  assertEquals(selection.take(item(2, 349), true), false);
  assertEquals(selection.take(item(2, 350), false), false);
  assert(selection.waits(350));
  assertEquals(selection.take(item(2, 351), true), "begins");
  assertEquals(selection.take(item(1, 352), true), false);
});

Deno.test("of a simulcast, only the layer that was asked for concerns it, or else the first one", () => {
  const asked = new StreamSelection("h");
  assert(asked.concerns(item(1, 0, "h")) && !asked.concerns(item(2, 0, "l")));
  const any = new StreamSelection(undefined);
  assert(any.concerns(item(1, 0, "h")) && any.concerns(item(2, 0, "l")));
  any.take(item(2, 0, "l"), true);
  assertEquals(any.rid, "l");
  assert(!any.concerns(item(1, 0, "h")));
  assert(any.concerns(item(2, 0)), "RFC 8852: the rid is sent until it is known");
});
