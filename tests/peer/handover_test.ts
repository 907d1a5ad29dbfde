import { createHash } from "node:crypto";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  type EncodedChunk,
  MediaStreamTrackGenerator,
  MediaStreamTrackProcessor,
} from "../../media/mod.ts";
import type { RTCDataChannel, RTCDataChannelEvent, RTCPeerConnection } from "../../mod.ts";
import { createRTCPeerConnection } from "../../peer/settings.ts";
import { type Host, VirtualNetwork } from "../net/mod.ts";
import { settle } from "../support/virtual_clock.ts";
import { negotiate } from "./negotiate.ts";
import { collect, record, rejectingData } from "./pair.ts";

/** A caller, a callee, and another one with a certificate of its own that takes the callee's place. */
class Handover {
  readonly net = new VirtualNetwork({ seed: 1 });
  readonly hosts: readonly Host[] = [1, 2, 3].map((last) => this.net.host(`198.51.100.${last}`));
  readonly caller: RTCPeerConnection = this.#connect(0);
  readonly first: RTCPeerConnection = this.#connect(1);
  readonly second: RTCPeerConnection = this.#connect(2);

  #connect(index: number): RTCPeerConnection {
    return new (createRTCPeerConnection({ network: this.hosts[index]! }))();
  }

  until(condition: () => boolean): Promise<void> {
    return this.net.clock.until(condition);
  }

  async close(): Promise<void> {
    for (const pc of [this.caller, this.first, this.second]) pc.close();
    await this.net.clock.advance(1000);
    await settle();
    assertEquals(this.hosts.flatMap(({ sockets }) => sockets).length, 0, "sockets left open");
    this.net.clock.assertIdle();
  }
}

function channelsOf(pc: RTCPeerConnection): RTCDataChannel[] {
  const channels: RTCDataChannel[] = [];
  pc.addEventListener("datachannel", ({ channel }: RTCDataChannelEvent) => channels.push(channel));
  return channels;
}

for (const restart of [false, true]) {
  Deno.test(`another peer takes the place of the first, ${restart ? "with" : "without"} an ICE restart (RFC 8842 section 5.1)`, async () => {
    const handover = new Handover();
    const { caller, first, second } = handover;
    const atFirst = channelsOf(first), atSecond = channelsOf(second);
    const initial = caller.createDataChannel("initial");
    await negotiate(caller, first);
    await handover.until(() => initial.readyState === "open" && atFirst.length === 1);
    const { sctp } = caller;
    const dtls = sctp!.transport;
    const [certificate] = dtls.getRemoteCertificates();
    const fired = record(dtls, "statechange");

    if (restart) caller.restartIce();
    await negotiate(caller, second);
    first.close();
    await handover.until(() => initial.readyState === "closed");
    await handover.until(() => dtls.state === "connected" && sctp!.state === "connected");
    assert(caller.sctp === sctp && sctp!.transport === dtls);
    assertEquals(fired.length, 2); // connecting, connected
    assertNotEquals(new Uint8Array(dtls.getRemoteCertificates()[0]!), new Uint8Array(certificate!));
    await handover.until(() =>
      caller.connectionState === "connected" && second.connectionState === "connected"
    );

    const own = caller.createDataChannel("caller's");
    const atCaller = channelsOf(caller);
    const others = second.createDataChannel("callee's");
    await handover.until(() => atCaller.length === 1 && own.readyState === "open");
    await handover.until(() => others.readyState === "open" && atSecond.length === 1);
    const [heard, answered] = [collect(atSecond[0]!), collect(others)];
    own.send("hello");
    atCaller[0]!.send("hello again");
    await handover.until(() => heard.length + answered.length === 2);
    assertEquals([heard, answered], [["hello"], ["hello again"]]);
    await handover.close();
  });
}

Deno.test("another peer takes the place of one that has hung up", async () => {
  const handover = new Handover();
  const { caller, first, second } = handover;
  const atSecond = channelsOf(second);
  const initial = caller.createDataChannel("initial");
  await negotiate(caller, first);
  await handover.until(() => initial.readyState === "open");
  const { sctp } = caller;
  first.close();
  await handover.until(() => sctp!.state === "closed");
  const fired = record(sctp!, "statechange");
  const between = caller.createDataChannel("between");
  caller.restartIce();
  await negotiate(caller, second);
  assertEquals([sctp!.state, sctp!.maxChannels], ["connecting", null]);
  const after = caller.createDataChannel("after");
  await handover.until(() => between.readyState === "open" && after.readyState === "open");
  await handover.until(() => atSecond.length === 2);
  assertEquals([sctp!.state, fired.length], ["connected", 2]);
  await handover.close();
});

Deno.test("a channel that had not opened before a handover opens after it", async () => {
  const handover = new Handover();
  const { caller, first, second } = handover;
  const atSecond = channelsOf(second);
  const announced = caller.createDataChannel("announced");
  const negotiated = caller.createDataChannel("negotiated", { negotiated: true, id: 7 });
  const other = second.createDataChannel("negotiated", { negotiated: true, id: 7 });
  // The first one only answers: nothing of it is heard.
  await caller.setLocalDescription();
  await first.setRemoteDescription(caller.localDescription!);
  await caller.setRemoteDescription(await first.createAnswer());
  await negotiate(caller, second);
  await handover.until(() => announced.readyState === "open" && negotiated.readyState === "open");
  await handover.until(() => atSecond.length === 1 && other.readyState === "open");
  const heard = [collect(atSecond[0]!), collect(other)];
  announced.send("one");
  negotiated.send("two");
  await handover.until(() => heard[0]!.length + heard[1]!.length === 2);
  assertEquals(heard, [["one"], ["two"]]);
  await handover.close();
});

Deno.test("a forked call goes on with the one of two callees that answers for good", async () => {
  const handover = new Handover();
  const { caller, first, second } = handover;
  const atSecond = channelsOf(second);
  const channel = caller.createDataChannel("forked");
  await caller.setLocalDescription();
  await handover.until(() => caller.iceGatheringState === "complete");
  for (const callee of [first, second]) {
    await callee.setRemoteDescription(caller.localDescription!);
    await callee.setLocalDescription();
    await handover.until(() => callee.iceGatheringState === "complete");
  }
  await caller.setRemoteDescription({ type: "pranswer", sdp: first.localDescription!.sdp });
  await handover.until(() => caller.connectionState === "connected");
  await caller.setRemoteDescription(second.localDescription!);
  await handover.until(() => channel.readyState === "open" || channel.readyState === "closed");
  await handover.until(() => second.connectionState === "connected");
  const again = caller.createDataChannel("again");
  await handover.until(() =>
    again.readyState === "open" && atSecond.some(({ label }) => label === "again")
  );
  await handover.close();
});

Deno.test("a peer that tells of its certificate by another hash is no other peer", async () => {
  const handover = new Handover();
  const { caller, first } = handover;
  const channel = caller.createDataChannel("channel");
  await negotiate(caller, first);
  await handover.until(() => channel.readyState === "open");
  const [certificate] = caller.sctp!.transport.getRemoteCertificates();
  const digest = createHash("sha384").update(new Uint8Array(certificate!)).digest("hex");
  const value = digest.toUpperCase().match(/../g)!.join(":");
  await first.setLocalDescription();
  const { type, sdp } = first.localDescription!;
  await caller.setRemoteDescription({
    type,
    sdp: sdp.replace(/a=fingerprint:.*/g, `a=fingerprint:SHA-384 ${value}`),
  });
  await caller.setLocalDescription();
  await first.setRemoteDescription(caller.localDescription!);
  await handover.net.clock.advance(2000);
  assertEquals([channel.readyState, caller.connectionState], ["open", "connected"]);
  await handover.close();
});

Deno.test("media goes on with the keys of the new peer after a handover", async () => {
  const handover = new Handover();
  const { caller, first, second } = handover;
  const generator = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  caller.addTrack(generator);
  const received = [first, second].map((pc) => {
    const chunks: EncodedChunk[] = [];
    pc.ontrack = ({ track }) =>
      void new MediaStreamTrackProcessor({ track }).readable
        .pipeTo(new WritableStream({ write: (chunk) => void chunks.push(chunk) }));
    return chunks;
  });
  const writer = generator.writable.getWriter();
  let isKeyFrameWanted = true, index = 0;
  generator.addEventListener("keyframerequest", () => isKeyFrameWanted = true);
  const film = async (until: () => boolean) => {
    for (let frames = 0; frames < 300 && !until(); frames++) {
      const data = new Uint8Array(500).fill(isKeyFrameWanted ? 0x10 : 0x11);
      await writer.write({
        type: isKeyFrameWanted ? "key" : "delta",
        timestamp: index++ * 33_333,
        data,
      });
      isKeyFrameWanted = false;
      await handover.net.clock.advance(33);
    }
    assert(until());
  };
  await negotiate(caller, first);
  await film(() => received[0]!.length >= 10);
  await negotiate(caller, second);
  await film(() => received[1]!.length >= 10);
  const before = received[0]!.length;
  await film(() => received[1]!.length >= 20);
  assertEquals(received[0]!.length, before); // nothing goes to the first one any more
  assertEquals(received[1]![0]!.type, "key");
  generator.stop();
  await handover.close();
});

Deno.test("a channel that is created while data is rejected opens once it is accepted, though another peer came between", async () => {
  const handover = new Handover();
  const { caller, first, second } = handover;
  const atSecond = channelsOf(second);
  caller.addTransceiver("audio");
  const initial = caller.createDataChannel("initial");
  await negotiate(caller, first);
  await handover.until(() => initial.readyState === "open");
  second.addTransceiver("audio");
  second.createDataChannel("rejected");
  for (const callee of [first, second]) {
    await callee.setLocalDescription();
    await caller.setRemoteDescription(rejectingData(callee.localDescription!));
    await caller.setLocalDescription();
    await callee.setRemoteDescription(caller.localDescription!);
  }
  assertEquals([initial.readyState, caller.sctp], ["closed", null]);
  const between = caller.createDataChannel("between");
  await negotiate(caller, second);
  await handover.until(() => between.readyState === "open" && atSecond.length === 1);
  await handover.close();
});
