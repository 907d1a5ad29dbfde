import { nodeProvider, Stage } from "../../core/mod.ts";
import { add32, type Datagram } from "../../core/wire/mod.ts";
import { DtlsEndpoint, type DtlsEvent, type Fingerprint, fingerprintOf } from "../../dtls/mod.ts";
import { IceAgent, type IceEvent, parseCandidate } from "../../ice/mod.ts";
import type { RTCPeerConnection } from "../../mod.ts";
import { padded } from "../../sctp/chunks/bytes.ts";
import { ChunkType } from "../../sctp/chunks/chunk.ts";
import { buildCookieEcho } from "../../sctp/chunks/cookie.ts";
import { writeDataHeader } from "../../sctp/chunks/data.ts";
import { buildInit, type InitFields, parseInit } from "../../sctp/chunks/init.ts";
import { buildPacket, PacketReader } from "../../sctp/chunks/packet.ts";
import { Demux, SocketGroup } from "../../transport/mod.ts";
import type { Host, VirtualNetwork } from "../net/mod.ts";

/** Bytes of chunks that go into a packet. */
const PACKET_ROOM = 1100;
/** Packets on their way at a time. */
const AT_ONCE = 64;

/**
 * A peer that is authenticated, and speaks ICE and DTLS as it should; on SCTP it says whatever a test wants, chunk by chunk.
 *
 * It answers the victim's offer, and is the client of DTLS: its streams are the even ones.
 */
export class MaliciousPeer {
  /** The chunks that the victim has sent since they were last taken. */
  readonly received: { type: number; chunk: Uint8Array }[] = [];
  /** The next TSN that an honest peer would send. */
  tsn = 1000;
  /** The victim's tag, and its first TSN. */
  tag = 0;
  theirTsn = 0;
  readonly #net: VirtualNetwork;
  readonly #host: Host;
  readonly #victim: RTCPeerConnection;
  readonly #certificate = nodeProvider.generateCertificate({
    keyType: "ecdsa-p256",
    now: 1.7e12,
    lifetime: 86_400_000,
  });
  readonly #sockets = new SocketGroup();
  readonly #ice: Stage<Datagram, Uint8Array, IceEvent, IceAgent>;
  readonly #dtls: Stage<Uint8Array, Uint8Array, DtlsEvent, DtlsEndpoint>;
  readonly #sctp: WritableStreamDefaultWriter<readonly Uint8Array[]>;
  #fingerprints: Fingerprint[] = [];

  /** `victim` must have a channel to offer. */
  constructor(net: VirtualNetwork, host: Host, victim: RTCPeerConnection) {
    this.#net = net;
    this.#host = host;
    this.#victim = victim;
    const { clock } = net;
    const crypto = nodeProvider;
    this.#ice = new Stage(new IceAgent({ crypto, role: "controlled" }), {
      clock,
      onEvent: (event) => this.#iceEvent(event),
    });
    this.#dtls = new Stage(new DtlsEndpoint({ crypto, certificate: this.#certificate }), { clock });
    const demux = new Demux();
    void this.#sockets.readable.pipeThrough(this.#ice.inbound).pipeTo(demux.writable);
    void demux.srtp.cancel();
    void demux.dtls.pipeThrough(this.#dtls.inbound).pipeTo(
      new WritableStream({ write: (batch) => batch.forEach((packet) => this.#hear(packet)) }),
    );
    void this.#dtls.outbound.readable.pipeTo(this.#ice.port());
    void this.#ice.outbound.readable.pipeTo(this.#sockets.writable);
    this.#sctp = this.#dtls.port().getWriter();
  }

  /** The fields of its INIT. */
  get fields(): InitFields {
    return {
      initiateTag: 0xbad_cafe,
      aRwnd: 1 << 20,
      outboundStreams: 65535,
      inboundStreams: 65535,
      initialTsn: 1000,
    };
  }

  /** Connects, up to an association. `sdp` may change the answer that the victim gets; `early` comes in the COOKIE ECHO's packet. */
  async connect(
    sdp: (answer: string) => string = (answer) => answer,
    early: readonly Uint8Array[] = [],
  ): Promise<this> {
    const socket = await this.#host.openUdp(this.#host.addresses()[0]!);
    this.#sockets.add(socket);
    this.#ice.run((ice, now) => ice.addBase(socket.local, now));
    this.#ice.run((ice, now) => ice.endOfBases(now));
    this.#victim.addEventListener("icecandidate", ({ candidate }) => {
      const parsed = candidate === null ? undefined : parseCandidate(candidate.candidate);
      if (parsed) this.#ice.run((ice, now) => ice.addRemoteCandidate(parsed, now));
    });
    await this.#victim.setLocalDescription();
    const offer = this.#victim.localDescription!.sdp;
    const line = (name: string) => new RegExp(`^a=${name}:(.*)\r$`, "m").exec(offer)![1]!;
    this.#fingerprints = [{ algorithm: "sha-256", value: line("fingerprint").split(" ")[1]! }];
    const { usernameFragment, password } = this.#ice.run((ice) => ice.localParameters);
    this.#ice.run((ice, now) =>
      ice.setRemoteParameters(
        { usernameFragment: line("ice-ufrag"), password: line("ice-pwd") },
        now,
      )
    );
    const answer = offer
      .replace(/^a=ice-ufrag:.*\r$/m, `a=ice-ufrag:${usernameFragment}\r`)
      .replace(/^a=ice-pwd:.*\r$/m, `a=ice-pwd:${password}\r`)
      .replace(/^a=fingerprint:.*\r$/m, `a=fingerprint:sha-256 ${this.#fingerprint}\r`)
      .replace("a=setup:actpass", "a=setup:active")
      .concat(`a=candidate:1 1 udp 1 ${socket.local.ip} ${socket.local.port} typ host\r\n`);
    await this.#victim.setRemoteDescription({ type: "answer", sdp: sdp(answer) });
    await this.#net.clock.until(() => this.#dtls.run((dtls) => dtls.state) === "connected");
    await this.#associate(early);
    return this;
  }

  /** Sends chunks, as many to a packet as fit. */
  async send(...chunks: Uint8Array[]): Promise<void> {
    await this.flood(chunks);
  }

  /** Sends many chunks, a few packets at a time; `between` runs now and then. Returns how many bytes they were. */
  async flood(chunks: Iterable<Uint8Array>, between?: () => void): Promise<number> {
    let room: Uint8Array[] = [], used = 0, sent = 0, bytes = 0;
    const flush = async () => {
      if (room.length === 0) return;
      this.sendPacket(this.tag, ...room);
      room = [];
      used = 0;
      if (++sent % AT_ONCE === 0) await this.#net.clock.advance(10);
      if (sent % 2048 === 0) between?.();
    };
    for (const chunk of chunks) {
      if (used + padded(chunk.length) > PACKET_ROOM) await flush();
      room.push(aligned(chunk));
      used += padded(chunk.length);
      bytes += chunk.length;
    }
    await flush();
    await this.#net.clock.advance(50);
    between?.();
    return bytes;
  }

  /** Sends one packet with any tag. */
  sendPacket(tag: number, ...chunks: Uint8Array[]): void {
    void this.#sctp.write([buildPacket(5000, 5000, tag, ...chunks)]);
  }

  /** A message in one chunk, or a fragment by its flags, with the next TSN unless another is given. */
  data(data: Uint8Array, options: Partial<DataOptions> = {}): Uint8Array {
    const { flags = 3, streamId = 0, ssn = 0, ppid = 53 } = options;
    const tsn = options.tsn ?? this.tsn;
    if (options.tsn === undefined) this.tsn = add32(this.tsn, 1);
    const chunk = new Uint8Array(16 + data.length);
    writeDataHeader(chunk, 0, flags, data.length, tsn, streamId, ssn, ppid);
    chunk.set(data, 16);
    return chunk;
  }

  /** Removes and returns the chunks of a type that the victim has sent. */
  take(type: number): Uint8Array[] {
    const taken = this.received.filter((one) => one.type === type).map(({ chunk }) => chunk);
    this.received.length = 0;
    return taken;
  }

  /** Vanishes. */
  close(): void {
    this.#ice.run((ice, now) => ice.close(now));
    this.#dtls.run((dtls, now) => dtls.handleEnd(now));
    this.#sockets.close();
  }

  get #fingerprint(): string {
    return fingerprintOf(nodeProvider, this.#certificate.der, "sha-256");
  }

  #iceEvent(event: IceEvent): void {
    const usable = event.type === "state" &&
      (event.state === "connected" || event.state === "completed");
    if (usable) this.#dtls.run((dtls, now) => dtls.start("client", this.#fingerprints, now));
  }

  async #associate(early: readonly Uint8Array[]): Promise<void> {
    this.sendPacket(0, buildInit(this.fields, false));
    await this.#net.clock.until(() => this.#has(ChunkType.INIT_ACK));
    const initAck = parseInit(this.take(ChunkType.INIT_ACK)[0]!.subarray(4))!;
    this.tag = initAck.initiateTag;
    this.theirTsn = initAck.initialTsn;
    await this.send(buildCookieEcho(initAck.stateCookie!), ...early);
    await this.#net.clock.until(() => this.#victim.sctp?.state === "connected");
  }

  #has(type: number): boolean {
    return this.received.some((one) => one.type === type);
  }

  #hear(packet: Uint8Array): void {
    const reader = new PacketReader();
    if (reader.load(packet, true) !== undefined) return;
    while (reader.next()) this.received.push({ type: reader.type, chunk: reader.chunk.slice() });
  }
}

/** The fields of a DATA chunk. */
export interface DataOptions {
  tsn: number;
  flags: number;
  streamId: number;
  ssn: number;
  ppid: number;
}

function aligned(chunk: Uint8Array): Uint8Array {
  if (chunk.length % 4 === 0) return chunk;
  const whole = new Uint8Array(padded(chunk.length));
  whole.set(chunk);
  return whole;
}
