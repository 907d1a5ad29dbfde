import { fromHex } from "../../core/wire/mod.ts";
import { buildPacket } from "../../sctp/chunks/packet.ts";
import { type ChannelItem, DataChannels, SctpAssociation, type SctpItem } from "../../sctp/mod.ts";
import { buildOpen } from "../../sctp/channels/dcep.ts";
import { testCompliance } from "../core/compliance.ts";
import type { Random } from "../support/random.ts";
import vectors from "../vectors/sctp.json" with { type: "json" };
import { Peer } from "./peer.ts";
import { seededCrypto } from "./support.ts";

const packets = (vectors as { packet?: string }[]).flatMap(({ packet }) =>
  packet === undefined ? [] : [fromHex(packet)!]
);

function inbound(random: Random, tag: number): Uint8Array {
  const packet = random.pick(packets);
  if (random.chance(0.1)) return random.bytes(random.below(200));
  if (random.chance(0.3)) return random.mutate(packet);
  return buildPacket(5000, 5000, random.chance(0.2) ? 0 : tag, packet.subarray(12));
}

function outbound(random: Random): SctpItem {
  const streamId = random.below(4);
  if (random.chance(0.2)) return { type: "reset", streamId };
  return {
    type: "message",
    streamId,
    ppid: 53,
    data: random.bytes(random.below(4000)),
    unordered: random.chance(0.5),
    ...(random.chance(0.3) ? { maxRetransmits: random.below(3) } : {}),
    ...(random.chance(0.3) ? { maxPacketLifeTime: random.below(500) } : {}),
  };
}

testCompliance("SctpAssociation that connects", {
  make: (now, random) => {
    const association = new SctpAssociation({ crypto: seededCrypto(random.u32()) });
    association.connect(now);
    return association;
  },
  inbound: (random) => inbound(random, 0),
  outbound,
});

let tag = 0;
testCompliance("SctpAssociation that is established", {
  make: () => {
    const peer = new Peer({ initialTsn: 10 }).establish();
    tag = peer.tag;
    return peer.association;
  },
  inbound: (random) => inbound(random, tag),
  outbound,
});

function item(random: Random): SctpItem {
  const streamId = random.below(6);
  const kinds: (() => SctpItem)[] = [
    () => ({
      type: "message",
      streamId,
      ppid: random.pick([50, 51, 52, 53, 54, 56, 57, 99]),
      data: random.bytes(1 + random.below(20)),
    }),
    () => ({
      type: "message",
      streamId,
      ppid: 50,
      data: random.mutate(buildOpen({ label: "l", protocol: "p", ordered: random.chance(0.5) })),
    }),
    () => ({
      type: "message",
      streamId,
      ppid: 50,
      data: buildOpen({ label: "l", protocol: "p", ordered: true }),
    }),
    () => ({ type: "message", streamId, ppid: 50, data: Uint8Array.of(2) }),
    () => ({ type: "sent", streamId, bytes: random.below(100) }),
    () => ({ type: "reset", streamId }),
    () => ({ type: "reset-done", streamId }),
  ];
  return random.pick(kinds)();
}

function channelItem(random: Random): ChannelItem {
  const streamId = random.below(6);
  const kinds: (() => ChannelItem)[] = [
    () => ({
      type: "open",
      streamId,
      label: "l",
      protocol: "",
      ordered: true,
      negotiated: random.chance(0.5),
    }),
    () => ({
      type: "message",
      streamId,
      kind: random.pick(["text", "binary"]),
      data: random.bytes(random.below(3)),
    }),
    () => ({ type: "close", streamId }),
  ];
  return random.pick(kinds)();
}

testCompliance("DataChannels", {
  make: (_now, random) => {
    const channels = new DataChannels({ role: random.pick(["client", "server"]) });
    channels.handleOutbound([
      { type: "open", streamId: 0, label: "", protocol: "", ordered: true, negotiated: true },
    ], 0);
    return channels;
  },
  inbound: item,
  outbound: channelItem,
});
