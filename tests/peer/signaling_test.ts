import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { RTCError, RTCPeerConnection } from "../../mod.ts";
import { Pair, record } from "./pair.ts";

/** The name of what a promise rejects with. */
async function rejection(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(() => undefined, (error) => error);
  assert(error !== undefined, "it did not reject");
  return error.name;
}

Deno.test("an offer of data has what RFC 9429 section 5.2.1 and RFC 8841 ask for", async () => {
  const pair = new Pair();
  pair.alice.createDataChannel("x");
  const offer = await pair.alice.createOffer();
  assertEquals(Object.getPrototypeOf(offer), Object.prototype);
  for (
    const line of [
      /^v=0$/m,
      /^o=- [0-9]+ [0-9]+ IN IP4 127\.0\.0\.1$/m,
      /^a=group:BUNDLE 0$/m,
      /^m=application 9 UDP\/DTLS\/SCTP webrtc-datachannel$/m,
      /^a=ice-ufrag:\S{4,}$/m,
      /^a=ice-pwd:\S{22,}$/m,
      /^a=ice-options:trickle/m,
      /^a=fingerprint:sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/m,
      /^a=setup:actpass$/m,
      /^a=mid:0$/m,
      /^a=sctp-port:5000$/m,
      /^a=max-message-size:262144$/m,
    ]
  ) assert(line.test(offer.sdp!.replaceAll("\r", "")), `${line} is not in\n${offer.sdp}`);
  await pair.close();
});

Deno.test("states and descriptions through an offer and its answer", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  const states = record(alice, "signalingstatechange");
  alice.createDataChannel("x");
  await alice.setLocalDescription();
  assertEquals([alice.signalingState, alice.sctp?.state], ["have-local-offer", "connecting"]);
  assert(
    alice.pendingLocalDescription === alice.localDescription &&
      alice.currentLocalDescription === null,
  );
  await bob.setRemoteDescription(alice.localDescription!);
  assertEquals([bob.signalingState, bob.sctp?.state, bob.canTrickleIceCandidates], [
    "have-remote-offer",
    "connecting",
    true,
  ]);
  await bob.setLocalDescription();
  assertEquals([bob.signalingState, bob.localDescription!.type], ["stable", "answer"]);
  await alice.setRemoteDescription(bob.localDescription!);
  assertEquals([
    alice.signalingState,
    alice.pendingLocalDescription,
    alice.currentLocalDescription!.type,
  ], ["stable", null, "offer"]);
  assertEquals(states.length, 2);
  await pair.close();
});

Deno.test("operations in the wrong state are InvalidStateErrors", async () => {
  const pair = new Pair();
  const { alice } = pair;
  alice.createDataChannel("x");
  assertEquals(await rejection(alice.createAnswer()), "InvalidStateError");
  assertEquals(
    await rejection(alice.setLocalDescription({ type: "rollback" })),
    "InvalidStateError",
  );
  assertEquals(
    await rejection(alice.addIceCandidate({ candidate: "", sdpMid: "0" })),
    "InvalidStateError",
  );
  const offer = await alice.createOffer();
  assertEquals(
    await rejection(alice.setRemoteDescription({ type: "answer", sdp: offer.sdp! })),
    "InvalidStateError",
  );
  alice.close();
  assertEquals(await rejection(alice.createOffer()), "InvalidStateError");
  assertEquals(await rejection(alice.setLocalDescription()), "InvalidStateError");
  assertThrows(() => alice.createDataChannel("y"), DOMException);
  assertThrows(() => alice.setConfiguration({}), DOMException);
  await pair.close();
});

Deno.test("a description that was changed after its creation is an InvalidModificationError", async () => {
  const pair = new Pair();
  pair.alice.createDataChannel("x");
  const offer = await pair.alice.createOffer();
  const changed = { ...offer, sdp: offer.sdp!.replace("a=mid:0", "a=mid:1") };
  assertEquals(
    await rejection(pair.alice.setLocalDescription(changed)),
    "InvalidModificationError",
  );
  assertEquals(pair.alice.signalingState, "stable");
  await pair.close();
});

Deno.test("header extensions can be written into a description of ours, and are negotiated and kept", async () => {
  const pair = new Pair();
  const { receiver } = pair.alice.addTransceiver("audio");
  const uri = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
  const { sdp } = await pair.alice.createOffer();
  const edited = (
    id: number,
  ) => ({ type: "offer", sdp: `${sdp}a=extmap:${id} ${uri}\r\n` } as const);
  // One number for two things (RFC 9143 section 12).
  assertEquals(await rejection(pair.alice.setLocalDescription(edited(1))), "InvalidAccessError");
  await pair.alice.setLocalDescription(edited(14));
  assertEquals(pair.alice.localDescription!.sdp.includes(`a=extmap:14 ${uri}\r\n`), true);
  await pair.bob.setRemoteDescription(pair.alice.localDescription!);
  await pair.bob.setLocalDescription();
  await pair.alice.setRemoteDescription(pair.bob.localDescription!);
  const found = receiver.getParameters().headerExtensions.find((each) => each.uri === uri);
  assertEquals(found?.id, 14);
  pair.alice.addTransceiver("video");
  const later = await pair.alice.createOffer();
  const uses = later.sdp!.match(/a=extmap:14 .*/g)!;
  assertEquals(new Set(uses), new Set([`a=extmap:14 ${uri}`]), "nothing else takes the number");
  await pair.close();
});

Deno.test("what a description says of audio and video may be changed after its creation, as browsers let it", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  alice.addTransceiver("video");
  alice.addTransceiver("audio");
  const { sdp } = await alice.createOffer();
  await alice.setLocalDescription({
    type: "offer",
    // Other line ends, as of text that was typed in.
    sdp: sdp!.replace(/^m=video .*$/m, (line) => line.split(" ").slice(0, 5).join(" "))
      .replace("a=msid-semantic: WMS", "a=msid-semantic:  WMS")
      .replace("useinbandfec=1", "useinbandfec=1;stereo=1"),
  });
  const [video, audio] = alice.localDescription!.sdp.split(/^m=/m).slice(1);
  assertEquals(video!.split("\r\n")[0]!.split(" ").length, 5);
  assertMatch(audio!, /stereo=1/);
  await bob.setRemoteDescription(alice.localDescription!);
  const answer = await bob.createAnswer();
  const changed = answer.sdp!.replace("useinbandfec=1", "useinbandfec=1;usedtx=1");
  await bob.setLocalDescription({ type: "answer", sdp: changed });
  assertMatch(bob.localDescription!.sdp, /usedtx=1/);
  await alice.setRemoteDescription(bob.localDescription!);
  await pair.until(() => alice.connectionState === "connected");
  const { codecs } = alice.getTransceivers()[1]!.sender.getParameters();
  assert(codecs.some(({ sdpFmtpLine }) => sdpFmtpLine?.includes("usedtx=1")));
  assertEquals(alice.getTransceivers()[0]!.receiver.getParameters().codecs.length, 2);
  await pair.negotiate("bob");
  await pair.close();
});

Deno.test("a syntax error names its line", async () => {
  const pair = new Pair();
  const error = await pair.alice.setRemoteDescription({
    type: "offer",
    sdp: "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nbogus\r\n",
  })
    .catch((error) => error);
  assert(error instanceof RTCError);
  assertEquals([error.name, error.errorDetail, error.sdpLineNumber], [
    "OperationError",
    "sdp-syntax-error",
    4,
  ]);
  await pair.close();
});

Deno.test("rollback undoes an offer of either side, and its transport", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  alice.createDataChannel("x");
  await alice.setLocalDescription();
  await bob.setRemoteDescription(alice.localDescription!);
  await bob.setRemoteDescription({ type: "rollback" });
  await alice.setLocalDescription({ type: "rollback" });
  for (const pc of [alice, bob]) {
    assertEquals([pc.signalingState, pc.localDescription, pc.remoteDescription, pc.sctp], [
      "stable",
      null,
      null,
      null,
    ]);
  }
  const { a } = await pair.open("after the rollback");
  assertEquals(a.readyState, "open");
  await pair.close();
});

Deno.test("the side that a pending offer is of rolls it back (RFC 9429 section 4.1.10.2)", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  alice.createDataChannel("x");
  await alice.setLocalDescription();
  await bob.setRemoteDescription(alice.localDescription!);
  const rollback = { type: "rollback" } as const;
  assertEquals(await rejection(alice.setRemoteDescription(rollback)), "InvalidStateError");
  assertEquals(await rejection(bob.setLocalDescription(rollback)), "InvalidStateError");
  assertEquals([alice.signalingState, bob.signalingState], [
    "have-local-offer",
    "have-remote-offer",
  ]);
  await pair.close();
});

Deno.test("the state is looked at before the contents of a local description (RFC 9429 section 5.5)", async () => {
  const pair = new Pair();
  const { alice } = pair;
  alice.createDataChannel("x");
  const { sdp } = await alice.createOffer();
  for (const type of ["answer", "pranswer"] as const) {
    assertEquals(
      await rejection(alice.setLocalDescription({ type, sdp: sdp! })),
      "InvalidStateError",
    );
  }
  await pair.close();
});

Deno.test("setLocalDescription without a description uses what was created last, if that still holds", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  const outdated = await alice.createOffer();
  alice.createDataChannel("x");
  await alice.setLocalDescription();
  assert(alice.localDescription!.sdp !== outdated.sdp);
  assert(alice.localDescription!.sdp.includes("m=application"));
  await alice.setLocalDescription({ type: "rollback" });
  const offer = await alice.createOffer();
  await alice.setLocalDescription();
  assertEquals(alice.localDescription!.sdp, offer.sdp);
  await bob.setRemoteDescription(offer);
  const answer = await bob.createAnswer();
  await bob.setLocalDescription();
  assertEquals(bob.localDescription!.sdp, answer.sdp);
  await pair.close();
});

Deno.test("what was created last can still be set after the rollback of something else", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  alice.createDataChannel("x");
  bob.createDataChannel("y");
  const mine = await alice.createOffer();
  const theirs = await bob.createOffer();
  await alice.setRemoteDescription(theirs);
  const answer = await alice.createAnswer();
  await alice.setRemoteDescription({ type: "rollback" });
  await alice.setRemoteDescription(theirs);
  await alice.setRemoteDescription({ type: "rollback" });
  await alice.setLocalDescription(mine as { type: "offer" });
  await alice.setLocalDescription({ type: "rollback" });
  await alice.setRemoteDescription(theirs);
  await alice.setLocalDescription(answer as { type: "answer" });
  assertEquals(alice.currentLocalDescription!.sdp, answer.sdp);
  await bob.setLocalDescription(theirs as { type: "offer" });
  await bob.setRemoteDescription(alice.localDescription!);
  await pair.until(() => bob.connectionState === "connected");
  await pair.close();
});

Deno.test("a change of how candidates are gathered makes the next offer restart ICE (RFC 9429 section 3.5.1)", async () => {
  const pair = new Pair();
  await pair.open();
  const { alice, bob } = pair;
  const needed = record(alice, "negotiationneeded");
  const ufrag = ({ sdp }: { sdp?: string }) => /a=ice-ufrag:(.*)/.exec(sdp!)![1];
  const first = ufrag(alice.localDescription!);
  alice.setConfiguration(alice.getConfiguration());
  assertEquals(ufrag(await alice.createOffer()), first, "nothing has changed");
  const answered = ufrag(bob.localDescription!);
  bob.setConfiguration({ iceTransportPolicy: "relay" });
  await pair.negotiate("alice");
  assertEquals(ufrag(bob.localDescription!), answered, "an answer restarts nothing by itself");
  alice.setConfiguration({ iceServers: [{ urls: "stun:203.0.113.9" }] });
  await alice.setLocalDescription();
  const second = ufrag(alice.localDescription!);
  assert(second !== first);
  await alice.setLocalDescription({ type: "rollback" });
  const again = await alice.createOffer();
  assert(ufrag(again) !== first, "the need outlives a rollback");
  await pair.negotiate("alice");
  const third = ufrag(alice.localDescription!);
  await pair.negotiate("alice");
  assertEquals(ufrag(alice.localDescription!), third, "one restart is enough");
  assertEquals(needed, []);
  await pair.close();
});

Deno.test("createOffer with iceRestart restarts ICE with that offer, and without it not at all (RFC 9429 section 5.2.3.1)", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  await pair.open();
  const ufrag = ({ sdp }: { sdp?: string }) => /a=ice-ufrag:(\S+)/.exec(sdp!)![1];
  const first = ufrag(alice.localDescription!);
  const restarting = await alice.createOffer({ iceRestart: true });
  assert(ufrag(restarting) !== first);
  assertEquals(ufrag(await alice.createOffer()), first);
  const fired = record(alice, "negotiationneeded");
  await pair.negotiate("bob");
  await pair.advance(1000);
  assertEquals([ufrag(alice.localDescription!), fired], [first, []]);

  const again = await alice.createOffer({ iceRestart: true });
  await alice.setLocalDescription();
  assertEquals(ufrag(alice.localDescription!), ufrag(again)); // what was created last still holds
  await alice.setLocalDescription({ type: "rollback" });
  assertEquals(ufrag(await alice.createOffer()), first);

  alice.restartIce(); // in contrast, this lasts until it was negotiated
  assert(ufrag(await alice.createOffer({ iceRestart: false })) !== first);
  await pair.negotiate("alice");
  assert(ufrag(alice.localDescription!) !== first);
  await pair.until(() =>
    alice.iceConnectionState === "completed" || bob.iceConnectionState === "connected"
  );
  await pair.close();
});

Deno.test("a description has the fingerprint of each certificate (RFC 9429 section 5.2.1)", async () => {
  const parameters = { name: "ECDSA", namedCurve: "P-256" };
  const certificates = [
    await RTCPeerConnection.generateCertificate(parameters),
    await RTCPeerConnection.generateCertificate(parameters),
  ];
  const pair = new Pair({ configuration: { certificates } });
  pair.alice.createDataChannel("x");
  const { sdp } = await pair.alice.createOffer();
  const offered = [...sdp!.matchAll(/^a=fingerprint:sha-256 (.*)\r$/gm)].map(([, value]) => value);
  assertEquals(
    offered,
    certificates.map((certificate) => certificate.getFingerprints()[0]!.value!.toUpperCase()),
  );
  assertEquals((await pair.open()).a.readyState, "open");
  await pair.close();
});

Deno.test("perfect negotiation: offers that collide resolve by an implicit rollback of the polite side", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  alice.createDataChannel("from alice");
  bob.createDataChannel("from bob");
  await Promise.all([alice.setLocalDescription(), bob.setLocalDescription()]);
  await bob.setRemoteDescription(alice.localDescription!);
  assertEquals(bob.signalingState, "have-remote-offer");
  await bob.setLocalDescription();
  const seen: string[] = [];
  for (const pc of [alice, bob]) pc.ondatachannel = ({ channel }) => void seen.push(channel.label);
  await alice.setRemoteDescription(bob.localDescription!);
  await pair.until(() => seen.length === 2);
  assertEquals(seen.sort(), ["from alice", "from bob"]);
  await pair.close();
});

Deno.test("a provisional answer settles the transport, and a final one follows", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  const channel = alice.createDataChannel("x");
  await alice.setLocalDescription();
  await bob.setRemoteDescription(alice.localDescription!);
  const { sdp } = await bob.createAnswer();
  await bob.setLocalDescription({ type: "pranswer", sdp: sdp! });
  assertEquals(bob.signalingState, "have-local-pranswer");
  await alice.setRemoteDescription({ type: "pranswer", sdp: sdp! });
  assertEquals(alice.signalingState, "have-remote-pranswer");
  await pair.until(() => channel.readyState === "open");
  await bob.setLocalDescription();
  await alice.setRemoteDescription(bob.localDescription!);
  assertEquals([alice.signalingState, bob.signalingState], ["stable", "stable"]);
  await pair.close();
});

Deno.test("negotiationneeded fires once for the first channel, and not for the next", async () => {
  const pair = new Pair();
  const { alice } = pair;
  const events = record(alice, "negotiationneeded");
  alice.createDataChannel("one");
  alice.createDataChannel("two");
  await pair.advance(10);
  assertEquals(events.length, 1);
  await pair.negotiate();
  alice.createDataChannel("three");
  await pair.advance(10);
  assertEquals(events.length, 1);
  alice.restartIce();
  await pair.advance(10);
  assertEquals(events.length, 2);
  await pair.close();
});

Deno.test("operations are chained: a later one waits for those before it", async () => {
  const pair = new Pair();
  const { alice } = pair;
  alice.createDataChannel("x");
  const order: string[] = [];
  await Promise.all([
    alice.createOffer().then(() => order.push("createOffer")),
    alice.setLocalDescription().then(() => order.push("setLocalDescription")),
    alice.setLocalDescription({ type: "rollback" }).then(() => order.push("rollback")),
    alice.createAnswer().catch(() => order.push("createAnswer")),
  ]);
  assertEquals(order, ["createOffer", "setLocalDescription", "rollback", "createAnswer"]);
  await pair.close();
});

Deno.test("an offer of audio, video and data is answered section by section", async () => {
  const pair = new Pair();
  const sdp = Deno.readTextFileSync(
    new URL("../vectors/browsers/chromium-av-offer.sdp", import.meta.url),
  );
  await pair.bob.setRemoteDescription({ type: "offer", sdp: sdp.replaceAll(/\r?\n/g, "\r\n") });
  await pair.bob.setLocalDescription();
  const media = pair.bob.localDescription!.sdp.split("\r\n").filter((line) =>
    line.startsWith("m=")
  );
  const offered = sdp.split(/\r?\n/).filter((line) => line.startsWith("m="));
  assertEquals(media.length, offered.length);
  for (const [i, line] of media.entries()) {
    const [kind, port] = line.split(" ");
    assertEquals(kind, offered[i]!.split(" ")[0]);
    assert(port !== "0", line);
  }
  await pair.close();
});

Deno.test("a transport of any kind of section that can't be used is an InvalidAccessError", async () => {
  const pair = new Pair();
  const video = (...lines: string[]) =>
    [
      "v=0",
      "o=- 1 1 IN IP4 0.0.0.0",
      "s=-",
      "t=0 0",
      "m=video 9 UDP/TLS/RTP/SAVPF 96",
      "c=IN IP4 0.0.0.0",
      "a=mid:0",
      ...lines,
      "",
    ].join("\r\n");
  const usable = {
    mux: "a=rtcp-mux",
    ufrag: "a=ice-ufrag:abcd",
    pwd: "a=ice-pwd:0123456789abcdef01234567",
    fingerprint: `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`,
  };
  const without = (name: keyof typeof usable) =>
    video(...Object.entries(usable).filter(([key]) => key !== name).map(([, line]) => line));
  for (
    const sdp of [
      without("mux"),
      without("ufrag"),
      without("pwd"),
      without("fingerprint"),
      video(...Object.values({ ...usable, ufrag: "a=ice-ufrag:a$cd" })),
      video(...Object.values({ ...usable, pwd: "a=ice-pwd:0123456789abcdef0123456$" })),
    ]
  ) {
    const rejected = pair.alice.setRemoteDescription({ type: "offer", sdp });
    assertEquals(await rejection(rejected), "InvalidAccessError");
    assertEquals(pair.alice.signalingState, "stable");
  }
  const sdp = video(...Object.values(usable));
  await pair.alice.setRemoteDescription({ type: "offer", sdp });
  await pair.close();
});

Deno.test("addIceCandidate checks where a candidate belongs", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  alice.createDataChannel("x");
  await alice.setLocalDescription();
  await bob.setRemoteDescription(alice.localDescription!);
  const candidate = "candidate:1 1 udp 2122260223 198.51.100.9 5000 typ host";
  assertEquals(await rejection(bob.addIceCandidate({ candidate })), "TypeError");
  assertEquals(await rejection(bob.addIceCandidate({ candidate, sdpMid: "7" })), "OperationError");
  assertEquals(
    await rejection(bob.addIceCandidate({ candidate, sdpMLineIndex: 3 })),
    "OperationError",
  );
  assertEquals(
    await rejection(bob.addIceCandidate({ candidate, sdpMid: "0", usernameFragment: "nope" })),
    "OperationError",
  );
  assertEquals(
    await rejection(bob.addIceCandidate({ candidate: "candidate:nonsense", sdpMid: "0" })),
    "OperationError",
  );
  await bob.addIceCandidate({ candidate, sdpMid: "0" });
  assert(
    bob.remoteDescription!.sdp.includes(
      "a=candidate:1 1 udp 2122260223 198.51.100.9 5000 typ host",
    ),
  );
  await bob.addIceCandidate({ candidate: "", sdpMid: "0" });
  await bob.addIceCandidate(null);
  await bob.addIceCandidate();
  await pair.close();
});

Deno.test("createDataChannel refuses contradictions (W3C WebRTC section 6.1)", () => {
  const pc = new RTCPeerConnection();
  const create = pc.createDataChannel.bind(pc);
  assertThrows(() => (create as unknown as () => void)(), TypeError);
  assertThrows(() => create("x", { maxRetransmits: 1, maxPacketLifeTime: 1 }), TypeError);
  assertThrows(() => create("x", { negotiated: true }), TypeError);
  assertThrows(() => create("x", { negotiated: true, id: 65535 }), TypeError);
  assertThrows(() => create("x", { maxRetransmits: 65536 }), TypeError);
  assertThrows(() => create("x".repeat(65536)), TypeError);
  assertThrows(() => create("ü".repeat(32768)), TypeError);
  assertThrows(() => create("x", { protocol: "x".repeat(65536) }), TypeError);
  create("x", { negotiated: true, id: 3 });
  assertEquals(
    assertThrows(() => create("x", { negotiated: true, id: 3 }), DOMException).name,
    "OperationError",
  );
  assertEquals(create("ignored id", { id: 7 }).id, null);
  pc.close();
});

const BAD_SERVERS: [object, string][] = [
  [{ urls: [] }, "SyntaxError"],
  [{ urls: "http:host" }, "SyntaxError"],
  [{ urls: "stun://host" }, "SyntaxError"],
  [{ urls: "stun:host?transport=udp" }, "SyntaxError"],
  [{ urls: "stun:user@host" }, "SyntaxError"],
  [{ urls: "stun:host#x" }, "SyntaxError"],
  [{ urls: "turn:host?transport=sctp", username: "u", credential: "c" }, "SyntaxError"],
  [{ urls: "turn:host?", username: "u", credential: "c" }, "SyntaxError"],
  [{ urls: ["stun:host", "turn:host:65536"], username: "u", credential: "c" }, "SyntaxError"],
  [{ urls: "turn:host", username: "x".repeat(509), credential: "c" }, "InvalidAccessError"],
  [{ urls: "stun:" }, "SyntaxError"],
  [{ urls: "turn:host" }, "InvalidAccessError"],
  [{ urls: "turns:host", username: "u" }, "InvalidAccessError"],
];

for (const [server, name] of BAD_SERVERS) {
  Deno.test(`the ICE server ${JSON.stringify(server)} is a ${name}`, () => {
    const error = assertThrows(
      () => new RTCPeerConnection({ iceServers: [server as { urls: string }] }),
      DOMException,
    );
    assertEquals(error.name, name);
  });
}

Deno.test("of several faults of a configuration, the first is told in the order of W3C WebRTC section 4.4.1.6", () => {
  const bad = { iceServers: [{ urls: "nothing:" }] };
  const pc = new RTCPeerConnection();
  const set = (configuration: object) => () => pc.setConfiguration(configuration);
  const nameOf = (run: () => void) => assertThrows(run, DOMException).name;
  assertEquals(nameOf(set({ ...bad, bundlePolicy: "max-compat" })), "InvalidModificationError");
  assertEquals(nameOf(set(bad)), "SyntaxError");
  assertThrows(set({ ...bad, iceTransportPolicy: "none" }), TypeError);
  pc.close();
  assertEquals(nameOf(set({ ...bad, bundlePolicy: "max-compat" })), "InvalidStateError");
  assertThrows(set({ iceTransportPolicy: "none" }), TypeError);
});

Deno.test("a configuration is given back as a copy, and changes where it may", () => {
  const iceServers = [{
    urls: ["stun:host", "turn:host:443?transport=tcp"],
    username: "u",
    credential: "c",
  }];
  const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
  assertEquals(pc.getConfiguration().iceServers, iceServers);
  pc.setConfiguration({ bundlePolicy: "max-bundle", iceServers: [{ urls: "stun:host" }] });
  assertEquals(pc.getConfiguration().iceServers, [{ urls: ["stun:host"] }]);
  pc.setConfiguration({ bundlePolicy: "max-bundle" });
  assertEquals(pc.getConfiguration().iceServers, []);
  const error = assertThrows(() => pc.setConfiguration({ bundlePolicy: "balanced" }), DOMException);
  assertEquals(error.name, "InvalidModificationError");
  assertThrows(() => pc.setConfiguration({ iceCandidatePoolSize: 256 }), TypeError);
  assertThrows(() => new RTCPeerConnection({ rtcpMuxPolicy: "negotiate" as "require" }), TypeError);
  pc.close();
});
