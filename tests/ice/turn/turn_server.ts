import { nodeProvider as crypto } from "../../../core/crypto/node_provider.ts";
import type { Millis } from "../../../core/stage/mod.ts";
import { addressKey, sameAddress, type TransportAddress } from "../../../core/wire/mod.ts";
import {
  ADDITIONAL_ADDRESS_FAMILY,
  ALLOCATE,
  CHANNEL_BIND,
  CHANNEL_NUMBER,
  CREATE_PERMISSION,
  DATA,
  DATA_INDICATION,
  LIFETIME,
  REFRESH,
  REQUESTED_ADDRESS_FAMILY,
  SEND,
  XOR_PEER_ADDRESS,
  XOR_RELAYED_ADDRESS,
} from "../../../ice/turn/attributes.ts";
import {
  channelDataOf,
  channelOf,
  isChannelData,
  writeChannelData,
} from "../../../ice/turn/channel_data.ts";
import {
  deriveKey,
  hashUsername,
  MD5,
  PASSWORD_ALGORITHM,
  PASSWORD_ALGORITHMS,
} from "../../../ice/turn/password_algorithms.ts";
import {
  ALTERNATE_SERVER,
  BINDING,
  checkIntegrity,
  checkIntegritySha256,
  ERROR_CODE,
  NONCE,
  parseStun,
  REALM,
  StunBuilder,
  type StunMessage,
  USERHASH,
  USERNAME,
  XOR_MAPPED_ADDRESS,
} from "../../../ice/mod.ts";

export const USER = "heron";
export const PASSWORD = "correct horse";

/** What the server sends, and where. */
export interface Sent {
  readonly data: Uint8Array;
  /** The server's own address, or a relayed one. */
  readonly from: TransportAddress;
  readonly to: TransportAddress;
}

/** A refusal, where a test wants one. */
export interface Refusal {
  readonly code: number;
  readonly alternate?: { ip: string; port: number };
  /** Whether it is signed; true by default where the request was. */
  readonly signed?: boolean;
}

interface Allocation {
  readonly client: TransportAddress;
  readonly transactionId: Uint8Array;
  readonly relayed: TransportAddress[];
  readonly permissions: Map<string, Millis>;
  readonly channels: Map<number, { peer: TransportAddress; until: Millis }>;
  until: Millis;
}

/** A TURN server as RFC 8656 wants one, which lies where a test wants it to. Relays are names of addresses; somebody else moves the bytes. */
export class TurnServer {
  readonly address: TransportAddress;
  /** What relayed addresses are made of; none of a family that the server does not have. */
  relayIps: { 4?: string; 6?: string };
  realm = "example.org";
  nonce = "nonce1";
  /** A list as PASSWORD-ALGORITHMS has it; RFC 5389 knew none. */
  algorithms: Uint8Array | undefined;
  /** The most that it grants, in seconds. */
  lifetime = 600;
  password = PASSWORD;
  /** Says no; asked before anything else. */
  refuse: (request: StunMessage, authenticated: boolean) => Refusal | undefined = () => undefined;
  /** Changes what it sends to clients. */
  tamper: (data: Uint8Array) => Uint8Array | undefined = (data) => data;
  readonly allocations: Map<string, Allocation> = new Map();
  /** The methods of the requests that were authenticated, in order. */
  readonly done: number[] = [];
  /** How many messages came. */
  received = 0;
  /** How many of them were data. */
  readonly data = { indications: 0, channelData: 0 };
  #nextPort = 50_000;

  constructor(address: TransportAddress, relayIps: { 4?: string; 6?: string } = { 4: address.ip }) {
    this.address = address;
    this.relayIps = relayIps;
  }

  /** Takes what a client sends. */
  handle(data: Uint8Array, client: TransportAddress, now: Millis): Sent[] {
    this.received++;
    if (isChannelData(data)) return this.#relayChannelData(data, client, now);
    const message = parseStun(data);
    if (message === undefined) return [];
    if (message.messageClass === "indication") return this.#relayIndication(message, client, now);
    const answer = this.#answer(message, client, now);
    return answer === undefined ? [] : this.#toClient(answer, client);
  }

  /** Takes what a peer sends to a relayed address. */
  handlePeer(
    data: Uint8Array,
    relayed: TransportAddress,
    peer: TransportAddress,
    now: Millis,
  ): Sent[] {
    const allocation = this.at(relayed);
    if (allocation === undefined || allocation.until <= now) return [];
    if (!((allocation.permissions.get(peer.ip) ?? 0) > now)) return [];
    for (const [number, channel] of allocation.channels) {
      if (sameAddress(channel.peer, peer) && channel.until > now) {
        return this.#toClient(writeChannelData(number, data), allocation.client);
      }
    }
    return this.#toClient(this.dataIndication(peer, data), allocation.client);
  }

  /** The allocation that has a relayed address. */
  at(relayed: TransportAddress): Allocation | undefined {
    return [...this.allocations.values()].find((allocation) =>
      allocation.relayed.some((each) => sameAddress(each, relayed))
    );
  }

  /** A Data indication. */
  dataIndication(peer: { ip: string; port: number }, data: Uint8Array): Uint8Array {
    return new StunBuilder("indication", DATA_INDICATION, crypto.random(12))
      .add(XOR_PEER_ADDRESS, peer).add(DATA, data).finish();
  }

  /** Forgets everything, as a server that is restarted does. */
  restart(): void {
    this.allocations.clear();
    this.nonce += "r";
  }

  #toClient(data: Uint8Array, client: TransportAddress): Sent[] {
    const sent = this.tamper(data);
    return sent === undefined ? [] : [{ data: sent, from: this.address, to: client }];
  }

  #answer(request: StunMessage, client: TransportAddress, now: Millis): Uint8Array | undefined {
    const { method, transactionId } = request;
    if (method === BINDING) {
      return new StunBuilder("success", BINDING, transactionId).add(XOR_MAPPED_ADDRESS, client)
        .finish();
    }
    const authenticated = this.#authenticates(request);
    const refusal = this.refuse(request, authenticated);
    if (refusal !== undefined) return this.#refuse(request, refusal, authenticated);
    const signed = request.has(USERNAME) || request.has(USERHASH);
    if (!signed) return this.#challenge(request, 401);
    if (request.get(NONCE) !== this.nonce) return this.#challenge(request, 438);
    if (!authenticated) return this.#challenge(request, 401);
    this.done.push(method);
    const success = new StunBuilder("success", method, transactionId);
    const refused = this.#perform(request, client, success, now);
    if (refused !== undefined) return this.#refuse(request, { code: refused }, true);
    this.#sign(success);
    return success.fingerprint().finish();
  }

  /** Does what is asked; returns the code of the error if it can't. */
  #perform(
    request: StunMessage,
    client: TransportAddress,
    success: StunBuilder,
    now: Millis,
  ): number | undefined {
    const key = addressKey(client);
    if (request.method === ALLOCATE) return this.#allocate(request, client, success, now);
    const allocation = this.allocations.get(key);
    if (allocation === undefined || allocation.until <= now) return 437;
    switch (request.method) {
      case REFRESH: {
        const lifetime = Math.min(request.get(LIFETIME) ?? this.lifetime, this.lifetime);
        allocation.until = now + 1000 * lifetime;
        if (lifetime === 0) this.allocations.delete(key);
        success.add(LIFETIME, lifetime);
        return undefined;
      }
      case CREATE_PERMISSION: {
        const peer = request.get(XOR_PEER_ADDRESS);
        if (peer === undefined) return 400;
        allocation.permissions.set(peer.ip, now + 300_000);
        return undefined;
      }
      case CHANNEL_BIND: {
        const peer = request.get(XOR_PEER_ADDRESS);
        const number = request.get(CHANNEL_NUMBER);
        if (peer === undefined || number === undefined || number < 0x4000) return 400;
        const known = allocation.channels.get(number);
        if (known !== undefined && known.peer.port !== peer.port) return 400;
        allocation.permissions.set(peer.ip, now + 300_000);
        allocation.channels.set(number, {
          peer: { ...peer, protocol: "udp" },
          until: now + 600_000,
        });
        return undefined;
      }
      default:
        return 400;
    }
  }

  #allocate(
    request: StunMessage,
    client: TransportAddress,
    success: StunBuilder,
    now: Millis,
  ): number | undefined {
    const key = addressKey(client);
    const known = this.allocations.get(key);
    const { transactionId } = request;
    if (known !== undefined && known.until > now) {
      if (!crypto.equal(known.transactionId, transactionId)) return 437;
      return this.#grant(known, success); // RFC 8656 section 7.2: a retransmission gets the same answer
    }
    const wanted = request.get(REQUESTED_ADDRESS_FAMILY) === 2 ? [6 as const] : [
      4 as const,
      ...(request.get(ADDITIONAL_ADDRESS_FAMILY) === 2 ? [6 as const] : []),
    ];
    const ips = wanted.map((family) => this.relayIps[family]);
    if (ips[0] === undefined) return 440;
    const relayed = ips.filter((ip) => ip !== undefined).map((ip) => (
      { ip, port: this.#nextPort++, protocol: "udp" } as const
    ));
    const until = now + 1000 * this.lifetime;
    const tables = { permissions: new Map(), channels: new Map() };
    const allocation = { client, relayed, until, transactionId, ...tables };
    this.allocations.set(key, allocation);
    return this.#grant(allocation, success);
  }

  #grant({ relayed, client }: Allocation, success: StunBuilder): undefined {
    for (const address of relayed) success.add(XOR_RELAYED_ADDRESS, address);
    success.add(LIFETIME, this.lifetime).add(XOR_MAPPED_ADDRESS, client);
    return undefined;
  }

  #relayIndication(message: StunMessage, client: TransportAddress, now: Millis): Sent[] {
    const allocation = this.allocations.get(addressKey(client));
    const peer = message.get(XOR_PEER_ADDRESS);
    const data = message.get(DATA);
    if (message.method !== SEND || peer === undefined || data === undefined) return [];
    this.data.indications++;
    return this.#toPeer(allocation, { ...peer, protocol: "udp" }, data, now);
  }

  #relayChannelData(message: Uint8Array, client: TransportAddress, now: Millis): Sent[] {
    const allocation = this.allocations.get(addressKey(client));
    const channel = allocation?.channels.get(channelOf(message));
    const data = channelDataOf(message);
    if (channel === undefined || data === undefined || channel.until <= now) return [];
    this.data.channelData++;
    return this.#toPeer(allocation, channel.peer, data, now);
  }

  #toPeer(
    allocation: Allocation | undefined,
    peer: TransportAddress,
    data: Uint8Array,
    now: Millis,
  ): Sent[] {
    if (allocation === undefined || allocation.until <= now) return [];
    if (!((allocation.permissions.get(peer.ip) ?? 0) > now)) return [];
    const from = allocation.relayed.find(({ ip }) => ip.includes(":") === peer.ip.includes(":"));
    return from === undefined ? [] : [{ data, from, to: peer }];
  }

  #authenticates(request: StunMessage): boolean {
    const realm = request.get(REALM);
    if (realm !== this.realm || request.get(NONCE) !== this.nonce) return false;
    const username = request.get(USERNAME);
    const userhash = request.get(USERHASH);
    const known = username === USER ||
      (userhash !== undefined && crypto.equal(userhash, hashUsername(crypto, USER, realm)));
    if (!known) return false;
    if (this.algorithms === undefined) {
      return checkIntegrity(crypto, request, this.#key(MD5)) === "ok";
    }
    const echoed = request.get(PASSWORD_ALGORITHMS);
    const algorithm = request.get(PASSWORD_ALGORITHM);
    if (echoed === undefined || !crypto.equal(echoed, this.algorithms)) return false;
    this.#algorithm = algorithm ?? MD5;
    return checkIntegritySha256(crypto, request, this.#key(this.#algorithm)) === "ok";
  }
  #algorithm = MD5;

  #key(algorithm: number): Uint8Array {
    const parts = { username: USER, realm: this.realm, password: this.password };
    return deriveKey(crypto, algorithm, parts);
  }

  #sign(builder: StunBuilder): void {
    if (this.algorithms === undefined) builder.integrity(crypto, this.#key(MD5));
    else builder.integritySha256(crypto, this.#key(this.#algorithm));
  }

  #challenge(request: StunMessage, code: number): Uint8Array {
    const builder = this.#error(request, code).add(REALM, this.realm).add(NONCE, this.nonce);
    if (this.algorithms !== undefined) builder.add(PASSWORD_ALGORITHMS, this.algorithms);
    return builder.finish();
  }

  #refuse(request: StunMessage, refusal: Refusal, authenticated: boolean): Uint8Array {
    if (refusal.code === 401 || refusal.code === 438) return this.#challenge(request, refusal.code);
    const builder = this.#error(request, refusal.code);
    if (refusal.alternate !== undefined) builder.add(ALTERNATE_SERVER, refusal.alternate);
    if (refusal.signed ?? authenticated) this.#sign(builder);
    return builder.finish();
  }

  #error(request: StunMessage, code: number): StunBuilder {
    return new StunBuilder("error", request.method, request.transactionId)
      .add(ERROR_CODE, { code, reason: `error ${code}` });
  }
}
