import { deadline } from "@std/async/deadline";
import {
  type Certificate,
  type Clock,
  type CryptoProvider,
  type Datagram,
  Stage,
} from "../core/mod.ts";
import { DtlsEndpoint, type DtlsEvent, type DtlsOptions } from "../dtls/mod.ts";
import { IceAgent, type IceAgentOptions, type IceEvent, type IceParameters } from "../ice/mod.ts";
import {
  type ChannelEvent,
  type ChannelItem,
  DataChannels,
  SctpAssociation,
  type SctpEvent,
  type SctpItem,
} from "../sctp/mod.ts";
import { SRTP_PROTECTION_PROFILES } from "../srtp/mod.ts";
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
  /** The largest message that this end takes, in bytes. */
  readonly maxMessageSize: number;
  readonly onIceEvent: (event: IceEvent) => void;
  readonly onDtlsEvent: (event: DtlsEvent) => void;
  readonly onSctpEvent: (event: SctpEvent) => void;
  /** What arrives for the data channels. */
  readonly onChannelItems: (items: readonly ChannelItem[]) => void;
  /** The data channels have ended, with the reason if they failed. */
  readonly onChannelsEnd: (reason?: unknown) => void;
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

/**
 * The whole stack of one transport, from sockets to data channels: the only place where stages are wired together.
 *
 * Everything is wired before the first socket is opened, so that nothing has to be parked for an upper layer that comes late.
 */
export class Pipeline {
  readonly sockets: SocketGroup = new SocketGroup();
  readonly ice: Stage<Datagram, Uint8Array, IceEvent, IceAgent>;
  readonly dtls: Stage<Uint8Array, Uint8Array, DtlsEvent, DtlsEndpoint>;
  readonly sctp: Stage<Uint8Array, SctpItem, SctpEvent, SctpAssociation>;
  readonly channels: Stage<SctpItem, ChannelItem, ChannelEvent, DataChannels>;
  readonly demux: Demux = new Demux();
  readonly #application: WritableStreamDefaultWriter<readonly ChannelItem[]>;
  readonly #sctpEnd: Promise<void>;
  readonly #dtlsEnd: Promise<void>;
  readonly #iceEnd: Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(options: PipelineOptions) {
    const { clock, crypto, certificate } = options;
    this.ice = new Stage(
      new IceAgent({
        ...options.ice,
        crypto,
        role: options.iceRole,
        localParameters: options.iceParameters,
      }),
      { clock, onEvent: options.onIceEvent },
    );
    this.dtls = new Stage(
      new DtlsEndpoint({
        ...options.dtls,
        crypto,
        certificate,
        srtpProfiles: SRTP_PROFILES,
        maxDatagramSize: MAX_DATAGRAM_SIZE,
      }),
      { clock, onEvent: options.onDtlsEvent },
    );
    this.sctp = new Stage(
      new SctpAssociation({
        crypto,
        maxMessageSize: options.maxMessageSize,
        mtu: MAX_DATAGRAM_SIZE - RECORD_OVERHEAD,
      }),
      { clock, onEvent: options.onSctpEvent },
    );
    this.channels = new Stage(new DataChannels({ maxChannels: MAX_CHANNELS }), { clock });
    const { sockets, ice, demux, dtls, sctp, channels } = this;

    // From the wire to the application.
    void quietly(sockets.readable.pipeThrough(ice.inbound).pipeTo(demux.writable));
    void quietly(
      demux.dtls.pipeThrough(dtls.inbound).pipeThrough(sctp.inbound).pipeThrough(channels.inbound)
        .pipeTo(applicationSink(options)),
    );
    void quietly(demux.srtp.cancel()); // no media yet: its packets go no further

    // From the application to the wire. A port outlives what ends above it: DTLS carries more than SCTP.
    this.#application = channels.outbound.writable.getWriter();
    this.#sctpEnd = quietly(
      channels.outbound.readable.pipeThrough(sctp.outbound).pipeTo(dtls.port()),
    );
    this.#dtlsEnd = quietly(dtls.outbound.readable.pipeTo(ice.port()));
    this.#iceEnd = quietly(ice.outbound.readable.pipeTo(sockets.writable));
  }

  /** Hands items to the data channels; back-pressure shows in their `sent` items. */
  send(items: readonly ChannelItem[]): void {
    void quietly(this.#application.write(items));
  }

  /** Ends everything at once, from the top: what a layer says last leaves before the one below it closes. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.sctp.run((sctp, now) => sctp.abort(now)); // W3C WebRTC section 4.4.1.8: an ABORT chunk
    await soon(this.#sctpEnd);
    this.dtls.run((dtls, now) => dtls.close(now)); // close_notify
    await soon(this.#dtlsEnd);
    this.ice.run((ice, now) => ice.close(now));
    await soon(this.#iceEnd);
    this.sockets.close();
  }
}

function applicationSink(options: PipelineOptions): WritableStream<readonly ChannelItem[]> {
  return new WritableStream({
    write: (items) => options.onChannelItems(items),
    close: () => options.onChannelsEnd(),
    abort: (reason) => options.onChannelsEnd(reason),
  });
}

/** A pipe that breaks is told of by the layer that failed, in its events; nobody else needs the rejection. */
function quietly(promise: Promise<unknown>): Promise<void> {
  return promise.then(() => {}, () => {});
}

/** Waits for a pipe's end, but not for ever: a socket that takes nothing more must not keep the others open. */
function soon(end: Promise<void>): Promise<void> {
  return quietly(deadline(end, CLOSE_DEADLINE));
}
