import { assertEquals } from "@std/assert";
import { negotiate } from "../../peer/connection/negotiated_sections.ts";
import { mediaWith } from "./jsep/support.ts";

const offered = mediaWith(
  "m=video 9 UDP/TLS/RTP/SAVPF 96 97 118 120",
  "a=mid:1",
  "a=rtpmap:96 VP8/90000",
  "a=rtcp-fb:96 nack",
  "a=rtpmap:97 rtx/90000",
  "a=fmtp:97 apt=96",
  "a=rtpmap:118 red/90000",
  "a=rtcp-fb:118 nack",
  "a=rtpmap:120 ulpfec/90000",
);
const answered = mediaWith(
  "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
  "a=mid:1",
  "a=rtpmap:96 VP8/90000",
  "a=rtcp-fb:96 nack",
  "a=rtpmap:97 rtx/90000",
  "a=fmtp:97 apt=96",
);

Deno.test("what was offered is received, also what the answer leaves out", () => {
  const { sendFormats, receiveFormats } = negotiate({
    local: offered,
    remote: answered,
    answerer: "remote",
  });
  assertEquals(sendFormats.map(({ payloadType }) => payloadType), [96, 97]);
  assertEquals(receiveFormats.map(({ payloadType }) => payloadType), [96, 97, 118, 120]);
  assertEquals(receiveFormats.map(({ feedback }) => feedback), [["nack"], [], [], []]);
});

Deno.test("what our answer leaves out is neither sent nor received", () => {
  const { sendFormats, receiveFormats } = negotiate({
    local: answered,
    remote: offered,
    answerer: "local",
  });
  assertEquals(sendFormats.map(({ payloadType }) => payloadType), [96, 97]);
  assertEquals(receiveFormats.map(({ payloadType }) => payloadType), [96, 97]);
});
