import type { Millis } from "../../core/stage/mod.ts";
import { sameAddress, type TransportAddress } from "../../core/wire/mod.ts";
import { earliest } from "../deadline.ts";
import { SERVER_UNREACHABLE } from "../server_error.ts";
import type { StunError } from "../stun/attributes.ts";
import { CHANNEL_BIND, CHANNEL_NUMBER, XOR_PEER_ADDRESS } from "./attributes.ts";
import { FIRST_CHANNEL } from "./channel_data.ts";
import type { Permission } from "./permissions.ts";
import type { TurnRequests } from "./requests.ts";
import type { TurnContext } from "./turn_context.ts";

/** Channels of one allocation, for good: one carries data, the others had their turn before it. */
const MAX_CHANNELS = 32;

/** When a refresh that the server did not answer is tried again. */
const RETRY: Millis = 5000;

/** Where a channel stands; one that was refused leaves its peer to indications, one that nobody needed any more can be bound again. */
export type ChannelState = "requested" | "bound" | "refused" | "expired";

/** A peer's number (RFC 8656 section 12). */
export class Channel {
  state: ChannelState = "requested";
  refreshAt: Millis | undefined;

  constructor(
    readonly number: number,
    readonly peer: TransportAddress,
    /** Its peer's: a channel outlives the permission that binding it has created (RFC 8656 section 12). */
    public permission: Permission,
  ) {}
}

/** The channels of one allocation. */
export class Channels {
  readonly #context: TurnContext;
  readonly #requests: TurnRequests;
  readonly #failed: (error: StunError, now: Millis) => void;
  /**
   * By their number less {@linkcode FIRST_CHANNEL}. A peer keeps its number, for until a binding has expired at the server too, neither
   * may be bound to anything else (RFC 8656 section 12).
   */
  readonly #channels: Channel[] = [];
  #latest: Channel | undefined;

  /** `failed` hears why a binding was refused. */
  constructor(
    context: TurnContext,
    requests: TurnRequests,
    failed: (error: StunError, now: Millis) => void,
  ) {
    this.#context = context;
    this.#requests = requests;
    this.#failed = failed;
  }

  /** When {@linkcode Channels.advance} has something to do. */
  get nextTimeout(): Millis | undefined {
    return earliest(this.#channels.map(({ refreshAt }) => refreshAt));
  }

  /** The channel of a peer, perhaps not bound yet. */
  of(peer: TransportAddress): Channel | undefined {
    const latest = this.#latest;
    if (latest !== undefined && sameAddress(latest.peer, peer)) return latest;
    const channel = this.#channels.find((each) => sameAddress(each.peer, peer));
    if (channel !== undefined) this.#latest = channel;
    return channel;
  }

  /** The channel of this number. Data may come before the answer that binds it has. */
  at(number: number): Channel | undefined {
    return this.#channels[number - FIRST_CHANNEL];
  }

  /** Binds a channel to a peer, unless it has one or there are too many. */
  bind(peer: TransportAddress, permission: Permission, now: Millis): void {
    const known = this.of(peer);
    if (known !== undefined) {
      known.permission = permission;
      if (known.state === "expired") this.#request(known, now);
    } else if (this.#channels.length < MAX_CHANNELS) {
      const channel = new Channel(FIRST_CHANNEL + this.#channels.length, peer, permission);
      this.#channels.push(channel);
      this.#request(channel, now);
    }
  }

  /** Refreshes what is due; channels whose peer is sent nothing any more expire. */
  advance(now: Millis): void {
    for (const channel of this.#channels) {
      const { refreshAt, permission } = channel;
      if (refreshAt === undefined || refreshAt > now) continue;
      channel.refreshAt = undefined;
      if (permission.state === "granted") this.#request(channel, now);
      else channel.state = "expired";
    }
  }

  /** RFC 8656 section 12.1. */
  #request(channel: Channel, now: Millis): void {
    if (channel.state !== "bound") channel.state = "requested";
    this.#requests.send({
      method: CHANNEL_BIND,
      write: (builder) =>
        void builder.add(CHANNEL_NUMBER, channel.number).add(XOR_PEER_ADDRESS, channel.peer),
      succeeded: (_, now) => {
        channel.state = "bound";
        channel.refreshAt = now + this.#context.timings.channelRefresh;
      },
      failed: (error, now) => {
        const mayRecover = channel.state === "bound" && error.code === SERVER_UNREACHABLE;
        if (mayRecover) channel.refreshAt = now + RETRY;
        else channel.state = "refused";
        this.#failed(error, now);
      },
    }, now);
  }
}
