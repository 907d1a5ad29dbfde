import type { PacketFeed, SenderSlots } from "../transceivers/mod.ts";

/** Lets a feed send in the place of a sender's track. Throws an `InvalidStateError` if the sender has stopped, or there is a feed already. */
export function claimSender(sender: SenderSlots, feed: PacketFeed, context: string): void {
  const { transceiver, packets } = sender;
  const { host, stopping } = transceiver;
  if (stopping || host.isClosed) throw invalidState(`${context}: the sender has been stopped`);
  if (packets.feed !== null) {
    throw invalidState(`${context}: something is sent in place of the sender's track already`);
  }
  packets.replace(feed);
  host.media.update(transceiver);
}

/** Lets a sender send its track again. */
export function releaseSender({ transceiver, packets }: SenderSlots): void {
  packets.replace(null);
  if (!transceiver.host.isClosed) transceiver.host.media.update(transceiver);
}

export function invalidState(message: string): DOMException {
  return new DOMException(message, "InvalidStateError");
}
