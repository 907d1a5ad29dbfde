import { assert, assertEquals } from "@std/assert";
import { MediaStreamTrackProcessor } from "../../media/mod.ts";
import type { RTCDataChannel, RTCPeerConnection } from "../../mod.ts";
import { settle } from "../support/virtual_clock.ts";
import { Call, opus, Source, vp8 } from "./call.ts";

/** Names of the `on...` attributes of an object. */
function handlersOf(target: EventTarget): string[] {
  const names = new Set<string>();
  for (let from = target; from !== EventTarget.prototype; from = Object.getPrototypeOf(from)) {
    for (const name of Object.getOwnPropertyNames(from)) {
      if (name.startsWith("on")) names.add(name);
    }
  }
  return [...names];
}

/** Gives an object handlers that throw, for all its events. */
function throwing(target: EventTarget): void {
  for (const name of handlersOf(target)) {
    Object.assign(target, {
      [name]: () => {
        throw new Error(`${target.constructor.name}.${name}`);
      },
    });
  }
}

/** Errors that were reported while something ran, as `reportError` has it. */
async function reported(run: () => Promise<void>): Promise<Set<string>> {
  const errors = new Set<string>();
  const listen = (event: ErrorEvent) => {
    event.preventDefault();
    errors.add(event.error.message);
  };
  addEventListener("error", listen);
  try {
    await run();
  } finally {
    removeEventListener("error", listen);
  }
  return errors;
}

Deno.test("DOM section 2.10: handlers that throw are reported, every one, and nothing else breaks", async () => {
  const errors = await reported(async () => {
    const call = new Call();
    const { alice, bob } = call;
    for (const pc of [alice, bob] as RTCPeerConnection[]) throwing(pc);
    const [video, audio] = [new Source("video"), new Source("audio")];
    for (const { track } of [video, audio]) throwing(track);
    const senders = [video, audio].map(({ track }) => alice.addTrack(track));
    const channel = alice.createDataChannel("x");
    throwing(channel);
    let far: RTCDataChannel | undefined;
    let messages = 0;
    bob.addEventListener("datachannel", ({ channel }) => far = channel);
    await call.negotiate();
    await call.connected();
    await call.until(() => far?.readyState === "open");
    throwing(far!);
    far!.addEventListener("message", () => void messages++);
    throwing(senders[1]!.dtmf!);
    for (const { track } of call.tracks) throwing(track);
    for (const { transport } of senders) {
      throwing(transport!);
      throwing(transport!.iceTransport);
    }
    throwing(alice.sctp!);
    senders[1]!.dtmf!.insertDTMF("1");
    channel.send("a");
    channel.send("b");
    const { track } = call.tracks.find(({ track }) => track.kind === "video")!;
    let frames = 0;
    const reading = (async () => {
      for await (const _ of new MediaStreamTrackProcessor({ track }).readable) frames++;
    })();
    for (let i = 0; i < 25; i++) {
      await video.write(vp8(i, i === 0));
      await audio.write(opus(i));
      await call.advance(40);
    }
    alice.restartIce();
    await settle();
    await call.negotiate();
    await call.until(() => alice.iceConnectionState === "completed", 5000);
    assertEquals([frames, messages], [25, 2]);
    channel.close();
    bob.getTransceivers()[0]!.stop();
    await call.negotiate("bob");
    await call.advance(1000);
    await call.close();
    await reading;
  });
  const expected = [
    "RTCPeerConnection.onnegotiationneeded",
    "RTCPeerConnection.onsignalingstatechange",
    "RTCPeerConnection.onicecandidate",
    "RTCPeerConnection.onicegatheringstatechange",
    "RTCPeerConnection.oniceconnectionstatechange",
    "RTCPeerConnection.onconnectionstatechange",
    "RTCPeerConnection.ondatachannel",
    "RTCPeerConnection.ontrack",
    "RTCDataChannel.onopen",
    "RTCDataChannel.onmessage",
    "RTCDataChannel.onclose",
    "RTCDTMFSender.ontonechange",
    "RTCIceTransport.onstatechange",
    "RTCIceTransport.ongatheringstatechange",
    "MediaStreamTrack.onended",
    "MediaStreamTrack.onunmute",
    "MediaStreamTrackGenerator.onkeyframerequest",
  ];
  for (const each of expected) assert(errors.has(each), `${each} in ${[...errors].join()}`);
});
