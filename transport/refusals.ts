import type { Discards } from "../core/stage/discards.ts";
import type { Datagram } from "../core/wire/address.ts";
import type { OnRefused } from "./datagram_socket.ts";

/** The datagrams that a socket does not send: counted by reason, and told to whoever holds it. */
export class Refusals<Reason extends string> {
  /** Told of each. */
  onRefused: OnRefused = () => {};
  readonly #discards: Discards<Reason>;

  /** They are counted among what is dropped on receipt, too. */
  constructor(discards: Discards<Reason>) {
    this.#discards = discards;
  }

  /** They are not sent. */
  add(reason: Reason, ...datagrams: readonly Datagram[]): void {
    this.#discards.add(reason, datagrams.length);
    for (const datagram of datagrams) this.onRefused(datagram);
  }
}
