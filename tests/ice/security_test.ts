import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { nodeProvider } from "../../core/crypto/node_provider.ts";
import {
  checkIntegrity,
  ICE_CONTROLLING,
  type IceAgentOptions,
  parseStun,
  PRIORITY,
  shortTermKey,
  StunBuilder,
  UNKNOWN_ATTRIBUTES,
  USE_CANDIDATE,
  XOR_MAPPED_ADDRESS,
} from "../../ice/mod.ts";
import { udp } from "./agent_pair.ts";
import {
  errorOf,
  hostCandidate,
  LOCAL,
  REMOTE,
  REMOTE_PARAMETERS,
  ScriptedPeer,
} from "./scripted_peer.ts";

const STRANGER = udp("198.51.100.66", 6666);

/** A peer whose candidate is signalled, before any check has been answered. */
function checking(options: Partial<IceAgentOptions> = {}): ScriptedPeer {
  const peer = new ScriptedPeer(options);
  peer.signal();
  return peer;
}

Deno.test("a check is answered with the mapped address, integrity and fingerprint (RFC 8445 section 7.3)", () => {
  const peer = checking();
  const answer = peer.check();
  assertEquals(answer?.messageClass, "success");
  assertEquals(answer?.get(XOR_MAPPED_ADDRESS), { ip: "192.0.2.2", port: 5000 });
  const key = shortTermKey(peer.agent.localParameters.password);
  assertEquals(checkIntegrity(nodeProvider, answer!, key), "ok");
});

for (
  const [what, options, code, reason] of [
    ["without integrity", { password: undefined }, 400, "check without credentials"],
    ["without a username", { username: undefined }, 400, "check without credentials"],
    ["with wrong integrity", { password: "x" }, 401, "check with wrong integrity"],
    [
      "for a foreign fragment",
      { username: "zzzz:peer" },
      401,
      "check for an unknown username fragment",
    ],
    ["without a colon", { username: "zzzz" }, 401, "check for an unknown username fragment"],
  ] as const
) {
  Deno.test(`a check ${what} makes no pair and no success, but a ${code} (RFC 8489 section 9.1.3)`, () => {
    const peer = checking();
    peer.take();
    const answer = peer.check({ ...options, from: STRANGER, useCandidate: true });
    assertEquals(answer?.messageClass, "error");
    assertEquals(errorOf(answer), code);
    assertEquals(checkIntegrity(nodeProvider, answer!, new Uint8Array(1)), "absent");
    assertEquals(peer.agent.discards.of(reason), 1);
    assertEquals(peer.agent.pairs.length, 1);
    assertEquals(peer.agent.remoteCandidates.length, 1);
    peer.advance(10_000);
    assert(peer.take().every(({ datagram }) => datagram.remote.ip !== STRANGER.ip));
  });
}

Deno.test("a check from a fragment that is not the peer's makes no pair", () => {
  const peer = checking();
  const username = `${peer.agent.localParameters.usernameFragment}:other`;
  assertEquals(errorOf(peer.check({ username, from: STRANGER })), 401);
  assertEquals(peer.agent.remoteCandidates.length, 1);
});

Deno.test("a check whose fingerprint is wrong is not answered at all", () => {
  const peer = checking();
  peer.take();
  const data = peer.writeCheck();
  data[data.length - 1]! ^= 1;
  peer.deliver(data);
  assertEquals(peer.take(), []);
  assertEquals(peer.agent.discards.of("wrong fingerprint"), 1);
});

Deno.test("an unknown comprehension-required attribute is refused with 420, an optional one ignored (RFC 8489 section 6.3.1)", () => {
  const peer = checking();
  const add = (type: number) => (builder: StunBuilder) =>
    void builder.add({ ...PRIORITY, type }, 7);
  const answer = peer.check({ extra: add(0x7ffe), useCandidate: true });
  assertEquals(errorOf(answer), 420);
  assertEquals(answer?.get(UNKNOWN_ATTRIBUTES), [0x7ffe]);
  assertEquals(peer.agent.pairs[0]?.requestsReceived, 0);
  // Chromium sends 0xc057 with every check.
  assertEquals(peer.check({ extra: add(0xc057) })?.messageClass, "success");
});

Deno.test("STUN of another method, indications and stray answers are dropped", () => {
  const peer = checking();
  peer.take();
  assertEquals(peer.check({ method: 3 }), undefined);
  peer.deliver(new StunBuilder("indication", 1, new Uint8Array(12)).fingerprint().finish());
  peer.deliver(new StunBuilder("success", 1, new Uint8Array(12)).fingerprint().finish());
  peer.deliver(Uint8Array.of(0, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42, ...new Array(12).fill(0)));
  assertEquals(peer.take(), []);
  for (
    const reason of [
      "unsupported STUN method",
      "indication",
      "answer to no request",
      "malformed STUN",
    ] as const
  ) assertEquals(peer.agent.discards.of(reason), 1, reason);
});

Deno.test("an answer with wrong or no integrity never validates a pair, and the check goes on", () => {
  for (const password of ["wrong", undefined]) {
    const peer = checking();
    const [request] = peer.takeRequests();
    peer.succeed(request!, { password });
    assertEquals(peer.agent.pairs[0]?.state, "in-progress");
    peer.deliver(Uint8Array.of(20, 1, 2));
    assertEquals(peer.above, []);
    peer.succeed(request!);
    assertEquals(peer.agent.pairs[0]?.state, "succeeded");
  }
});

Deno.test("an answer with an unknown transaction ID never validates a pair", () => {
  const peer = checking();
  const [request] = peer.takeRequests();
  const id = request!.message.transactionId.slice();
  id[0]! ^= 1;
  const message = Object.assign(Object.create(request!.message), { transactionId: id });
  peer.succeed({ ...request!, message });
  assertEquals(peer.agent.pairs[0]?.state, "in-progress");
  assertEquals(peer.agent.discards.of("answer to no request"), 1);
});

Deno.test("an answer from another address fails the check (RFC 8445 section 7.2.5.2.1)", () => {
  const peer = checking();
  const [request] = peer.takeRequests();
  peer.succeed(request!, { from: STRANGER });
  assertEquals(peer.agent.pairs[0]?.state, "failed");
  assertEquals(peer.agent.discards.of("answer from another address"), 1);
});

Deno.test("nothing but STUN gets through from an address that no check has validated (ClientHello race)", () => {
  const peer = checking();
  const clientHello = Uint8Array.of(22, 0xfe, 0xfd, 0, 0);
  peer.deliver(clientHello);
  peer.deliver(clientHello, STRANGER);
  // Having sent an authenticated check is not enough: the address might be forged.
  assertEquals(peer.check()?.messageClass, "success");
  peer.deliver(clientHello);
  assertEquals(peer.above, []);
  assertEquals(peer.agent.discards.of("data from an unvalidated address"), 3);
  for (const request of peer.takeRequests()) peer.succeed(request);
  peer.deliver(clientHello);
  peer.deliver(clientHello, STRANGER);
  assertEquals(peer.above, [clientHello]);
  assertEquals(peer.agent.discards.of("data from an unvalidated address"), 4);
});

Deno.test("data before any valid pair is dropped and counted, then goes over the best valid pair", () => {
  const peer = checking();
  peer.agent.handleOutbound([Uint8Array.of(20), Uint8Array.of(21)], peer.now);
  assertEquals(peer.agent.discards.of("data without a valid pair"), 2);
  for (const request of peer.takeRequests()) peer.succeed(request);
  assertEquals(peer.agent.selectedPair, undefined);
  peer.agent.handleOutbound([Uint8Array.of(22)], peer.now);
  peer.drain();
  assertEquals(peer.data.map(({ data, remote }) => [data[0], remote.ip]), [[22, "192.0.2.2"]]);
});

Deno.test("a forged 487 changes no role; an authentic one does, with a new tie-breaker (RFC 8445 section 7.2.5.1)", () => {
  const peer = checking({ role: "controlling" });
  const [request] = peer.takeRequests();
  const tieBreaker = request!.message.get(ICE_CONTROLLING);
  for (const password of ["", "wrong"]) peer.refuse(request!, 487, password);
  assertEquals(peer.agent.role, "controlling");
  peer.refuse(request!, 487);
  assertEquals(peer.agent.role, "controlled");
  peer.advance(100);
  const [again] = peer.takeRequests();
  assertEquals(again?.message.has(ICE_CONTROLLING), false);
  assert(tieBreaker !== undefined);
  assertEquals(peer.events.filter(({ type }) => type === "role").length, 1);
});

Deno.test("role conflicts are decided by the tie-breakers, equal ones included (RFC 8445 section 7.3.1.1)", () => {
  for (const role of ["controlling", "controlled"] as const) {
    const mine = tieBreakerOf(checking({ role }));
    for (const difference of [-1n, 0n, 1n]) {
      const peer = checking({ role });
      const answer = peer.check({ role, tieBreaker: mine + difference });
      const iControl = difference <= 0n; // mine is larger or equal
      assertEquals(peer.agent.role, iControl ? "controlling" : "controlled");
      const keepsRole = iControl === (role === "controlling");
      assertEquals(errorOf(answer), keepsRole ? 487 : undefined, `${role} ${difference}`);
      assertEquals(peer.agent.pairs[0]?.requestsReceived, keepsRole ? 0 : 1);
    }
  }
});

/** The agents of this file are made from one seed, so this is the tie-breaker of each with that role. */
function tieBreakerOf(peer: ScriptedPeer): bigint {
  const { message } = peer.takeRequests()[0]!;
  const type = peer.agent.role === "controlling" ? 0x802a : 0x8029;
  return message.get({ ...ICE_CONTROLLING, type })!;
}

Deno.test("the controlling agent is not told what to select: USE-CANDIDATE is ignored", () => {
  const peer = checking({ role: "controlling" });
  peer.check({ useCandidate: true });
  const [request] = peer.takeRequests();
  peer.succeed(request!);
  assertEquals(peer.agent.selectedPair, undefined);
  peer.check({ useCandidate: true });
  assertEquals(peer.agent.selectedPair, undefined);
  const [nomination] = peer.takeRequests();
  peer.succeed(nomination!);
  assertEquals(peer.agent.selectedPair?.nominated, true);
});

Deno.test("two 487 for two checks of the same role switch it once (RFC 8445 section 7.2.5.1)", () => {
  const peer = checking({ role: "controlling" });
  const second = { ...hostCandidate(udp("192.0.2.2", 5001)), foundation: "2" };
  peer.agent.addRemoteCandidate(second, peer.now);
  peer.advance(60);
  const requests = peer.takeRequests();
  assertEquals(requests.length, 2);
  for (const request of requests) peer.refuse(request, 487);
  assertEquals(peer.agent.role, "controlled");
});

Deno.test("an early check from another fragment than the peer's turns out to be nobody's", () => {
  const peer = new ScriptedPeer();
  const username = `${peer.agent.localParameters.usernameFragment}:other`;
  assertEquals(peer.check({ username, from: STRANGER })?.messageClass, "success");
  peer.signal(false);
  assertEquals(peer.agent.remoteCandidates, []);
  assertEquals(peer.takeRequests(), []);
});

Deno.test("candidates that came before the peer's parameters count only if they are of that session", () => {
  const peer = new ScriptedPeer();
  const candidate = (port: number, usernameFragment: string) => ({
    ...hostCandidate(udp("192.0.2.2", port)),
    usernameFragment,
  });
  peer.agent.addRemoteCandidate(candidate(1, "stale"), peer.now);
  peer.agent.addRemoteCandidate(candidate(2, REMOTE_PARAMETERS.usernameFragment), peer.now);
  peer.signal(false);
  assertEquals(peer.agent.remoteCandidates.map(({ port }) => port), [2]);
  assertEquals(peer.agent.pairs.length, 1);
});

Deno.test("data behind the answer that validates its pair gets through, though both came in one batch", () => {
  const peer = checking();
  const [request] = peer.takeRequests();
  const answer = new StunBuilder("success", 1, request!.message.transactionId)
    .add(XOR_MAPPED_ADDRESS, LOCAL)
    .integrity(nodeProvider, shortTermKey(REMOTE_PARAMETERS.password)).finish();
  const batch = [answer, Uint8Array.of(22)].map((data) => ({ data, local: LOCAL, remote: REMOTE }));
  peer.agent.handleInbound(batch, peer.now);
  peer.drain();
  assertEquals(peer.above.length, 1);
});

Deno.test("a check that arrives where no base is makes neither pair nor candidate", () => {
  const peer = checking();
  peer.deliver(peer.writeCheck(), STRANGER, udp("192.0.2.77"));
  assertEquals(peer.agent.discards.of("unknown local address"), 1);
  assertEquals(peer.agent.remoteCandidates.length, 1);
});

Deno.test("checks before the peer's parameters are answered, remembered within bounds, and followed (RFC 8445 section 7.3)", () => {
  const peer = new ScriptedPeer();
  for (let port = 1; port <= 60; port++) {
    const answer = peer.check({ from: udp("192.0.2.2", port), useCandidate: port === 1 });
    assertEquals(answer?.messageClass, "success");
  }
  assertEquals(peer.agent.discards.of("too many early checks"), 10);
  assertEquals(peer.take(), []);
  peer.signal(false);
  assertEquals(peer.agent.remoteCandidates.length, 50);
  assertEquals(peer.agent.remoteCandidates[0]?.type, "prflx");
  for (const request of peer.takeRequests()) peer.succeed(request);
  assertEquals(peer.agent.selectedPair?.remote.port, 1);
});

Deno.test("a peer that knows the password can't make pairs, candidates or checks without bound", () => {
  const peer = checking();
  for (let port = 1; port <= 1000; port++) peer.check({ from: udp("198.51.100.1", port) });
  assert(peer.agent.remoteCandidates.length <= 100);
  assert(peer.agent.pairs.length <= 100);
  assert(peer.agent.discards.of("too many remote candidates") > 800);
  peer.take();
  const flood = 1000;
  for (let n = 0; n < flood; n++) peer.check();
  assert(peer.takeRequests().length <= 2, "one pair is not checked again for each check received");
});

Deno.test("candidates that can't be used are dropped and counted", () => {
  const peer = checking();
  const candidate = peer.agent.remoteCandidates[0]!;
  const add = (change: Partial<typeof candidate>) =>
    peer.agent.addRemoteCandidate({ ...candidate, port: 7, ...change }, peer.now);
  add({ protocol: "tcp" });
  add({ component: 2 });
  for (const address of ["abc.local", "0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1"]) {
    add({ address });
  }
  add({ port: 0 });
  add({ usernameFragment: "else" });
  assertEquals(peer.agent.remoteCandidates.length, 1);
  assertEquals(peer.agent.discards.of("TCP candidate"), 1);
  assertEquals(peer.agent.discards.of("candidate of component 2"), 1);
  assertEquals(peer.agent.discards.of("candidate without a usable address"), 7);
  assertEquals(peer.agent.discards.of("candidate of another session"), 1);
});

Deno.test("an agent's checks have all that RFC 8445 section 7.1 asks for", () => {
  const peer = checking({ role: "controlling" });
  const { message } = peer.takeRequests()[0]!;
  assertEquals(message.get(PRIORITY), 1_862_270_975);
  assertEquals(message.has(USE_CANDIDATE), false);
  const key = shortTermKey(REMOTE_PARAMETERS.password);
  assertEquals(checkIntegrity(nodeProvider, message, key), "ok");
  assertNotEquals(parseStun(message.bytes)?.get(ICE_CONTROLLING), undefined);
});
