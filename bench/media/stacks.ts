/**
 * What is measured of each stack's media, behind one shape. A stack that lacks it is left out.
 *
 * @module
 */
import { emptyOutputs, nodeProvider as crypto } from "../../core/mod.ts";
import {
  keyingMaterialLength,
  SRTP_PROTECTION_PROFILES,
  SrtpEndpoint,
  type SrtpEvent,
  type SrtpPacket,
} from "../../srtp/mod.ts";

/** A session description; opaque here. */
export type Description = unknown;

/** One connection of a server that forwards. */
export interface ServerConnection {
  /** Its offer, with all candidates. */
  readonly offer: Description;
  accept(answer: Description): Promise<void>;
}

/** A server that forwards what its one publisher sends. */
export interface ForwardingServer {
  publisher(): Promise<ServerConnection>;
  viewer(): Promise<ServerConnection>;
}

/** What is measured of a stack. */
export interface MediaStack {
  /** Makes an SRTP session of each side, and returns what protects a packet and opens it again. */
  srtp(): Promise<(packet: Uint8Array) => void>;
  server(): Promise<ForwardingServer>;
}

/** The figures of one stack. */
export interface MediaFigures {
  /** To protect one packet with so many bytes of payload by AEAD_AES_128_GCM and to open it again, in microseconds. */
  srtp160: number;
  srtp1200: number;
  /** Computing time of a server that forwards a video of 2 Mb/s to 50 viewers, in percent of a core. */
  forwardingCpu: number;
  /** What of it the viewers get, in percent. */
  delivered: number;
}

/** RFC 7714: what both stacks offer first. */
const AEAD_AES_128_GCM =
  SRTP_PROTECTION_PROFILES.find(({ name }) => name === "SRTP_AEAD_AES_128_GCM")!.id;

/** The stacks, by their names in `bench/stacks.ts`. */
export const MEDIA_STACKS: Readonly<Record<string, MediaStack>> = {
  heron: { srtp: () => Promise.resolve(heronSrtp()), server: heronServer },
  werift: { srtp: weriftSrtp, server: weriftServer },
};

function heronSrtp(): (packet: Uint8Array) => void {
  const keyingMaterial = crypto.random(keyingMaterialLength(AEAD_AES_128_GCM));
  const [sender, receiver] = (["client", "server"] as const).map((role) => {
    const endpoint = new SrtpEndpoint({ crypto });
    endpoint.setKeys({ profile: AEAD_AES_128_GCM, keyingMaterial, role }, 0);
    return endpoint;
  }) as [SrtpEndpoint, SrtpEndpoint];
  return (data) => {
    const out = emptyOutputs<Uint8Array, SrtpPacket, SrtpEvent>();
    sender.handleOutbound([{ kind: "rtp", data }], 0);
    sender.poll(out);
    receiver.handleInbound(out.below, 0);
    receiver.poll(out);
    if (out.above.length !== 1) throw new Error("A packet got lost");
  };
}

async function heronServer(): Promise<ForwardingServer> {
  const { RTCPeerConnection } = await import("../../mod.ts");
  const { forward } = await import("../../peer/rtp_transport/mod.ts");
  const source = new RTCPeerConnection();
  const { receiver } = source.addTransceiver("video", { direction: "recvonly" });
  return {
    publisher: () => connection(source),
    viewer() {
      const pc = new RTCPeerConnection();
      const { sender } = pc.addTransceiver("video", { direction: "sendonly" });
      forward(receiver, sender);
      return connection(pc);
    },
  };
}

async function weriftSrtp(): Promise<(packet: Uint8Array) => void> {
  const { RtpPacket, SrtpSession } = await import("npm:werift@^0.25.2");
  const { Buffer } = await import("node:buffer");
  const [localMasterKey, remoteMasterKey] = [16, 16].map((length) =>
    Buffer.from(crypto.random(length))
  ) as [Buffer, Buffer];
  const [localMasterSalt, remoteMasterSalt] = [12, 12].map((length) =>
    Buffer.from(crypto.random(length))
  ) as [Buffer, Buffer];
  const sender = new SrtpSession({
    profile: 7,
    keys: { localMasterKey, localMasterSalt, remoteMasterKey, remoteMasterSalt },
  });
  const receiver = new SrtpSession({
    profile: 7,
    keys: {
      ...{ localMasterKey: remoteMasterKey, localMasterSalt: remoteMasterSalt },
      ...{ remoteMasterKey: localMasterKey, remoteMasterSalt: localMasterSalt },
    },
  });
  return (data) => {
    const { payload, header } = RtpPacket.deSerialize(Buffer.from(data.buffer));
    const opened = receiver.decrypt(sender.encrypt(payload, header));
    if (opened.length !== data.length) throw new Error("A packet got lost");
  };
}

async function weriftServer(): Promise<ForwardingServer> {
  const {
    MediaStreamTrack,
    RTCPeerConnection,
    useNACK,
    usePLI,
    useTWCC,
    useTransportWideCC,
    useVP8,
  } = await import("npm:werift@^0.25.2");
  const make = () =>
    new RTCPeerConnection({
      iceServers: [],
      codecs: { video: [useVP8({ rtcpFeedback: [useNACK(), usePLI(), useTWCC()] })] },
      headerExtensions: { video: [useTransportWideCC()] },
    });
  const source = make();
  const { receiver } = source.addTransceiver("video", { direction: "recvonly" });
  const tracks: InstanceType<typeof MediaStreamTrack>[] = [];
  const first = new Promise<InstanceType<typeof MediaStreamTrack>>((resolve) =>
    source.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe((packet) => {
        for (const each of tracks) each.writeRtp(packet);
      });
      resolve(track);
    })
  );
  return {
    publisher: () => connection(source),
    viewer() {
      const pc = make();
      const track = new MediaStreamTrack({ kind: "video" });
      const { sender } = pc.addTransceiver(track, { direction: "sendonly" });
      sender.onPictureLossIndication.subscribe(async () => {
        const { ssrc } = await first;
        if (ssrc !== undefined) await receiver.sendRtcpPLI(ssrc);
      });
      tracks.push(track);
      return connection(pc);
    },
  };
}

/** What the two stacks have in common. */
interface Offerer {
  readonly iceGatheringState: string;
  readonly localDescription: Description | null | undefined;
  createOffer(): Promise<Description>;
  setLocalDescription(offer: never): Promise<unknown>;
  setRemoteDescription(answer: never): Promise<unknown>;
}

/** Long enough for candidates of this machine, in milliseconds. */
const POLL_INTERVAL = 5;

async function connection(pc: Offerer): Promise<ServerConnection> {
  await pc.setLocalDescription(await pc.createOffer() as never);
  while (pc.iceGatheringState !== "complete") {
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
  }
  return {
    offer: pc.localDescription,
    accept: async (answer) => void await pc.setRemoteDescription(answer as never),
  };
}
