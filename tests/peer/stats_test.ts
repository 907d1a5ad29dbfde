import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import type {
  RTCCertificateStats,
  RTCDataChannel,
  RTCIceCandidatePairStats,
  RTCIceCandidateStats,
  RTCStatsReport,
} from "../../mod.ts";
import { RTCPeerConnection } from "../../mod.ts";
import { stunResponder } from "../net/mod.ts";
import { collect, Pair } from "./pair.ts";
import { all, both, connected, one } from "./stats_reports.ts";
import { MediaSource } from "../../media/media_source.ts";
import { createTrack } from "../../media/media_stream_track.ts";

Deno.test("a new connection tells only of itself", async () => {
  const pc = new RTCPeerConnection();
  const before = performance.timeOrigin + performance.now();
  const report = await pc.getStats();
  const after = performance.timeOrigin + performance.now();
  assertEquals(report.size, 1);
  const { id, timestamp, ...rest } = one(report, "peer-connection");
  assertEquals(rest, { type: "peer-connection", dataChannelsOpened: 0, dataChannelsClosed: 0 });
  assert(before <= timestamp && timestamp <= after);
  assertStrictEquals(report.get(id)!.id, id);
  pc.close();
});

Deno.test("W3C WebRTC section 8.2: the promise is resolved in a task of its own", async () => {
  const pc = new RTCPeerConnection();
  let resolved = false;
  const done = pc.getStats(null).then(() => resolved = true);
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  assertEquals(resolved, false);
  await done;
  pc.close();
});

Deno.test("W3C WebRTC section 8.2: a selector that is no track is a TypeError, a track of nobody's an InvalidAccessError", async () => {
  const pc = new RTCPeerConnection();
  for (const wrong of [{}, pc, "track", 1]) {
    await assertRejects(() => pc.getStats(wrong as never), TypeError);
  }
  const track = createTrack(new MediaSource({ kind: "audio" }));
  const error = await assertRejects(() => pc.getStats(track), DOMException);
  assertEquals(error.name, "InvalidAccessError");
  assertGreater((await pc.getStats(undefined)).size, 0);
  await assertRejects(() => RTCPeerConnection.prototype.getStats.call({} as never), TypeError);
  pc.close();
});

Deno.test("before the other side has answered, a transport tells what this end has decided", async () => {
  const pair = new Pair();
  pair.alice.createDataChannel("x");
  await pair.alice.setLocalDescription();
  const report = await pair.alice.getStats();
  const transport = one(report, "transport");
  assertMatch(
    pair.alice.localDescription!.sdp,
    new RegExp(`a=ice-ufrag:${transport.iceLocalUsernameFragment}\r\n`.replaceAll("+", "\\+")),
  );
  assertEquals(transport.iceRole, "controlling");
  assertEquals([transport.iceState, transport.dtlsState, transport.dtlsRole], [
    "new",
    "new",
    "unknown",
  ]);
  assertEquals([transport.bytesSent, transport.selectedCandidatePairChanges], [0, 0]);
  assertEquals(transport.localCertificateId, one(report, "certificate").id);
  const unknown = [
    "selectedCandidatePairId",
    "remoteCertificateId",
    "tlsVersion",
    "dtlsCipher",
    "srtpCipher",
  ];
  for (const member of unknown) assert(!(member in transport), member);
  assertEquals(all(report, "data-channel").map(({ state }) => state), ["connecting"]);
  assert(!("dataChannelIdentifier" in one(report, "data-channel")));
  await pair.close();
});

Deno.test("both ends of a channel agree on its messages and bytes", async () => {
  const pair = new Pair();
  const { a, b } = await connected(pair);
  const atAlice = collect(a), atBob = collect(b);
  a.send("grüße");
  a.send(new Uint8Array(100_000));
  a.send("");
  a.send(new Blob(["blob"]));
  b.send("back");
  await pair.until(() => atBob.length === 4 && atAlice.length === 1);
  const [alice, bob] = await both(pair);
  const { id: _, timestamp: __, ...mine } = one(alice, "data-channel");
  const { id: ___, timestamp: ____, ...theirs } = one(bob, "data-channel");
  const shared = {
    type: "data-channel" as const,
    label: "chat",
    protocol: "p",
    dataChannelIdentifier: a.id!,
    state: "open" as const,
  };
  const [aToB, bToA] = [7 + 100_000 + 0 + 4, 4];
  assertEquals(mine, {
    ...shared,
    messagesSent: 4,
    bytesSent: aToB,
    messagesReceived: 1,
    bytesReceived: bToA,
  });
  assertEquals(theirs, {
    ...shared,
    messagesSent: 1,
    bytesSent: bToA,
    messagesReceived: 4,
    bytesReceived: aToB,
  });
  await pair.close();
});

Deno.test("both ends of a transport agree on what it carried, on DTLS, and on each other's certificate", async () => {
  const pair = new Pair();
  const { a, b } = await connected(pair);
  const atBob = collect(b);
  a.send(new Uint8Array(50_000));
  await pair.until(() => atBob.length === 1);
  await pair.advance(1000); // for what is on its way
  const [alice, bob] = await both(pair);
  const [mine, theirs] = [one(alice, "transport"), one(bob, "transport")];
  assertGreater(mine.bytesSent, 50_000);
  assertEquals([mine.packetsSent, mine.bytesSent], [theirs.packetsReceived, theirs.bytesReceived]);
  assertEquals([theirs.packetsSent, theirs.bytesSent], [mine.packetsReceived, mine.bytesReceived]);
  assertEquals([mine.iceRole, theirs.iceRole], ["controlling", "controlled"]);
  assertEquals([mine.dtlsRole, theirs.dtlsRole].sort(), ["client", "server"]);
  for (const transport of [mine, theirs]) {
    assertEquals([transport.dtlsState, transport.tlsVersion], ["connected", "FEFD"]);
    assertMatch(transport.dtlsCipher!, /^TLS_ECDHE_ECDSA_WITH_/);
    assertEquals(transport.srtpCipher, "SRTP_AEAD_AES_128_GCM"); // which both prefer (RFC 7714 section 14.2)
    assertEquals(transport.selectedCandidatePairChanges, 1);
  }
  assertEquals(mine.dtlsCipher, theirs.dtlsCipher);
  assertEquals(mine.iceState, pair.alice.sctp!.transport.iceTransport.state);
  const certificate = (report: RTCStatsReport, id: string): RTCCertificateStats => report.get(id)!;
  const { fingerprint, fingerprintAlgorithm, base64Certificate } = certificate(
    alice,
    mine.remoteCertificateId!,
  );
  const own = certificate(bob, theirs.localCertificateId);
  assertEquals([fingerprint, base64Certificate], [own.fingerprint, own.base64Certificate]);
  assert(
    pair.bob.localDescription!.sdp.includes(`a=fingerprint:${fingerprintAlgorithm} ${fingerprint}`),
  );
  const [der] = pair.alice.sctp!.transport.getRemoteCertificates();
  assertEquals(base64Certificate, new Uint8Array(der!).toBase64());
  assert(!("issuerCertificateId" in own));
  await pair.close();
});

Deno.test("the selected pair refers to the candidates that were signalled, and counts what went over it", async () => {
  const pair = new Pair();
  const { a, b } = await connected(pair);
  const atBob = collect(b);
  a.send("hello");
  await pair.until(() => atBob.length === 1);
  await pair.advance(15_000); // a few rounds of consent
  const [alice, bob] = await both(pair);
  const transport = one(alice, "transport");
  const selected: RTCIceCandidatePairStats = alice.get(transport.selectedCandidatePairId!);
  assertEquals([selected.state, selected.nominated], ["succeeded", true]);
  assertEquals(selected.transportId, transport.id);
  assertEquals([selected.bytesSent, selected.bytesReceived], [
    transport.bytesSent,
    transport.bytesReceived,
  ]);
  assertGreater(selected.consentRequestsSent, 1);
  assertGreater(selected.requestsSent, selected.consentRequestsSent);
  assertEquals(selected.responsesReceived, selected.requestsSent);
  const atOther: RTCIceCandidatePairStats = bob.get(
    one(bob, "transport").selectedCandidatePairId!,
  );
  assertEquals([selected.responsesSent, selected.requestsReceived], [
    atOther.responsesReceived,
    atOther.requestsSent,
  ]);
  assertGreater(selected.currentRoundTripTime!, 0);
  assert(selected.currentRoundTripTime! < 1, "in seconds");
  assertGreaterOrEqual(selected.totalRoundTripTime, selected.currentRoundTripTime!);
  assert(selected.totalRoundTripTime / selected.responsesReceived < 1, "in seconds");
  const local: RTCIceCandidateStats = alice.get(selected.localCandidateId);
  const remote: RTCIceCandidateStats = alice.get(selected.remoteCandidateId);
  const [known] = pair.alice.sctp!.transport.iceTransport.getLocalCandidates();
  assertEquals([local.type, local.address, local.port, local.candidateType, local.protocol], [
    "local-candidate",
    "198.51.100.1",
    known!.port!,
    "host",
    "udp",
  ]);
  assertEquals([local.foundation, local.priority, local.usernameFragment], [
    known!.foundation!,
    known!.priority!,
    transport.iceLocalUsernameFragment,
  ]);
  assertEquals([remote.type, remote.address], ["remote-candidate", "198.51.100.2"]);
  assertEquals(remote.usernameFragment, one(bob, "transport").iceLocalUsernameFragment);
  await pair.close();
});

Deno.test("every reference of a report leads to an object in it, and no member is undefined", async () => {
  const pair = new Pair();
  await connected(pair);
  for (const report of await both(pair)) {
    for (const [id, stats] of report) {
      assertEquals(stats.id, id);
      for (const [member, value] of Object.entries(stats)) {
        assertNotEquals(value, undefined, member);
        if (member.endsWith("Id")) assert(report.has(value as string), `${stats.type}.${member}`);
      }
    }
  }
  await pair.close();
});

Deno.test("ids stay and counters never fall, an ICE restart included", async () => {
  const pair = new Pair();
  const { a, b } = await connected(pair);
  const atBob = collect(b);
  let before = await pair.alice.getStats();
  for (let round = 1; round <= 4; round++) {
    a.send(new Uint8Array(1000));
    await pair.until(() => atBob.length === round);
    if (round === 3) {
      pair.alice.restartIce();
      await pair.negotiate();
      await pair.advance(5000);
    }
    const now = await pair.alice.getStats();
    for (const type of ["peer-connection", "transport", "data-channel"] as const) {
      const [earlier, later] = [one(before, type), one(now, type)];
      assertEquals(later.id, earlier.id, type);
      assertGreaterOrEqual(later.timestamp, earlier.timestamp);
      for (const [member, value] of Object.entries(earlier)) {
        if (typeof value !== "number") continue;
        const next = (later as unknown as Record<string, number>)[member]!;
        assertGreaterOrEqual(next, value, `${type}.${member}`);
      }
    }
    assertGreaterOrEqual(
      one(now, "transport").bytesSent,
      one(before, "transport").bytesSent + 1000,
    );
    assertEquals(
      all(now, "certificate").map(({ id }) => id),
      all(before, "certificate").map(({ id }) => id),
    );
    const pairs = [before, now].map((report) => one(report, "transport").selectedCandidatePairId);
    assertEquals(pairs[0] === pairs[1], round !== 3);
    before = now;
  }
  assertEquals(one(before, "transport").selectedCandidatePairChanges, 2);
  await pair.close();
});

Deno.test("while an ICE restart is under way, the pair of the session before it is still there", async () => {
  const pair = new Pair();
  await connected(pair);
  const before = one(await pair.alice.getStats(), "transport");
  pair.alice.restartIce();
  await pair.alice.setLocalDescription();
  const report = await pair.alice.getStats();
  const transport = one(report, "transport");
  assertNotEquals(transport.iceLocalUsernameFragment, before.iceLocalUsernameFragment);
  assertEquals(transport.selectedCandidatePairId, before.selectedCandidatePairId);
  const selected = one(report, "candidate-pair");
  assertEquals(selected.id, transport.selectedCandidatePairId);
  const local: RTCIceCandidateStats = report.get(selected.localCandidateId);
  assertEquals(local.usernameFragment, before.iceLocalUsernameFragment);
  assertEquals(report.get(selected.remoteCandidateId).address, "198.51.100.2");
  await pair.close();
});

Deno.test("webrtc-stats section 8.19: a pair tells when data last went over it, and what media may use of it", async () => {
  const pair = new Pair();
  const { a } = await connected(pair);
  const ages = async (pc: RTCPeerConnection) => {
    const { timestamp, ...stats } = one(await pc.getStats(), "candidate-pair");
    return [stats.lastPacketSentTimestamp!, stats.lastPacketReceivedTimestamp!]
      .map((at) => Math.round(timestamp - at));
  };
  await pair.advance(1000);
  const [silence] = await ages(pair.alice);
  assert(silence! > 500, `${silence}`);
  a.send("x");
  await pair.advance(100);
  const [sentBefore] = await ages(pair.alice);
  const [, cameBefore] = await ages(pair.bob);
  assert(sentBefore! <= 100 && cameBefore! <= 100, `${sentBefore}, ${cameBefore}`);
  const sent = one(await pair.alice.getStats(), "candidate-pair");
  assertEquals("availableOutgoingBitrate" in sent, false, "there is no media");
  await pair.close();
});

Deno.test("W3C WebRTC section 8.4: ids can't be guessed from another connection's", async () => {
  const ids: string[] = [];
  for (let i = 0; i < 10; i++) {
    const pc = new RTCPeerConnection();
    ids.push(...(await pc.getStats()).keys());
    pc.close();
  }
  assertEquals(new Set(ids).size, 10);
});

Deno.test("channels are counted when they open and when they leave that state, from either end", async () => {
  const pair = new Pair();
  const { a } = await connected(pair);
  const second = await pair.open("second");
  const counts = async (pc: RTCPeerConnection) => {
    const stats = one(await pc.getStats(), "peer-connection");
    return [stats.dataChannelsOpened, stats.dataChannelsClosed];
  };
  assertEquals([await counts(pair.alice), await counts(pair.bob)], [[2, 0], [2, 0]]);
  a.close();
  assertEquals(await counts(pair.alice), [2, 1]);
  second.b.close();
  await pair.until(() => a.readyState === "closed" && second.a.readyState === "closed");
  await pair.advance(100);
  assertEquals([await counts(pair.alice), await counts(pair.bob)], [[2, 2], [2, 2]]);
  const unopened = pair.alice.createDataChannel("never open");
  unopened.close();
  await pair.advance(100);
  assertEquals(await counts(pair.alice), [2, 2]);
  const states = all(await pair.alice.getStats(), "data-channel").map(({ state }) => state);
  assertEquals(states, ["closed", "closed", "closed"]);
  await pair.close();
});

Deno.test("a peer that opens and closes channels for ever does not fill the reports", async () => {
  const pair = new Pair();
  await connected(pair);
  const opened: RTCDataChannel[] = [];
  for (let round = 0; round < 5; round++) {
    const channels = Array.from({ length: 20 }, (_, i) => pair.bob.createDataChannel(`${i}`));
    opened.push(...channels);
    await pair.until(() => channels.every(({ readyState }) => readyState === "open"));
    for (const channel of channels) channel.close();
    await pair.until(() => channels.every(({ readyState }) => readyState === "closed"));
  }
  await pair.advance(1000);
  const report = await pair.alice.getStats();
  assertEquals(one(report, "peer-connection").dataChannelsOpened, 1 + opened.length);
  const states = all(report, "data-channel").map(({ state }) => state);
  assertEquals(states.filter((state) => state === "open").length, 1);
  assertEquals(states.length, 1 + 64);
  await pair.close();
});

Deno.test("a closed connection still tells its last values", async () => {
  const pair = new Pair();
  const { a, b } = await connected(pair);
  const atBob = collect(b);
  a.send("last words");
  await pair.until(() => atBob.length === 1);
  const before = await pair.alice.getStats();
  await pair.close();
  const after = await pair.alice.getStats();
  assertEquals(one(after, "data-channel").bytesSent, 10);
  assertEquals(one(after, "data-channel").state, "closed");
  assertEquals(one(after, "peer-connection").dataChannelsClosed, 1);
  const [earlier, later] = [one(before, "transport"), one(after, "transport")];
  assertEquals([later.iceState, later.dtlsState], ["closed", "closed"]);
  assertEquals(later.selectedCandidatePairId, earlier.selectedCandidatePairId);
  assertEquals(later.remoteCertificateId, earlier.remoteCertificateId);
  assertGreaterOrEqual(later.bytesSent, earlier.bytesSent);
  assertEquals([...after.keys()], [...before.keys()]);
});

Deno.test("a server-reflexive candidate has its server's URL and its base", async () => {
  const server = "203.0.113.10";
  const pair = new Pair({
    configuration: { iceServers: [{ urls: `stun:${server}` }] },
    hosts: (net) => ({
      alice: net.nat("full-cone", { outside: "203.0.113.1" }).host("192.168.0.2"),
      bob: net.host("198.51.100.2"),
    }),
  });
  await pair.net.server(server, 3478, stunResponder);
  await connected(pair);
  await pair.gathered(pair.alice);
  await pair.gathered(pair.bob);
  await pair.advance(1000);
  const [alice, bob] = await both(pair);
  const reflexive = all(alice, "local-candidate").find((stats) => stats.candidateType === "srflx")!;
  assertEquals([reflexive.address, reflexive.url, reflexive.relatedAddress], [
    "203.0.113.1",
    `stun:${server}`,
    "192.168.0.2",
  ]);
  for (const candidate of all(bob, "remote-candidate")) assert(!("url" in candidate));
  await pair.close();
});
