import type { RTCPeerConnection } from "../../../mod.ts";
import type { PeerFactory } from "../../browser/harness/peer.ts";
import { Side } from "../../browser/harness/side.ts";
import { StackConnection } from "./connection.ts";
import type { StackProcess } from "./process.ts";

/** Peers that are connections of another stack's program, and whose sides are here. */
export function stackPeers(process: StackProcess): PeerFactory {
  const { name } = process;
  return {
    name,
    open(options, onSignal) {
      const connection = new StackConnection(process);
      // The cast: it has the part of the interface that scenarios use.
      const side = new Side(connection as unknown as RTCPeerConnection, onSignal, options);
      return Promise.resolve({
        name,
        lacks: ["closing"],
        run: async <A extends readonly unknown[], T>(
          run: (side: Side, ...args: A) => T | Promise<T>,
          ...args: A
        ) => {
          const result = await run(side, ...args);
          await connection.created;
          return result;
        },
        close: () => Promise.resolve(connection.close()),
      });
    },
  };
}
