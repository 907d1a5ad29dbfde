import { type Clock, nodeProvider, ProtocolError } from "../../core/mod.ts";
import type { ChannelItem, SctpEvent } from "../../sctp/mod.ts";
import { construct } from "../../webidl/construct.ts";
import { queueTask } from "../../webidl/task.ts";
import { SCTP_PORT } from "../jsep/sections.ts";
import { DataLane } from "../pipeline.ts";
import { RTCError } from "../rtc_error.ts";
import { RTCSctpTransport, type SctpTransportSlots } from "../rtc_sctp_transport.ts";
import type { AssociationRider, Transport } from "./transport.ts";

/** The largest message that this end takes, in bytes: Chromium's limit. */
export const MAX_MESSAGE_SIZE = 262144;

/** What an association tells its connection. Each but the last is called within a task of its own. */
export interface AssociationHost {
  readonly isClosed: boolean;
  readonly clock: Clock;
  /** It is connected. Called before `statechange` fires. */
  onSctpConnected(maxChannels: number): void;
  /** Another peer takes the place of the one that it was with. */
  onSctpRenewed(dtlsRole: "client" | "server"): void;
  /** It has ended; with an error, if it failed. */
  onSctpClosed(error: RTCError | undefined): void;
  /** What arrives for the data channels; not in a task yet. */
  onChannelItems(items: readonly ChannelItem[]): void;
}

/** [[SctpTransport]] and what stands behind it: the association of the data channels, on whichever transport its section uses. */
export class Association implements AssociationRider {
  readonly slots: SctpTransportSlots;
  readonly object: RTCSctpTransport;
  readonly #host: AssociationHost;
  #transport: Transport;
  #lane: DataLane;
  #remotePort = SCTP_PORT;
  #isOver = false;

  /** A new association is "connecting" until its transport is connected (W3C WebRTC section 6.1.1.1). */
  constructor(host: AssociationHost, transport: Transport) {
    this.#host = host;
    this.#transport = transport;
    this.#lane = this.#newLane();
    this.slots = {
      transport: transport.dtls,
      state: "connecting",
      maxMessageSize: null,
      maxBufferSize: null,
      maxChannels: null,
    };
    this.object = construct(RTCSctpTransport, this.slots);
  }

  get lane(): DataLane {
    return this.#lane;
  }

  /** What a lane tells late is of no interest once another has taken its place. */
  #newLane(): DataLane {
    const isPresent = () => lane === this.#lane;
    const lane: DataLane = new DataLane({
      clock: this.#host.clock,
      crypto: nodeProvider,
      maxMessageSize: MAX_MESSAGE_SIZE,
      onSctpEvent: (event) => this.#handle(event, isPresent),
      onChannelItems: (items) => {
        if (isPresent() && !this.#isOver) this.#host.onChannelItems(items);
      },
    });
    return lane;
  }

  /**
   * An answer has settled which transport it goes over, and to which port of the peer. It may be another transport than before, since its
   * section was bundled: as in browsers, the association goes on over that one.
   */
  settle(transport: Transport, remotePort = SCTP_PORT): void {
    if (transport !== this.#transport) this.#transport.carry(undefined);
    this.#transport = transport;
    this.slots.transport = transport.dtls;
    this.#remotePort = remotePort;
    transport.carry(this);
  }

  connect(dtlsRole: "client" | "server"): void {
    if (this.slots.state !== "connecting") return;
    this.#lane.channels.run((channels) => channels.setRole(dtlsRole));
    this.#lane.sctp.run((sctp, now) => {
      sctp.setRemotePort(this.#remotePort);
      sctp.connect(now);
    });
  }

  /** Puts items on the data channels' stage. */
  send(items: readonly ChannelItem[]): void {
    this.#lane.send(items);
  }

  /** It ends with its connection, or with its section. */
  close(): void {
    this.#isOver = true;
    this.#transport.release(this);
    this.#lane.abort();
    if (this.slots.state === "closed") return;
    this.slots.state = "closed";
    queueTask(() => this.object.dispatchEvent(new Event("statechange")));
  }

  /** Also one that is closed begins anew: it was the peer before who has hung up. */
  renew(dtlsRole: "client" | "server"): void {
    this.#lane.cut();
    this.#lane = this.#newLane();
    this.slots.maxChannels = null;
    this.#host.onSctpRenewed(dtlsRole);
    if (this.slots.state === "connecting") return;
    this.slots.state = "connecting";
    queueTask(() => this.object.dispatchEvent(new Event("statechange")));
  }

  #handle(event: SctpEvent, isPresent: () => boolean): void {
    if (event.type !== "state") return;
    const queue = (steps: () => void) =>
      queueTask(() => {
        if (isPresent()) steps();
      });
    if (event.state === "connected") {
      const maxChannels = this.#lane.sctp.run((sctp) =>
        Math.min(sctp.negotiatedInboundStreams, sctp.negotiatedOutboundStreams)
      );
      queue(() => this.#connected(maxChannels));
    } else if (event.state === "closed") {
      const { error } = event;
      queue(() => this.#closed(error === undefined ? undefined : sctpError(error)));
    }
  }

  #connected(maxChannels: number): void {
    if (this.#host.isClosed || this.slots.state !== "connecting") return;
    this.slots.state = "connected";
    this.slots.maxChannels = maxChannels;
    this.#host.onSctpConnected(maxChannels);
    this.object.dispatchEvent(new Event("statechange"));
  }

  #closed(error: RTCError | undefined): void {
    if (this.#host.isClosed || this.slots.state === "closed") return;
    this.slots.state = "closed";
    this.#host.onSctpClosed(error);
    this.object.dispatchEvent(new Event("statechange"));
  }
}

function sctpError(error: Error): RTCError {
  const code = error instanceof ProtocolError ? error.code : undefined;
  return new RTCError({
    errorDetail: "sctp-failure",
    ...(code !== undefined && { sctpCauseCode: code }),
  }, error.message);
}
