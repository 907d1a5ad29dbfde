import { assert, assertEquals } from "@std/assert";
import type { RTCConfiguration } from "../../../mod.ts";
import type { Call, Scenario } from "../harness/scenario.ts";
import { bulk } from "./transfer.ts";

/** Both ends may only use the relays of `url`. */
async function onlyRelays({ offerer, answerer }: Call, server: Server): Promise<void> {
  const configuration: RTCConfiguration = { iceServers: [server], iceTransportPolicy: "relay" };
  for (const peer of [offerer, answerer]) {
    await peer.run((side, configuration) => side.pc.setConfiguration(configuration), configuration);
  }
}

async function assertOnlyRelays({ offerer, answerer }: Call): Promise<void> {
  for (const peer of [offerer, answerer]) {
    const candidates = await peer.run((side) => side.candidates);
    assert(candidates.length > 0, `${peer.name} gathered nothing`);
    for (const line of candidates) assert(line.includes(" typ relay "), `${peer.name}: ${line}`);
  }
}

/** A TURN server as a configuration has it. */
export interface Server {
  readonly urls: string;
  readonly username: string;
  readonly credential: string;
}

/** Relay to relay with bulk data. */
export function bulkByRelay(server: Server): Scenario {
  return {
    ...bulk,
    name: `by relay over UDP, ${bulk.name}`,
    async run(call) {
      await onlyRelays(call, server);
      await bulk.run(call);
      await assertOnlyRelays(call);
    },
  };
}

/** Relay to relay, with and without trickling. */
export function connectsByRelay(server: Server): Scenario {
  return {
    name: `by relay over ${server.urls.endsWith("tcp") ? "TCP" : "UDP"} peers connect`,
    withoutTrickle: true,
    async run(call) {
      const { offerer, answerer } = call;
      await onlyRelays(call, server);
      await offerer.run((side) => void side.open("first"));
      await call.connect();
      await answerer.run(async (side) => (await side.mailbox("first")).echo());
      const echoed = await offerer.run(async (side) => {
        const mailbox = await side.mailbox("first");
        mailbox.channel.send("there and back");
        return await mailbox.next();
      });
      assertEquals(echoed, "there and back");
      await assertOnlyRelays(call);
    },
  };
}
