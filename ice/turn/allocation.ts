import type { Millis } from "../../core/stage/mod.ts";
import type { Datagram, TransportAddress } from "../../core/wire/mod.ts";
import type { Relay } from "../candidate.ts";
import { earliest } from "../deadline.ts";
import { SERVER_UNREACHABLE } from "../server_error.ts";
import type { StunAddress } from "../stun/attribute.ts";
import { type StunError, XOR_MAPPED_ADDRESS } from "../stun/attributes.ts";
import { StunBuilder } from "../stun/builder.ts";
import { parseStun, type StunMessage } from "../stun/message.ts";
import {
  ADDITIONAL_ADDRESS_FAMILY,
  ALLOCATE,
  DATA,
  DATA_INDICATION,
  IPV6,
  LIFETIME,
  REFRESH,
  REQUESTED_ADDRESS_FAMILY,
  REQUESTED_TRANSPORT,
  SEND,
  UDP_PROTOCOL,
  XOR_PEER_ADDRESS,
} from "./attributes.ts";
import { channelDataOf, channelOf, isChannelData, writeChannelData } from "./channel_data.ts";
import { Channels } from "./channels.ts";
import { Permissions, type Waiting } from "./permissions.ts";
import { relayedAddressesOf } from "./relayed_addresses.ts";
import { TurnRequests } from "./requests.ts";
import type { ServerPath, TurnContext, TurnServer } from "./turn_context.ts";

/** The longest lifetime that is believed, in seconds: the maximum that RFC 8656 section 7.2 recommends to servers. */
const MAX_LIFETIME = 3600;

/** No allocation is refreshed more often than this, however short a server makes its life. */
const MIN_REFRESH: Millis = 5000;

/** The server has no such allocation, or another one (RFC 8656 section 19). */
const ALLOCATION_MISMATCH = 437;

/** RFC 8656 section 19. */
const ADDRESS_FAMILY_NOT_SUPPORTED = 440;

/** Where an allocation stands. */
export type AllocationState = "new" | "allocating" | "allocated" | "ended";

/** Who hears what becomes of an allocation. */
export interface AllocationOutcome {
  /** There are relayed addresses. */
  allocated(allocation: TurnAllocation, now: Millis): void;
  /** They are still there, as was asked with {@linkcode TurnAllocation.verify}. */
  verified(allocation: TurnAllocation, now: Millis): void;
  /** There will be none. */
  refused(allocation: TurnAllocation, error: StunError, now: Millis, message?: StunMessage): void;
  /** There are none any more. */
  lost(allocation: TurnAllocation, now: Millis): void;
}

/** An allocation on a TURN server (RFC 8656 section 3.2): one or two relayed addresses, and the way through them to peers. */
export class TurnAllocation implements Relay {
  readonly server: TurnServer;
  readonly path: ServerPath;
  readonly #context: TurnContext;
  readonly #outcome: AllocationOutcome;
  readonly #requests: TurnRequests;
  readonly #permissions: Permissions;
  readonly #channels: Channels;
  #state: AllocationState = "new";
  #relayed: readonly TransportAddress[] = [];
  #mapped: StunAddress | undefined;
  #refreshAt: Millis | undefined;
  #expiresAt: Millis = 0;

  constructor(
    context: TurnContext,
    server: TurnServer,
    path: ServerPath,
    outcome: AllocationOutcome,
  ) {
    this.#context = context;
    this.server = server;
    this.path = path;
    this.#outcome = outcome;
    this.#requests = new TurnRequests(context, path, server);
    const failed = (error: StunError, now: Millis) => this.#mayBeLost(error, now);
    const granted = (waiting: readonly Waiting[]) => {
      for (const { data, peer } of waiting) this.send(data, peer);
    };
    this.#permissions = new Permissions(context, this.#requests, { granted, failed });
    this.#channels = new Channels(context, this.#requests, failed);
  }

  /** Where it stands. */
  get state(): AllocationState {
    return this.#state;
  }

  /** What peers see: an address, or one of each family. */
  get relayed(): readonly TransportAddress[] {
    return this.#relayed;
  }

  /** How the server sees this client. */
  get mapped(): StunAddress | undefined {
    return this.#mapped;
  }

  /** When {@linkcode TurnAllocation.handleTimeout} has something to do. */
  get nextTimeout(): Millis | undefined {
    if (this.#state === "ended") return undefined;
    return earliest([
      this.#refreshAt,
      this.#requests.nextTimeout,
      this.#permissions.nextTimeout,
      this.#channels.nextTimeout,
    ]);
  }

  /** Asks for the allocation. */
  allocate(now: Millis): void {
    this.#state = "allocating";
    this.#allocate("both", now);
  }

  /** Asks whether the server still has it: it may have been restarted since it was heard of last. */
  verify(now: Millis): void {
    this.#refresh("verify", now);
  }

  /** Sends a datagram to a peer through the server: as ChannelData if there is a channel, else as an indication. */
  send(data: Uint8Array, peer: TransportAddress): void {
    if (this.#state !== "allocated") return this.#context.discards.add("relay is gone");
    const channel = this.#channels.of(peer);
    if (channel?.state === "bound" && channel.permission.state === "granted") {
      channel.permission.used = true;
      return this.#transmit(writeChannelData(channel.number, data));
    }
    const permission = this.#permissions.for(peer.ip);
    if (permission === undefined) return;
    permission.used = true;
    if (permission.state === "granted") this.#transmit(this.#sendIndication(data, peer));
    else this.#permissions.wait(permission, { data, peer });
  }

  /** Data will go to this peer: a channel costs it less. */
  bind(peer: TransportAddress, now: Millis): void {
    if (this.#state !== "allocated") return;
    const permission = this.#permissions.for(peer.ip);
    if (permission !== undefined) this.#channels.bind(peer, permission, now);
  }

  /** The datagram of a peer that ChannelData holds (RFC 8656 section 12.6). */
  handleChannelData(message: Uint8Array): Datagram | undefined {
    const data = channelDataOf(message);
    const channel = this.#channels.at(channelOf(message));
    if (data === undefined) this.#context.discards.add("malformed ChannelData");
    else if (channel === undefined) this.#context.discards.add("ChannelData of an unknown channel");
    else return this.#from(channel.peer, data);
    return undefined;
  }

  /** What a datagram of ours to the server holds for a peer; undefined if that is nothing. */
  unwrap(message: Uint8Array): Datagram | undefined {
    if (isChannelData(message)) return this.handleChannelData(message);
    const stun = parseStun(message);
    return stun?.method === SEND ? this.#handleData(stun) : undefined;
  }

  /** Takes a message of the server's; returns the datagram of a peer that it may hold. */
  handleStun(message: StunMessage, now: Millis): Datagram | undefined {
    if (message.messageClass === "indication" && message.method === DATA_INDICATION) {
      return this.#handleData(message);
    }
    const isAnswer = message.messageClass === "success" || message.messageClass === "error";
    if (!isAnswer || !this.#requests.handleResponse(message, now)) {
      this.#context.discards.add(isAnswer ? "answer to no request" : "unsupported STUN method");
    }
    return undefined;
  }

  /** Serves what is due. */
  handleTimeout(now: Millis): void {
    if (this.#state === "ended") return;
    this.#requests.handleTimeout(now);
    if (this.#refreshAt !== undefined && this.#refreshAt <= now) this.#refresh("keep", now);
    this.advance(now);
  }

  /** Sends the requests that sending has made necessary. */
  advance(now: Millis): void {
    if (this.#state !== "allocated") return;
    this.#permissions.advance(now);
    this.#channels.advance(now);
  }

  /** Gives it back (RFC 8656 section 8): one datagram, for there is nobody who would wait for the answer. */
  release(): void {
    if (this.#state === "allocated") {
      this.#requests.sendOnce({
        method: REFRESH,
        write: (builder) => void builder.add(LIFETIME, 0),
      });
    }
    this.#end();
  }

  /** The connection to the server has ended, and the allocation with it. */
  disconnected(now: Millis): void {
    const error = { code: SERVER_UNREACHABLE, reason: "The TURN server closed the connection" };
    if (this.#state === "allocating") this.#refuse(error, now);
    else if (this.#state === "allocated") this.#lose(now);
  }

  /** RFC 8656 section 7.1. Servers that have no IPv6 give what they have, servers that have no IPv4 refuse with 440. */
  #allocate(families: "both" | "ipv6", now: Millis): void {
    this.#requests.send({
      method: ALLOCATE,
      write: (builder) => {
        builder.add(REQUESTED_TRANSPORT, UDP_PROTOCOL);
        if (families === "ipv6") builder.add(REQUESTED_ADDRESS_FAMILY, IPV6);
        else builder.add(ADDITIONAL_ADDRESS_FAMILY, IPV6);
      },
      succeeded: (message, now) => this.#allocated(message, now),
      failed: (error, now, message) => {
        const tryIpv6 = families === "both" && error.code === ADDRESS_FAMILY_NOT_SUPPORTED;
        if (tryIpv6) this.#allocate("ipv6", now);
        else this.#refuse(error, now, message);
      },
    }, now);
  }

  /** RFC 8656 section 7.3. */
  #allocated(message: StunMessage, now: Millis): void {
    this.#relayed = relayedAddressesOf(message);
    const lifetime = message.get(LIFETIME) ?? 0;
    if (this.#relayed.length === 0 || lifetime === 0) {
      return this.#refuse({ code: SERVER_UNREACHABLE, reason: "Malformed answer" }, now);
    }
    this.#mapped = message.get(XOR_MAPPED_ADDRESS);
    this.#state = "allocated";
    this.#lives(lifetime, now);
    this.#outcome.allocated(this, now);
  }

  /** RFC 8656 section 8.1. */
  #refresh(purpose: "keep" | "verify", now: Millis): void {
    this.#refreshAt = undefined;
    this.#requests.send({
      method: REFRESH,
      write: () => {},
      succeeded: (message, now) => {
        const lifetime = message.get(LIFETIME) ?? 0;
        if (lifetime === 0) return this.#lose(now);
        this.#lives(lifetime, now);
        if (purpose === "verify") this.#outcome.verified(this, now);
      },
      failed: (error, now) => {
        const mayRecover = purpose === "keep" && error.code === SERVER_UNREACHABLE &&
          now + MIN_REFRESH < this.#expiresAt;
        if (mayRecover) this.#refreshAt = now + MIN_REFRESH;
        else this.#lose(now);
      },
    }, now);
  }

  /** RFC 8656 section 8: about a minute before it expires. */
  #lives(lifetime: number, now: Millis): void {
    const life = 1000 * Math.min(lifetime, MAX_LIFETIME);
    const { allocationMargin } = this.#context.timings;
    this.#expiresAt = now + life;
    this.#refreshAt = now + Math.max(life - allocationMargin, life / 2, MIN_REFRESH);
  }

  /** RFC 8656 section 11.4. */
  #handleData(message: StunMessage): Datagram | undefined {
    const { discards } = this.#context;
    const peer = message.get(XOR_PEER_ADDRESS);
    const data = message.get(DATA);
    if (peer === undefined || data === undefined) discards.add("malformed Data indication");
    else if (!this.#permissions.allows(peer.ip)) discards.add("relayed data without permission");
    else return this.#from({ ...peer, protocol: "udp" }, data);
    return undefined;
  }

  #from(peer: TransportAddress, data: Uint8Array): Datagram | undefined {
    const isIpv6 = peer.ip.includes(":");
    const local = this.#relayed.find(({ ip }) => ip.includes(":") === isIpv6);
    return local && { data, local, remote: peer };
  }

  #sendIndication(data: Uint8Array, peer: TransportAddress): Uint8Array {
    return new StunBuilder("indication", SEND, this.#context.crypto.random(12))
      .add(XOR_PEER_ADDRESS, peer)
      .add(DATA, data)
      .finish();
  }

  #transmit(data: Uint8Array): void {
    this.#context.transmit({ data, local: this.path.local, remote: this.path.remote });
  }

  #mayBeLost(error: StunError, now: Millis): void {
    if (error.code === ALLOCATION_MISMATCH && this.#state === "allocated") this.#lose(now);
  }

  #refuse(error: StunError, now: Millis, message?: StunMessage): void {
    this.#end();
    this.#outcome.refused(this, error, now, message);
  }

  #lose(now: Millis): void {
    if (this.#state !== "allocated") return;
    this.#end();
    this.#outcome.lost(this, now);
  }

  #end(): void {
    this.#state = "ended";
    this.#requests.clear();
    this.#refreshAt = undefined;
  }
}
