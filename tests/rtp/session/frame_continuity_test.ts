import { assertEquals } from "@std/assert";
import {
  buildHeaderExtension,
  createRtpPacket,
  DEPENDENCY_DESCRIPTOR_URI,
  type RtpPacket,
} from "../../../rtp/mod.ts";
import { isNextFrame } from "../../../rtp/session/inbound/frame_continuity.ts";
import { FormatTable } from "../../../rtp/session/format_table.ts";
import { VIDEO_FORMATS } from "./ends.ts";

const reading = {
  formats: new FormatTable(VIDEO_FORMATS),
  extensions: new Map([[DEPENDENCY_DESCRIPTOR_URI, 5]]),
};

/** A frame of one packet of VP8: with a picture ID of 15 bits, and the frame number of a descriptor. */
function frame(
  sequenceNumber: number,
  pictureId: number,
  frameNumber: number,
  marks = 0xc0,
): RtpPacket {
  const data = Uint8Array.of(marks, frameNumber >> 8, frameNumber);
  return createRtpPacket({
    ...{ ssrc: 1, sequenceNumber, timestamp: sequenceNumber, payloadType: 96, marker: true },
    payload: Uint8Array.of(0x90, 0x80, 0x80 | pictureId >> 8, pictureId, 0),
    extension: buildHeaderExtension([{ id: 5, data }])!,
  });
}

Deno.test("frames that lie behind one another by either of their numbers lack none in between", () => {
  const last = frame(1, 100, 0xffff);
  assertEquals(isNextFrame(last, frame(3, 9, 0), reading), true);
  // Chromium counts the frames of all layers of a simulcast in one row.
  assertEquals(isNextFrame(last, frame(3, 101, 2), reading), true);
  assertEquals(isNextFrame(last, frame(3, 102, 2), reading), false);
});

Deno.test("where a frame has not ended, or has not begun, something of it is missing", () => {
  assertEquals(isNextFrame(frame(1, 100, 7, 0x80), frame(3, 101, 8), reading), false);
  assertEquals(isNextFrame(frame(1, 100, 7), frame(3, 101, 8, 0x40), reading), false);
});
