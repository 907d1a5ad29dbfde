import { deadline } from "@std/async/deadline";
import {
  type Certificate,
  type Clock,
  type CryptoProvider,
  type Datagram,
  Discards,
  type Millis,
  Stage,
} from "../core/mod.ts";
import { DTLS_SRTP_LABEL, DtlsEndpoint, type DtlsEvent, type DtlsOptions } from "../dtls/mod.ts";
import { IceAgent, type IceAgentOptions, type IceEvent, type IceParameters } from "../ice/mod.ts";
import {
  type ChannelEvent,
  type ChannelItem,
  DataChannels,
  SctpAssociation,
  type SctpEvent,
  type SctpItem,
} from "../sctp/mod.ts";
import {
  type RtpDatagram,
  type RtpItem,
  RtpSession,
  type RtpSessionEvent,
  type RtpSessionOptions,
} from "../rtp/mod.ts";
import {
  keyingMaterialLength,
  SRTP_PROTECTION_PROFILES,
  SrtpEndpoint,
  type SrtpEvent,
  type SrtpPacket,
} from "../srtp/mod.ts";
import { Demux, SocketGroup } from "../transport/mod.ts";

/** What a pipeline is built from. */
export interface PipelineOptions {
  readonly clock: Clock;
  readonly crypto: CryptoProvider;
  readonly certificate: Certificate;
  readonly iceRole: "controlling" | "controlled";
  readonly iceParameters: IceParameters;
  /** Further options of the ICE agent. */
  readonly ice: Partial<IceAgentOptions> | undefined;
  /** Further options of the DTLS endpoint. */
  readonly dtls: Partial<DtlsOptions> | undefined;
  readonly onIceEvent: (event: IceEvent) => void;
  readonly onDtlsEvent: (event: DtlsEvent) => void;
}

/** What data channels are built from. */
export interface DataLaneOptions extends Pick<PipelineOptions, "clock" | "crypto"> {
  /** The largest message that this end takes, in bytes. */
  readonly maxMessageSize: number;
  readonly onSctpEvent: (event: SctpEvent) => void;
  /** What arrives for the data channels. */
  readonly onChannelItems: (items: readonly ChannelItem[]) => void;
}

/** What the media of a pipeline is built from. */
export interface MediaLaneOptions extends Pick<RtpSessionOptions, "cname"> {
  readonly onRtpEvent: (event: RtpSessionEvent) => void;
  /** Frames and packets that have arrived. */
  readonly onRtpItems: (items: readonly RtpItem[]) => void;
}

type DtlsStage = Stage<Uint8Array, Uint8Array, DtlsEvent, DtlsEndpoint>;

/** One DTLS association. */
interface DtlsLane {
  readonly dtls: DtlsStage;
  readonly end: Promise<void>;
}

/** RTP over SRTP, where there is media. */
interface MediaLane {
  readonly srtp: Stage<Uint8Array, SrtpPacket, SrtpEvent, SrtpEndpoint>;
  readonly rtp: Stage<RtpDatagram, RtpItem, RtpSessionEvent, RtpSession>;
  readonly items: WritableStreamDefaultWriter<readonly RtpItem[]>;
  readonly end: Promise<void>;
}

/** The longest UDP payload: a path that takes IP packets of 1,200 bytes takes it. */
const MAX_DATAGRAM_SIZE = 1172;

/** Bytes that a DTLS record adds at most: header, explicit nonce and tag (RFC 5288 section 3). */
const RECORD_OVERHEAD = 13 + 8 + 16;

/**
 * Channels at a time, of both sides. Each costs about 1.5 KB with what the application sees of it, and the peer makes one with 30 bytes:
 * all 65,535 streams would be 90 MB. Chromium has 1,024.
 */
const MAX_CHANNELS = 16_384;

/**
 * Always negotiated (RFC 5764 section 4.1.1), also where there is no media yet: it may join the transport later, without a new
 * handshake, and peers such as pion and werift end one that agrees on no profile.
 */
const SRTP_PROFILES: readonly number[] = SRTP_PROTECTION_PROFILES.map(({ id }) => id);

/** How long the last packets of a layer have to leave, in milliseconds. */
const CLOSE_DEADLINE = 200;

/** Data channels on an SCTP association of their own, which goes over one DTLS association or another. */
export class DataLane {
  readonly sctp: Stage<Uint8Array, SctpItem, SctpEvent, SctpAssociation>;
  readonly channels: Stage<SctpItem, ChannelItem, ChannelEvent, DataChannels>;
  readonly #items: WritableStreamDefaultWriter<readonly ChannelItem[]>;
  #carried = new AbortController();
  #end: Promise<void> = Promise.resolve();

  constructor({ clock, crypto, maxMessageSize, onSctpEvent, onChannelItems }: DataLaneOptions) {
    this.sctp = new Stage(
      new SctpAssociation({ crypto, maxMessageSize, mtu: MAX_DATAGRAM_SIZE - RECORD_OVERHEAD }),
      { clock, onEvent: onSctpEvent },
    );
    this.channels = new Stage(new DataChannels({ maxChannels: MAX_CHANNELS }), { clock });
    const { sctp, channels } = this;
    void quietly(
      sctp.inbound.readable.pipeThrough(channels.inbound)
        .pipeTo(new WritableStream({ write: onChannelItems })),
    );
    void quietly(channels.outbound.readable.pipeTo(sctp.outbound.writable));
    this.#items = channels.outbound.writable.getWriter();
  }

  /** Settles once all that it has sent was handed to DTLS, and nothing more will be. */
  get end(): Promise<void> {
    return this.#end;
  }

  /** Hands items to the data channels; back-pressure shows in their `sent` items. */
  send(items: readonly ChannelItem[]): void {
    void quietly(this.#items.write(items));
  }

  /** Packets leave over this DTLS association from now on. A port outlives what ends above it: DTLS carries more than SCTP. */
  leaveOver(dtls: DtlsStage): void {
    this.#carried.abort();
    const { signal } = this.#carried = new AbortController();
    const { readable } = this.sctp.outbound;
    this.#end = this.#end.then(() =>
      quietly(readable.pipeTo(dtls.port(), { signal, preventCancel: true }))
    );
  }

  /** Ends the association with an ABORT chunk (W3C WebRTC section 4.4.1.8). */
  abort(): void {
    this.sctp.run((sctp, now) => sctp.abort(now));
  }

  /** Ends it without a word: what has carried it is gone. */
  cut(): void {
    this.#carried.abort();
    this.sctp.run((sctp, now) => sctp.handleEnd(now));
  }
}

/** Why data that DTLS has opened was dropped: no SCTP association is carried, or another DTLS association has taken the place of this. */
export type PipelineDiscard = "no association" | "left";

/**
 * The stack of one transport, from sockets to DTLS and media, and to the data channels that it carries: this file is the only place where
 * stages are wired together.
 *
 * What a description asks for is wired before its first packet can come, so that nothing has to be parked for an upper layer that comes late.
 */
export class Pipeline {
  readonly sockets: SocketGroup = new SocketGroup();
  readonly ice: Stage<Datagram, Uint8Array, IceEvent, IceAgent>;
  readonly demux: Demux = new Demux();
  /** What was dropped, by reason. */
  readonly discards: Discards<PipelineDiscard> = new Discards();
  readonly #options: PipelineOptions;
  readonly #iceEnd: Promise<void>;
  #dtls: DtlsLane;
  #data: DataLane | undefined;
  #media: MediaLane | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: PipelineOptions) {
    this.#options = options;
    const { clock, crypto } = options;
    this.ice = new Stage(
      new IceAgent({
        ...options.ice,
        crypto,
        role: options.iceRole,
        localParameters: options.iceParameters,
      }),
      { clock, onEvent: options.onIceEvent },
    );
    const { sockets, ice, demux } = this;
    sockets.watch((datagram) => ice.run((agent) => agent.refused(datagram)));
    void quietly(sockets.readable.pipeThrough(ice.inbound).pipeTo(demux.writable));
    this.#dtls = this.#startDtls();
    this.#iceEnd = quietly(ice.outbound.readable.pipeTo(sockets.writable));
  }

  /** The DTLS association. */
  get dtls(): DtlsStage {
    return this.#dtls.dtls;
  }

  /** Makes place for a new DTLS association: the one before ends without a word, and tells nothing more. */
  renewDtls(): void {
    if (this.#closing !== undefined) return;
    this.demux.renewDtls();
    this.#dtls = this.#startDtls();
  }

  #startDtls(): DtlsLane {
    const { clock, crypto, certificate, onDtlsEvent } = this.#options;
    const isPresent = () => this.dtls === dtls;
    const dtls: DtlsStage = new Stage(
      new DtlsEndpoint({
        srtpProfiles: SRTP_PROFILES,
        ...this.#options.dtls,
        crypto,
        certificate,
        maxDatagramSize: MAX_DATAGRAM_SIZE,
      }),
      {
        clock,
        onEvent: (event) => {
          if (!isPresent()) return;
          if (event.type === "keys") this.#keyMedia();
          onDtlsEvent(event);
        },
      },
    );
    const data = () => isPresent() ? this.#data?.sctp : undefined;
    void quietly(
      this.demux.dtls.pipeThrough(dtls.inbound).pipeTo(
        new WritableStream({
          write: (batch) => {
            const sctp = data();
            if (sctp !== undefined) sctp.run((layer, now) => layer.handleInbound(batch, now));
            else this.discards.add(isPresent() ? "no association" : "left", batch.length);
          },
          close: () => data()?.inbound.writable.close(),
          abort: (reason) => data()?.inbound.writable.abort(reason),
        }),
      ),
    );
    return { dtls, end: quietly(dtls.outbound.readable.pipeTo(this.ice.port())) };
  }

  /** Data channels go over the DTLS association from now on, or, without any, no longer: then what comes for some is dropped, and counted. */
  carry(data: DataLane | undefined): void {
    if (this.#closing !== undefined || data === this.#data) return;
    this.#data = data;
    data?.leaveOver(this.dtls);
  }

  /** Builds what media needs, once there is some; a transport of data alone is spared it. */
  startMedia({ cname, onRtpEvent, onRtpItems }: MediaLaneOptions): void {
    if (this.#media !== undefined || this.#closing !== undefined) return;
    const { clock, crypto } = this.#options;
    const wallClockOffset = performance.timeOrigin + performance.now() - clock.now();
    const srtp = new Stage<Uint8Array, SrtpPacket, SrtpEvent, SrtpEndpoint>(
      new SrtpEndpoint({ crypto }),
      { clock },
    );
    const rtp = new Stage<RtpDatagram, RtpItem, RtpSessionEvent, RtpSession>(
      new RtpSession({ crypto, cname, wallClockOffset }),
      { clock, onEvent: onRtpEvent },
    );
    void quietly(
      this.demux.srtp.pipeThrough(srtp.inbound).pipeThrough(rtp.inbound)
        .pipeTo(new WritableStream({ write: onRtpItems })),
    );
    const end = quietly(
      rtp.outbound.readable.pipeThrough(srtp.outbound).pipeTo(this.ice.port()),
    );
    this.#media = { srtp, rtp, items: rtp.outbound.writable.getWriter(), end };
    this.#keyMedia();
  }

  /** Commands to the RTP session, if there is media. */
  media<T>(mutate: (session: RtpSession, now: Millis) => T): T | undefined {
    return this.#media?.rtp.run(mutate);
  }

  /** Hands frames and packets to the RTP session. What the data channels send goes the same way, and is told to leave room. */
  sendMedia(items: readonly RtpItem[]): void {
    if (this.#media === undefined) return;
    this.#data?.sctp.run((sctp, now) => sctp.mediaSent(now));
    void quietly(this.#media.items.write(items));
  }

  /** Gives SRTP its keys (RFC 5764 section 4.2), as soon as there are both. */
  #keyMedia(): void {
    const srtp = this.#media?.srtp;
    const keys = this.dtls.run((dtls) => {
      const { srtpProfile: profile, role } = dtls;
      if (profile === undefined || role === undefined) return undefined;
      const length = keyingMaterialLength(profile);
      return { profile, role, keyingMaterial: dtls.exportKeyingMaterial(DTLS_SRTP_LABEL, length) };
    });
    if (keys !== undefined) srtp?.run((endpoint, now) => endpoint.setKeys(keys, now));
  }

  /** Ends everything at once, from the top: what a layer says last leaves before the one below it closes. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.media((rtp, now) => rtp.close(now)); // RFC 3550 section 6.6: BYE
    await soon(this.#media?.end ?? Promise.resolve());
    this.#data?.abort();
    await soon(this.#data?.end ?? Promise.resolve());
    this.dtls.run((dtls, now) => dtls.close(now)); // close_notify
    await soon(this.#dtls.end);
    this.ice.run((ice, now) => ice.close(now));
    await soon(this.#iceEnd);
    this.sockets.close();
  }
}

/** A pipe that breaks is told of by the layer that failed, in its events; nobody else needs the rejection. */
function quietly(promise: Promise<unknown>): Promise<void> {
  return promise.then(() => {}, () => {});
}

/** Waits for a pipe's end, but not for ever: a socket that takes nothing more must not keep the others open. */
function soon(end: Promise<void>): Promise<void> {
  return quietly(deadline(end, CLOSE_DEADLINE));
}
