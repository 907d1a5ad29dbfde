import { queueTask } from "../../webidl/task.ts";
import {
  deriveConnectionState,
  deriveIceConnectionState,
  deriveIceGatheringState,
  type RTCIceConnectionState,
  type RTCIceGatheringState,
  type RTCPeerConnectionState,
} from "./states.ts";
import type { TransportTable } from "./transport_table.ts";

/** What the states of a connection need of it. */
export interface AggregateStatesHost {
  readonly target: EventTarget;
  readonly isClosed: boolean;
  readonly transports: TransportTable;
}

/** Each state, by the event that tells of its changes. */
const EVENTS = {
  gathering: "icegatheringstatechange",
  ice: "iceconnectionstatechange",
  connection: "connectionstatechange",
} as const;

type StateName = keyof typeof EVENTS;

/** The states that all transports of a connection have together (W3C WebRTC section 4.3). */
export class AggregateStates {
  gathering: RTCIceGatheringState = "new";
  ice: RTCIceConnectionState = "new";
  connection: RTCPeerConnectionState = "new";
  readonly #host: AggregateStatesHost;

  constructor(host: AggregateStatesHost) {
    this.#host = host;
  }

  /** Derives states anew, and returns the events that tell of those that have changed. */
  update(...names: readonly StateName[]): Event[] {
    return names.filter((name) => this.#hasChanged(name)).map((name) => new Event(EVENTS[name]));
  }

  /** Another state of DTLS (W3C WebRTC section 4.4.1.3). */
  dtlsHasChanged(): void {
    this.#updateInTask("connection");
  }

  /** Signaling has changed which transports there are. */
  transportsHaveChanged(): void {
    this.#updateInTask("gathering", "ice", "connection");
  }

  /** There is none whose gathering could be told of later: the state is "new" at once (W3C WebRTC section 4.3.2). */
  lastTransportHasGone(): void {
    for (const event of this.update("gathering")) this.#host.target.dispatchEvent(event);
  }

  /** The connection is closed: nothing is told of it at this end. */
  close(): void {
    this.ice = "closed";
    this.connection = "closed";
  }

  #updateInTask(...names: readonly StateName[]): void {
    queueTask(() => {
      if (this.#host.isClosed) return;
      for (const event of this.update(...names)) this.#host.target.dispatchEvent(event);
    });
  }

  #hasChanged(name: StateName): boolean {
    const before = this[name];
    const { inUse } = this.#host.transports;
    const ice = inUse.map(({ iceSlots }) => iceSlots.state);
    switch (name) {
      case "gathering":
        this.gathering = deriveIceGatheringState(
          inUse.map(({ iceSlots }) => iceSlots.gatheringState),
        );
        break;
      case "ice":
        this.ice = deriveIceConnectionState(ice);
        break;
      case "connection":
        this.connection = deriveConnectionState(
          deriveIceConnectionState(ice),
          inUse.map(({ dtlsSlots }) => dtlsSlots.state),
        );
    }
    return this[name] !== before;
  }
}
