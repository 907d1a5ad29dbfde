/**
 * Code as it is written for the browser, on Heron's names: `types_test.ts` type-checks it with the browser's own library of types.
 * It is never run.
 */
import * as heron from "@heron/webrtc";
import {
  MediaStream,
  MediaStreamTrack,
  RTCDataChannel,
  RTCPeerConnection,
  RTCRtpReceiver,
  RTCRtpSender,
  RTCSessionDescription,
} from "@heron/webrtc";

/** Members with a second form that takes callbacks, from before promises; Heron has the form of today. */
type Callbacks = "createAnswer" | "createOffer";

/**
 * Members whose types lead to a class with private parts, once as what is given and once as what is taken: no other class can
 * have such a type, not even one that behaves the same. The code below shows that they are used as in the browser.
 */
type Nominal =
  | "addEventListener"
  | "addTrack"
  | "addTransceiver"
  | "createDataChannel"
  | "getReceivers"
  | "getSenders"
  | "getStats"
  | "getTransceivers"
  | "ondatachannel"
  | "onerror"
  | "onicecandidate"
  | "onicecandidateerror"
  | "ontrack"
  | "removeEventListener"
  | "removeTrack"
  | "sctp";

type SenderNominal = "dtmf" | "replaceTrack" | "setStreams" | "track" | "transform" | "transport";
type ReceiverNominal = "track" | "transform" | "transport";

/** Heron's objects go where the browser's are expected. */
export function assign(): void {
  const pc = new heron.RTCPeerConnection(
    {
      iceServers: [{ urls: ["stun:stun.example.org"] }],
      iceTransportPolicy: "all",
      bundlePolicy: "max-bundle",
      rtcpMuxPolicy: "require",
      iceCandidatePoolSize: 0,
    } satisfies globalThis.RTCConfiguration,
  );
  const connection: Omit<globalThis.RTCPeerConnection, Callbacks | Nominal> = pc;
  const channel: Omit<globalThis.RTCDataChannel, Nominal> = pc.createDataChannel("file");
  const description: globalThis.RTCSessionDescription = new heron.RTCSessionDescription({
    type: "offer",
    sdp: "",
  });
  const candidate: globalThis.RTCIceCandidate = new heron.RTCIceCandidate({ candidate: "" });
  const error: globalThis.RTCError = new heron.RTCError({ errorDetail: "sctp-failure" });
  const events: Event[] = [
    new heron.RTCPeerConnectionIceEvent("icecandidate", { candidate: null }),
    new heron.RTCErrorEvent("error", {
      error: new heron.RTCError({ errorDetail: "dtls-failure" }),
    }),
  ];
  const transceiver = pc.addTransceiver("video");
  const rtp: Omit<globalThis.RTCRtpTransceiver, "sender" | "receiver"> = transceiver;
  const sending: Omit<globalThis.RTCRtpSender, SenderNominal> = transceiver.sender;
  const receiving: Omit<globalThis.RTCRtpReceiver, ReceiverNominal> = transceiver.receiver;
  use(rtp, sending, receiving);
  use(connection, channel, description, candidate, error, events);
}

/** Signalling as an application does it. */
interface Signaler {
  send(message: {
    description?: globalThis.RTCSessionDescriptionInit | null;
    candidate?: globalThis.RTCIceCandidateInit | null;
  }): void;
  onmessage:
    | ((message: {
      description?: globalThis.RTCSessionDescriptionInit;
      candidate?: globalThis.RTCIceCandidateInit;
    }) => Promise<void>)
    | null;
}

/** Both sides run this, and collide in peace. */
export function negotiate(signaler: Signaler, polite: boolean): RTCPeerConnection {
  const pc = new RTCPeerConnection({ iceServers: [{ urls: "stun:stun.example.org" }] });
  let makingOffer = false;
  let ignoreOffer = false;
  pc.onnegotiationneeded = async () => {
    makingOffer = true;
    try {
      await pc.setLocalDescription();
      signaler.send({ description: pc.localDescription });
    } finally {
      makingOffer = false;
    }
  };
  pc.onicecandidate = ({ candidate }) => signaler.send({ candidate: candidate?.toJSON() ?? null });
  pc.oniceconnectionstatechange = () => {
    if (pc.iceConnectionState === "failed") pc.restartIce();
  };
  signaler.onmessage = async ({ description, candidate }) => {
    if (description !== undefined) {
      const collision = description.type === "offer" &&
        (makingOffer || pc.signalingState !== "stable");
      ignoreOffer = !polite && collision;
      if (ignoreOffer) return;
      await pc.setRemoteDescription(description);
      if (description.type !== "offer") return;
      await pc.setLocalDescription();
      signaler.send({ description: pc.localDescription });
    } else if (candidate !== undefined) {
      await pc.addIceCandidate(candidate).catch((error) => {
        if (!ignoreOffer) throw error;
      });
    }
  };
  return pc;
}

/** The longer way, with events by `addEventListener`. */
export async function call(pc: RTCPeerConnection): Promise<void> {
  const algorithm: EcKeyGenParams = { name: "ECDSA", namedCurve: "P-256" };
  const certificate = await RTCPeerConnection.generateCertificate(algorithm);
  pc.setConfiguration({ ...pc.getConfiguration(), certificates: [certificate] });
  const expires: number = certificate.expires;
  const fingerprint: string | undefined = certificate.getFingerprints()[0]?.value;
  pc.addEventListener("datachannel", (event) => receive(event.channel));
  pc.addEventListener("icecandidateerror", (event) => use(event.errorCode, event.url));
  pc.addEventListener("connectionstatechange", () => use(pc.connectionState === "connected"));
  pc.addEventListener("icegatheringstatechange", function () {
    use(pc.iceGatheringState === "complete");
  }, { once: true });
  const offer = await pc.createOffer({ iceRestart: true });
  await pc.setLocalDescription(offer);
  await pc.setRemoteDescription(
    new RTCSessionDescription({ type: "answer", sdp: offer.sdp ?? "" }),
  );
  await pc.addIceCandidate(null);
  await pc.addIceCandidate({ candidate: "", sdpMid: "0" });
  const report: globalThis.RTCStatsReport = await pc.getStats(null);
  report.forEach((stats, id) => {
    if (stats.type === "transport") use(id, stats.bytesSent, report.get(stats.localCertificateId));
  });
  const sent = [...report.values()].filter(({ type }) => type === "data-channel")
    .reduce((sum: number, { bytesSent }) => sum + bytesSent, 0);
  for (const [id, stats] of report) use(sent, report.size, stats.id === id);
  const transport = pc.sctp?.transport.iceTransport;
  const pair = transport?.getSelectedCandidatePair();
  use(expires, fingerprint, pair?.local?.address, pc.sctp?.maxMessageSize, pc.sctp?.state);
  use(
    pc.canTrickleIceCandidates,
    pc.currentLocalDescription?.sdp,
    pc.pendingRemoteDescription?.type,
  );
  pc.close();
}

/** Tracks both ways, with simulcast. */
export async function callWithMedia(
  pc: RTCPeerConnection,
  stream: MediaStream,
  show: (stream: MediaStream) => void,
): Promise<void> {
  pc.ontrack = ({ track, streams, receiver, transceiver }) => {
    track.onunmute = () => streams.forEach(show);
    receiver.jitterBufferTarget = 200;
    use(transceiver.mid, transceiver.receiver === receiver);
  };
  pc.addEventListener("track", (event) => use(event.streams[0]?.id));
  const [microphone] = stream.getAudioTracks() as [MediaStreamTrack];
  const [camera] = stream.getVideoTracks() as [MediaStreamTrack];
  const sender: RTCRtpSender = pc.addTrack(microphone, stream);
  const sendEncodings: globalThis.RTCRtpEncodingParameters[] = [
    { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 100_000 },
    { rid: "f", active: false, maxFramerate: 30, priority: "high" },
  ];
  const video = pc.addTransceiver(camera, { direction: "sendonly", streams: [stream], sendEncodings });
  const { codecs } = RTCRtpReceiver.getCapabilities("video")!;
  video.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === "video/VP8"));
  const parameters: globalThis.RTCRtpSendParameters = video.sender.getParameters();
  for (const encoding of parameters.encodings) encoding.active = true;
  await video.sender.setParameters(parameters);
  await sender.replaceTrack(null);
  sender.setStreams(stream);
  sender.dtmf?.insertDTMF("123", 100);
  if (sender.dtmf) sender.dtmf.ontonechange = ({ tone }) => use(tone, sender.dtmf?.toneBuffer);
  for (const { timestamp, source, audioLevel } of video.receiver.getSynchronizationSources()) {
    use(timestamp, source, audioLevel);
  }
  const report = await pc.getStats(camera);
  const of = [sender.getStats(), video.receiver.getStats()];
  use(report.size, await Promise.all(of), sender.transport?.state, video.currentDirection);
  pc.getSenders().filter(({ track }) => track?.kind === "audio").forEach((each) => pc.removeTrack(each));
  if (video.direction !== "stopped") video.stop();
}

/** A file, with back-pressure. */
export async function send(pc: RTCPeerConnection, file: File): Promise<void> {
  const channel = pc.createDataChannel(file.name, {
    ordered: false,
    maxRetransmits: 3,
    protocol: "file",
    negotiated: true,
    id: 1,
  });
  channel.bufferedAmountLowThreshold = 1 << 20;
  channel.binaryType = "arraybuffer";
  channel.onopen = async () => {
    channel.send(JSON.stringify({ name: file.name, size: file.size }));
    channel.send(file);
    channel.send(await file.arrayBuffer());
    channel.send(new Uint8Array(await file.arrayBuffer()));
    if (channel.bufferedAmount > channel.bufferedAmountLowThreshold) {
      await new Promise((resolve) => {
        channel.addEventListener("bufferedamountlow", resolve, { once: true });
      });
    }
  };
  channel.onerror = ({ error }) => use(error.errorDetail, error.sctpCauseCode);
  await new Promise((resolve) => channel.onclose = resolve);
}

function receive(channel: RTCDataChannel): void {
  const parts: (string | ArrayBuffer)[] = [];
  channel.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    parts.push(data);
    if (data === "done") channel.close();
  };
  const id: number | null = channel.id;
  const state: globalThis.RTCDataChannelState = channel.readyState;
  const limits: (number | null)[] = [channel.maxPacketLifeTime, channel.maxRetransmits];
  use(id, state, limits, channel.label, channel.protocol, channel.ordered, channel.negotiated);
}

function use(..._values: unknown[]): void {}
