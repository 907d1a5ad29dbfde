import type { Discards, Millis } from "../core/stage/mod.ts";
import type { Datagram } from "../core/wire/mod.ts";
import type { CheckServer } from "./check_server.ts";
import type { IceDiscard } from "./context.ts";
import type { DataPath } from "./data_path.ts";
import type { Detours } from "./detours.ts";
import type { Generations } from "./generations.ts";
import { BINDING, checkFingerprint, isStun, parseStun, type StunMessage } from "./stun/mod.ts";
import type { Traffic } from "./traffic.ts";
import { isTurnMethod } from "./turn/attributes.ts";
import { isChannelData } from "./turn/channel_data.ts";

/** What arriving datagrams may be for. */
export interface InboundParts {
  readonly discards: Discards<IceDiscard>;
  readonly detours: Detours;
  readonly server: CheckServer;
  readonly generations: Generations;
  readonly path: DataPath;
  readonly traffic: Traffic;
  /** Takes data of the peer's. */
  readonly deliver: (data: Uint8Array) => void;
}

/** Tells arriving datagrams apart: checks and answers, what a relay says or has sent, and data. */
export class Inbound {
  readonly #parts: InboundParts;

  constructor(parts: InboundParts) {
    this.#parts = parts;
  }

  /** Takes a datagram; whether it was STUN. */
  handle(datagram: Datagram, now: Millis): boolean {
    return this.#handle(datagram, false, now);
  }

  /** A datagram may come out of another one that a relay has sent. */
  #handle(datagram: Datagram, relayed: boolean, now: Millis): boolean {
    const { detours, path, generations } = this.#parts;
    const translated = detours.translate(datagram);
    if (translated !== undefined) return this.#handle(translated, relayed, now);
    const { data } = datagram;
    if (isStun(data)) {
      this.#handleStun(datagram, relayed, now);
      path.update(generations.present.session, generations.previous); // data behind it in the batch may use what it has shown
      return true;
    }
    if (!relayed && isChannelData(data)) {
      const inner = detours.relays.handleChannelData(datagram);
      return inner !== undefined && this.#handle(inner, true, now);
    }
    this.#handleData(datagram, now);
    return false;
  }

  #handleData(datagram: Datagram, now: Millis): void {
    const { path, discards, traffic, generations, deliver } = this.#parts;
    const pair = path.inbound(datagram);
    if (pair === undefined) return discards.add("data from an unvalidated address");
    const { data } = datagram;
    pair.lastPacketReceivedAt = now;
    pair.packetsReceived++;
    pair.bytesReceived += data.length;
    traffic.received(data.length);
    const { present: { session }, previous } = generations;
    (session.selected === undefined ? previous : session)?.consent.heard(pair, now);
    deliver(data);
  }

  #handleStun(datagram: Datagram, relayed: boolean, now: Millis): void {
    const { discards, generations, server } = this.#parts;
    const message = parseStun(datagram.data);
    if (message === undefined) return discards.add("malformed STUN");
    if (checkFingerprint(message) === "bad") return discards.add("wrong fingerprint");
    if (message.method !== BINDING) return this.#handleTurn(message, datagram, relayed, now);
    switch (message.messageClass) {
      case "request":
        if (!relayed && generations.sessions.every(({ relayOnly }) => relayOnly)) {
          return discards.add("check past the relay");
        }
        return server.handleRequest(message, datagram, now);
      case "indication":
        return discards.add("indication"); // RFC 8445 section 11: it has kept a NAT awake, and asks for nothing
      default:
        return this.#handleResponse(message, datagram, now);
    }
  }

  /** A relay is not spoken to through a relay: what peers send has nothing to say to allocations. */
  #handleTurn(message: StunMessage, datagram: Datagram, relayed: boolean, now: Millis): void {
    const { discards, detours } = this.#parts;
    if (relayed || !isTurnMethod(message.method)) return discards.add("unsupported STUN method");
    const inner = detours.relays.handleStun(message, datagram, now);
    if (inner !== undefined) this.#handle(inner, true, now);
  }

  #handleResponse(message: StunMessage, datagram: Datagram, now: Millis): void {
    const { discards, generations } = this.#parts;
    const taken =
      generations.sessions.some((each) => each.handleResponse(message, datagram, now)) ||
      generations.present.gathering.handleResponse(message, datagram, now);
    if (!taken) discards.add("answer to no request");
  }
}
