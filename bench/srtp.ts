/**
 * SRTP in microseconds a packet: to protect it and to open it again, alone and in batches of 32.
 *
 *     deno run -A bench/srtp.ts
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { emptyOutputs, nodeProvider as crypto } from "../core/mod.ts";
import {
  keyingMaterialLength,
  SRTP_PROTECTION_PROFILES,
  SrtpEndpoint,
  type SrtpEvent,
  type SrtpPacket,
} from "../srtp/mod.ts";

const LENGTHS = [160, 1200];
const BATCHES = [1, 32];
/** Packets in one measurement. */
const PACKETS = 16_384;
const ROUNDS = 4;
const HEADER_LENGTH = 12;

console.log("us a packet                    payload   batch  both ways");
for (const { id, name } of SRTP_PROTECTION_PROFILES) {
  for (const length of LENGTHS) {
    for (const batch of BATCHES) {
      const time = microseconds(id, length, batch).toFixed(2).padStart(11);
      console.log(name.padEnd(30) + `${length}`.padStart(8) + `${batch}`.padStart(8) + time);
    }
  }
}

/** To protect and to open one packet: the best of a few rounds. */
function microseconds(profile: number, length: number, batch: number): number {
  const keyingMaterial = crypto.random(keyingMaterialLength(profile));
  const [client, server] = (["client", "server"] as const).map((role) => {
    const endpoint = new SrtpEndpoint({ crypto });
    endpoint.setKeys({ profile, keyingMaterial, role }, 0);
    return endpoint;
  }) as [SrtpEndpoint, SrtpEndpoint];
  const packets = Array.from({ length: batch }, (): SrtpPacket => {
    const data = new Uint8Array(HEADER_LENGTH + length);
    data.set([0x80, 96]);
    return { kind: "rtp", data };
  });
  let sequenceNumber = 0, best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < PACKETS; i += batch) {
      for (const { data } of packets) {
        data[2] = sequenceNumber >> 8;
        data[3] = sequenceNumber++;
      }
      const out = emptyOutputs<Uint8Array, SrtpPacket, SrtpEvent>();
      client.handleOutbound(packets, 0);
      client.poll(out);
      server.handleInbound(out.below, 0);
      server.poll(out);
      if (out.above.length !== batch) throw new Error("Packets got lost");
    }
    best = Math.min(best, (performance.now() - start) * 1000 / PACKETS);
  }
  return best;
}
