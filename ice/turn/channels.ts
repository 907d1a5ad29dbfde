import type { Millis } from "../../core/stage/mod.ts";
import { sameAddress, type TransportAddress } from "../../core/wire/mod.ts";
import { earliest } from "../deadline.ts";
import type { StunError } from "../stun/attributes.ts";
import { CHANNEL_BIND, CHANNEL_NUMBER, XOR_PEER_ADDRESS } from "./attributes.ts";
import { FIRST_CHANNEL, LAST_CHANNEL } from "./channel_data.ts";
import type { Permission } from "./permissions.ts";
import type { TurnRequests } from "./requests.ts";
import type { TurnContext } from "./turn_context.ts";

/** Channels of one allocation at a time: one carries data, the others had their turn before it. */
const MAX_CHANNELS = 32;

/** Where a channel stands; one that was refused leaves its peer to indications. */
export type ChannelState = "requested" | "bound" | "refused";

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
  /** By their number less {@linkcode FIRST_CHANNEL}. RFC 8656 section 12: a number is not given away again for five minutes: never, here. */
  readonly #channels: (Channel | undefined)[] = [];
  #live: Channel[] = [];
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
    return earliest(this.#live.map(({ refreshAt }) => refreshAt));
  }

  /** The channel of a peer, perhaps not bound yet. */
  of(peer: TransportAddress): Channel | undefined {
    const latest = this.#latest;
    if (latest !== undefined && sameAddress(latest.peer, peer)) return latest;
    const channel = this.#live.find((each) => sameAddress(each.peer, peer));
    if (channel !== undefined) this.#latest = channel;
    return channel;
  }

  /** The channel of this number. Data may come before the answer that binds it has. */
  at(number: number): Channel | undefined {
    const channel = this.#channels[number - FIRST_CHANNEL];
    return channel === undefined || channel.state === "refused" ? undefined : channel;
  }

  /** Binds a channel to a peer, unless it has one or there are too many. */
  bind(peer: TransportAddress, permission: Permission, now: Millis): void {
    const known = this.of(peer);
    if (known !== undefined) {
      known.permission = permission;
      return;
    }
    const number = FIRST_CHANNEL + this.#channels.length;
    if (number > LAST_CHANNEL || this.#live.length >= MAX_CHANNELS) return;
    const channel = new Channel(number, peer, permission);
    this.#channels.push(channel);
    this.#live.push(channel);
    this.#request(channel, now);
  }

  /** Refreshes what is due; channels whose peer is sent nothing any more expire. */
  advance(now: Millis): void {
    for (const channel of this.#live) {
      const { refreshAt, permission } = channel;
      if (refreshAt === undefined || refreshAt > now) continue;
      channel.refreshAt = undefined;
      if (permission.state === "granted") this.#request(channel, now);
      else this.#forget(channel);
    }
  }

  /** RFC 8656 section 12.1. */
  #request(channel: Channel, now: Millis): void {
    this.#requests.send({
      method: CHANNEL_BIND,
      write: (builder) =>
        void builder.add(CHANNEL_NUMBER, channel.number).add(XOR_PEER_ADDRESS, channel.peer),
      succeeded: (_, now) => {
        channel.state = "bound";
        channel.refreshAt = now + this.#context.timings.channelRefresh;
      },
      failed: (error, now) => {
        channel.state = "refused";
        this.#failed(error, now);
      },
    }, now);
  }

  #forget(channel: Channel): void {
    this.#channels[channel.number - FIRST_CHANNEL] = undefined;
    this.#live = this.#live.filter((each) => each !== channel);
    if (this.#latest === channel) this.#latest = undefined;
  }
}
