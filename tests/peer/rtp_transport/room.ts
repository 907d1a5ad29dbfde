import {
  type EncodedChunk,
  MediaStreamTrackGenerator,
  MediaStreamTrackProcessor,
} from "../../../media/mod.ts";
import type {
  RTCPeerConnection,
  RTCRtpReceiver,
  RTCRtpSender,
  RTCRtpTransceiverInit,
} from "../../../mod.ts";
import { createPeerConnection } from "../../../peer/rtc_peer_connection.ts";
import { receiverSlots } from "../../../peer/rtc_rtp_receiver.ts";
import type { InboundPacket } from "../../../rtp/mod.ts";
import { type Host, VirtualNetwork } from "../../net/mod.ts";
import { settle } from "../../support/virtual_clock.ts";

/** A server and those who are connected to it, on a virtual network, in virtual time. */
export class Room {
  readonly net: VirtualNetwork;
  readonly server: Host;
  readonly #connections: RTCPeerConnection[] = [];
  readonly #hosts: Host[] = [];

  constructor(seed = 1) {
    this.net = new VirtualNetwork({ seed });
    this.server = this.net.host("198.51.100.1");
  }

  /** The wires of all who are connected to the server. */
  get links(): Host["link"][] {
    return this.#hosts.map(({ link }) => link);
  }

  /** A connection between somebody new and the server. */
  pair(): { client: RTCPeerConnection; server: RTCPeerConnection } {
    const host = this.net.host(`198.51.100.${this.#hosts.length + 2}`);
    this.#hosts.push(host);
    const client = createPeerConnection({ network: host });
    const server = createPeerConnection({ network: this.server });
    this.#connections.push(client, server);
    return { client, server };
  }

  /** Somebody who sends video to the server. */
  async publish(camera: Camera, init: RTCRtpTransceiverInit = {}): Promise<Publisher> {
    const { client, server } = this.pair();
    const { sender } = client.addTransceiver(camera.track, { direction: "sendonly", ...init });
    await this.connect(client, server);
    return { client, server, sender, receiver: server.getReceivers()[0]! };
  }

  /** Somebody to whom the server sends. */
  async view(kind: "audio" | "video" = "video"): Promise<Viewer> {
    const { client, server } = this.pair();
    const { sender } = server.addTransceiver(kind, { direction: "sendonly" });
    await this.connect(server, client);
    const receiver = client.getReceivers()[0]!;
    return { client, server, sender, receiver, ...collected(receiver) };
  }

  /** An offer of `offerer` and its answer, with all candidates, until both are connected. */
  async connect(offerer: RTCPeerConnection, answerer: RTCPeerConnection): Promise<void> {
    const gathered = (pc: RTCPeerConnection) =>
      this.until(() => pc.iceGatheringState === "complete");
    await offerer.setLocalDescription();
    await gathered(offerer);
    await answerer.setRemoteDescription(offerer.localDescription!);
    await answerer.setLocalDescription();
    await gathered(answerer);
    await offerer.setRemoteDescription(answerer.localDescription!);
    const connected = "connected";
    await this.until(() =>
      offerer.connectionState === connected && answerer.connectionState === connected
    );
  }

  until(condition: () => boolean, limit?: number): Promise<void> {
    return this.net.clock.until(condition, limit);
  }

  advance(millis: number): Promise<void> {
    return this.net.clock.advance(millis);
  }

  /** Lets cameras film for so many frames, 30 a second. */
  async film(frames: number, ...cameras: Camera[]): Promise<void> {
    for (let i = 0; i < frames; i++) {
      for (const camera of cameras) await camera.shoot();
      await this.advance(1000 / 30);
    }
  }

  /** Closes all connections, and checks that no timer is left. */
  async close(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    await this.advance(1000);
    await settle();
    this.net.clock.assertIdle();
  }
}

export interface Publisher {
  readonly client: RTCPeerConnection;
  readonly server: RTCPeerConnection;
  readonly sender: RTCRtpSender;
  /** The server's. */
  readonly receiver: RTCRtpReceiver;
}

export interface Viewer {
  readonly client: RTCPeerConnection;
  readonly server: RTCPeerConnection;
  /** The server's. */
  readonly sender: RTCRtpSender;
  readonly receiver: RTCRtpReceiver;
  readonly frames: EncodedChunk[];
  readonly packets: InboundPacket[];
}

/** All that a receiver gets, as frames and as packets. */
export function collected(
  receiver: RTCRtpReceiver,
): { frames: EncodedChunk[]; packets: InboundPacket[] } {
  const frames: EncodedChunk[] = [];
  const packets: InboundPacket[] = [];
  void new MediaStreamTrackProcessor({ track: receiver.track }).readable
    .pipeTo(new WritableStream({ write: (chunk) => void frames.push(chunk) }))
    .catch(() => {});
  const slots = receiverSlots(receiver);
  slots.packets.add({ replacesTrack: false, receive: (some) => void packets.push(...some) });
  slots.transceiver.host.media.update(slots.transceiver);
  return { frames, packets };
}

/**
 * A camera that films VP8, in layers if it has names for some: its frames tell who it is, which is one more for each further layer, and how
 * many there were before, and are key frames if one was asked for.
 */
export class Camera {
  readonly track: MediaStreamTrackGenerator;
  /** Key frames that it was asked for. */
  requests = 0;
  readonly keyFrames: number[] = [];
  readonly #writer: WritableStreamDefaultWriter;
  readonly #id: number;
  readonly #rids: readonly (string | null)[];
  #index = 0;
  /** Layers whose next frame is to be a key frame. */
  readonly #wanted: Set<string | null>;

  constructor(id: number, rids: readonly string[] = []) {
    this.#id = id;
    this.#rids = rids.length > 0 ? rids : [null];
    this.#wanted = new Set(this.#rids);
    this.track = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
    this.track.addEventListener("keyframerequest", ({ rid }) => {
      this.requests++;
      for (const each of rid === null ? this.#rids : [rid]) this.#wanted.add(each);
    });
    this.#writer = this.track.writable.getWriter();
  }

  /** RFC 7741 section 4.3: the lowest bit is 0 in key frames. */
  async shoot(): Promise<void> {
    const index = this.#index++;
    for (const [layer, rid] of this.#rids.entries()) {
      const isKey = this.#wanted.delete(rid);
      const data = new Uint8Array(2500).fill(this.#id + layer);
      data[0] = isKey ? 0x10 : 0x11;
      new DataView(data.buffer).setUint32(4, index);
      if (isKey) this.keyFrames.push(index);
      const metadata = rid === null ? {} : { rid };
      const type = isKey ? "key" : "delta";
      await this.#writer.write({ type, timestamp: index * 33_333, data, metadata });
    }
  }
}

/** Which camera filmed a frame, and which of its frames it is. */
export function filmed({ data }: EncodedChunk): { camera: number; index: number } {
  return { camera: data[1]!, index: new DataView(data.buffer, data.byteOffset).getUint32(4) };
}
