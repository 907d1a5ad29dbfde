import { assertEquals, assertNotEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { RTCRtpSendParameters, RTCSetParameterOptions } from "../../../peer/mod.ts";
import { Host, tasks, trackOf } from "./host.ts";

function video(host: Host) {
  const transceiver = host.table.addTransceiver("video", {
    direction: "sendrecv",
    streams: [],
    sendEncodings: ["a", "b"].map((rid) => ({
      rid,
      active: true,
      adaptivePtime: false,
      priority: "low",
    })),
  }, "test");
  return transceiver.sender;
}

async function nameOf(rejected: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => rejected, DOMException)).name;
}

Deno.test("W3C WebRTC section 5.2: parameters are the same within a task, and others after it", async () => {
  const sender = video(new Host());
  const first = sender.getParameters();
  assertEquals(sender.getParameters(), first);
  assertEquals(first.rtcp, { cname: "cname", reducedSize: false });
  await tasks();
  assertNotEquals(sender.getParameters().transactionId, first.transactionId);
});

Deno.test("W3C WebRTC section 5.2: what setParameters sets is what getParameters returns, and the media follows", async () => {
  const host = new Host();
  const sender = video(host);
  const parameters = sender.getParameters();
  parameters.encodings[0]!.active = false;
  parameters.encodings[1]!.maxBitrate = 100_000;
  delete parameters.encodings[0]!.scaleResolutionDownBy;
  await sender.setParameters(parameters);
  const [low, high] = sender.getParameters().encodings;
  assertEquals([low!.active, low!.scaleResolutionDownBy, high!.maxBitrate], [false, 1, 100_000]);
  assertEquals(host.updated.length, 1);
});

Deno.test("W3C WebRTC SVC section 4.2.2: a mode that no codec has, or the negotiated one lacks, can't be set", async () => {
  const sender = video(new Host());
  const set = (mode: string) => {
    const parameters = sender.getParameters();
    parameters.encodings[0]!.scalabilityMode = mode;
    return sender.setParameters(parameters);
  };
  await set("L3T3");
  assertEquals(sender.getParameters().encodings[0]!.scalabilityMode, "L3T3");
  assertEquals(await nameOf(set("nonsense")), "InvalidModificationError");
  assertEquals(await nameOf(set("S2T1")), "InvalidModificationError");
});

Deno.test("W3C WebRTC section 5.2: without getParameters in the same task, setParameters is an InvalidStateError", async () => {
  const sender = video(new Host());
  const parameters = sender.getParameters();
  await tasks();
  assertEquals(await nameOf(sender.setParameters(parameters)), "InvalidStateError");
  const again = sender.getParameters();
  await sender.setParameters(again);
  assertEquals(await nameOf(sender.setParameters(again)), "InvalidStateError");
});

Deno.test("W3C WebRTC section 5.2: what is read-only can't be changed", async () => {
  const changes: ((parameters: RTCRtpSendParameters) => void)[] = [
    (parameters) => parameters.transactionId += "x",
    (parameters) => parameters.rtcp.cname = "another",
    (parameters) => delete parameters.rtcp.reducedSize,
    (parameters) => parameters.headerExtensions.push({ uri: "urn:x", id: 1 }),
    (parameters) => parameters.codecs.push({ mimeType: "video/VP8", clockRate: 1, payloadType: 1 }),
    (parameters) => parameters.encodings.pop(),
    (parameters) => parameters.encodings.reverse(),
    (parameters) => parameters.encodings[0]!.rid = "c",
    (parameters) => delete parameters.encodings[0]!.rid,
    (parameters) => parameters.encodings[0]!.codec = { mimeType: "video/none", clockRate: 1 },
  ];
  for (const change of changes) {
    const sender = video(new Host());
    const parameters = sender.getParameters();
    change(parameters);
    assertEquals(
      await nameOf(sender.setParameters(parameters)),
      "InvalidModificationError",
      `${change}`,
    );
  }
});

Deno.test("W3C WebRTC section 5.2: once codecs are negotiated, others can't be chosen", async () => {
  const host = new Host();
  const sender = video(host);
  const [slots] = host.table.all;
  slots!.sender.sendCodecs = [{ payloadType: 96, mimeType: "video/VP8", clockRate: 90000 }];
  const parameters = sender.getParameters();
  parameters.encodings[0]!.codec = { mimeType: "video/vp8", clockRate: 90000 };
  await sender.setParameters(parameters);
  const other = sender.getParameters();
  other.encodings[0]!.codec = {
    mimeType: "video/VP9",
    clockRate: 90000,
    sdpFmtpLine: "profile-id=0",
  };
  assertEquals(await nameOf(sender.setParameters(other)), "InvalidModificationError");
});

Deno.test("WebRTC Extensions section 6: key frames are asked for as many encodings as there are, or none", async () => {
  const host = new Host();
  const sender = video(host);
  const set = (options: RTCSetParameterOptions) =>
    sender.setParameters(sender.getParameters(), options);
  await set({ encodingOptions: [{}, { keyFrame: true }] });
  await set({ encodingOptions: [{}, {}] });
  await set({});
  assertEquals(host.keyFrames, [[1]]);
  assertEquals(
    await nameOf(set({ encodingOptions: [{ keyFrame: true }] })),
    "InvalidModificationError",
  );
});

Deno.test("W3C WebRTC section 5.2: a track is replaced in the operations chain, by one of its kind", async () => {
  const host = new Host();
  const sender = video(host);
  const track = trackOf("video");
  const done = sender.replaceTrack(track);
  assertEquals(sender.track, null);
  await done;
  assertStrictEquals(sender.track, track);
  await assertRejects(() => sender.replaceTrack(trackOf("audio")), TypeError);
  host.table.all[0]!.object.stop();
  assertEquals(await nameOf(sender.replaceTrack(null)), "InvalidStateError");
  assertEquals(await nameOf(sender.setParameters(sender.getParameters())), "InvalidStateError");
  host.isClosed = true;
  assertEquals(await nameOf(sender.replaceTrack(null)), "InvalidStateError");
});

Deno.test("W3C WebRTC section 5.2: a track that is being replaced when the connection closes stays, and nobody is told", async () => {
  const host = new Host();
  const sender = video(host);
  let settled = false;
  sender.replaceTrack(trackOf("video")).finally(() => settled = true);
  host.isClosed = true;
  for (let i = 0; i < 5; i++) await tasks();
  assertEquals([sender.track, settled, host.updated.length], [null, false, 0]);
});

Deno.test("W3C WebRTC section 5.2: layers that a description drops while setParameters is under way do not come back", async () => {
  const host = new Host();
  const sender = video(host);
  const parameters = sender.getParameters();
  parameters.encodings.forEach((encoding, index) => encoding.maxBitrate = (index + 1) * 100_000);
  const done = sender.setParameters(parameters);
  const [slots] = host.table.all;
  slots!.sender.sendEncodings = slots!.sender.sendEncodings.slice(1);
  await done;
  const [left, ...others] = sender.getParameters().encodings;
  assertEquals([left!.rid, left!.maxBitrate, others.length], ["b", 200_000, 0]);
});
