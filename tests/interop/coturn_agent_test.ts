import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { IceAgent } from "../../ice/mod.ts";
import { PASSWORD, USER } from "../ice/turn/turn_server.ts";
import { Coturn, coturnIsHere } from "./coturn.ts";
import { LoneAgent } from "./lone_agent.ts";

// RFC 8656, held against the TURN server that most services run, by an agent whose timings are its own.

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !coturnIsHere, fn });
}

const turn = (coturn: Coturn) => ({
  address: { ip: "127.0.0.1", port: coturn.port, protocol: "udp" } as const,
  url: coturn.url("udp"),
  username: USER,
  credential: PASSWORD,
});

test("coturn as a STUN server gives a server-reflexive candidate", async () => {
  const coturn = await Coturn.start();
  const { address } = turn(coturn);
  const url = `stun:127.0.0.1:${coturn.port}`;
  const agent = await LoneAgent.with(
    "controlling",
    {},
    (agent, now) => agent.addServer({ address, url }, now),
    "hidden.local",
  );
  const found = agent.agent.localCandidates.map((each) => [each.type, each.address, each.url]);
  assertEquals(found, [["host", "hidden.local", undefined], ["srflx", "127.0.0.1", url]]);
  await agent.close();
  await coturn.close();
});

test("permissions, channels and the allocation outlive their lifetimes, and nonces go stale", async () => {
  const coturn = await Coturn.start(
    ...["permission-lifetime=3", "channel-lifetime=3", "stale-nonce=2", "max-allocate-lifetime=10"],
  );
  const timings = { permissionRefresh: 1200, channelRefresh: 1500 };
  const set = (agent: IceAgent, now: number) => {
    agent.setTransportPolicy("relay");
    agent.addTurnServer(turn(coturn), now);
  };
  const a = await LoneAgent.with("controlling", timings, set);
  const b = await LoneAgent.with("controlled", timings, set);
  try {
    a.hear(b);
    b.hear(a);
    await a.until(() => a.agent.state === "completed" || a.agent.state === "connected");
    await b.until(() => b.agent.state === "completed" || b.agent.state === "connected");
    for (let i = 0; i < 80; i++) {
      await a.send(Uint8Array.of(200, i));
      await b.until(() => b.received.length > i);
      await new Promise((resolve) => setTimeout(resolve, 100)); // coturn's clock is a real one
    }
    assertEquals(b.received.map((data) => data[1]), Array.from({ length: 80 }, (_, i) => i));
    assert(/stale nonce|Stale Nonce/i.test(coturn.log), "the nonce never went stale");
    assert(/REFRESH processed/.test(coturn.log), "the allocation was never refreshed");
  } finally {
    await a.close();
    await b.close();
    await coturn.close();
  }
});

test("an allocation that has expired is lost, and an ICE restart makes another", async () => {
  const coturn = await Coturn.start("max-allocate-lifetime=2");
  const set = (agent: IceAgent, now: number) => {
    agent.setTransportPolicy("relay");
    agent.addTurnServer(turn(coturn), now);
  };
  // A margin below zero refreshes what is no longer there.
  const a = await LoneAgent.with("controlling", { allocationMargin: -1500 }, set);
  try {
    const [before] = a.agent.localCandidates;
    await coturn.said(/error 437/);
    assert(/session .*: delete/.test(coturn.log), "the server has forgotten the allocation");
    a.stage.run((agent, now) =>
      agent.restart({ usernameFragment: "again", password: "p".repeat(22) }, now)
    );
    await a.until(() => a.agent.localCandidates.length > 0);
    const [after] = a.agent.localCandidates;
    assertEquals(after!.type, "relay");
    assertNotEquals(after!.port, before!.port);
  } finally {
    await a.close();
    await coturn.close();
  }
});
