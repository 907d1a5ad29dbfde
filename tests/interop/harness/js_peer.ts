/**
 * The program of a stack that has the browser's own API, in JavaScript.
 *
 * @module
 */
import { TextLineStream } from "@std/streams/text-line-stream";
import type { RTCDataChannel, RTCPeerConnection } from "../../../mod.ts";
import type { Happening, Report, Request } from "./protocol.ts";

/** Serves the requests that standard input brings, until it ends. */
export async function serve(connect: () => RTCPeerConnection): Promise<void> {
  const connections = new Map<number, Connection>();
  const lines = Deno.stdin.readable
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    const request: Request = JSON.parse(line);
    const { pc } = request;
    if (request.do === "open") connections.set(pc, new Connection(pc, connect()));
    connections.get(pc)!.receive(request);
  }
  Deno.exit(0); // whatever the stack may still have open
}

function say(report: Report): void {
  let bytes = new TextEncoder().encode(JSON.stringify(report) + "\n");
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
}

/** One connection. Handlers are set as properties: what stacks add as listeners differs. */
class Connection {
  readonly #number: number;
  readonly #pc: RTCPeerConnection;
  readonly #channels = new Map<number, RTCDataChannel>();
  #announced = 0;
  #received: Promise<void> = Promise.resolve();

  constructor(number: number, pc: RTCPeerConnection) {
    this.#number = number;
    this.#pc = pc;
    pc.onconnectionstatechange = () => this.#sayState();
    pc.oniceconnectionstatechange = () => this.#sayState();
    pc.onicegatheringstatechange = () => this.#sayState();
    pc.onsignalingstatechange = () => this.#sayState();
    pc.onicecandidate = ({ candidate }) => {
      if (!candidate?.candidate) return;
      const { candidate: line, sdpMid, sdpMLineIndex } = candidate;
      this.#say({ event: "candidate", candidate: { candidate: line, sdpMid, sdpMLineIndex } });
    };
    pc.ondatachannel = ({ channel }) => {
      const number = --this.#announced;
      this.#say({ event: "datachannel", channel: number, label: channel.label });
      this.#add(number, channel);
    };
  }

  /** Does what is asked, one request after the other, and replies. */
  receive(request: Request): void {
    const { id } = request;
    this.#received = this.#received.then(() => this.#do(request)).then(
      (value) => say({ id, value }),
      (error) => say({ id, error: String(error) }),
    );
  }

  async #do(request: Request): Promise<unknown> {
    const pc = this.#pc;
    switch (request.do) {
      case "open":
        return;
      case "close":
        await pc.close();
        return this.#sayState();
      case "createDataChannel":
        return this.#add(request.channel, pc.createDataChannel(request.label, request.init));
      case "createOffer": {
        const { type, sdp } = await pc.createOffer({ iceRestart: request.iceRestart });
        return { type, sdp };
      }
      case "createAnswer": {
        const { type, sdp } = await pc.createAnswer();
        return { type, sdp };
      }
      case "setLocalDescription":
        await pc.setLocalDescription(request.description);
        return this.#sayState();
      case "setRemoteDescription":
        await pc.setRemoteDescription(request.description);
        return this.#sayState();
      case "addIceCandidate":
        return await pc.addIceCandidate(request.candidate);
      case "sendBack":
        for (const kind of request.offers ? ["audio", "video"] as const : []) {
          pc.addTransceiver(kind);
        }
        pc.ontrack = ({ track, transceiver }) => {
          transceiver.direction = "sendrecv";
          void transceiver.sender.replaceTrack(track);
        };
        return;
      case "send": {
        const channel = this.#channels.get(request.channel)!;
        if ("text" in request) return channel.send(request.text);
        // A Buffer is what every stack takes, as the Uint8Array that it is.
        return channel.send(Buffer.from(request.base64, "base64"));
      }
      case "closeChannel":
        return this.#channels.get(request.channel)!.close();
    }
  }

  #add(number: number, channel: RTCDataChannel): void {
    this.#channels.set(number, channel);
    channel.binaryType = "arraybuffer";
    let isOpen = false;
    const open = () => {
      if (isOpen) return;
      isOpen = true;
      const { id, protocol, ordered, negotiated } = channel;
      const maxRetransmits = orNull(channel.maxRetransmits);
      const maxPacketLifeTime = orNull(channel.maxPacketLifeTime);
      const properties = { id, protocol, ordered, maxRetransmits, maxPacketLifeTime, negotiated };
      this.#say({ event: "open", channel: number, ...properties });
    };
    channel.onopen = open;
    channel.onmessage = ({ data }) => {
      const payload = typeof data === "string"
        ? { text: data }
        : { base64: Buffer.from(data).toString("base64") };
      this.#say({ event: "message", channel: number, ...payload });
    };
    channel.onclose = () => this.#say({ event: "close", channel: number });
    if (channel.readyState === "open") open(); // stacks differ in whether such a channel still fires `open`
  }

  #say(happening: Happening): void {
    say({ pc: this.#number, ...happening });
  }

  #sayState(): void {
    const pc = this.#pc;
    const local = pc.localDescription;
    this.#say({
      event: "state",
      connection: pc.connectionState,
      ice: pc.iceConnectionState,
      gathering: pc.iceGatheringState,
      signaling: pc.signalingState,
      local: local && { type: local.type, sdp: local.sdp },
    });
  }
}

/** Drafts of the API up to 2017 had 65535 where nothing was given; @roamhq/wrtc still does. */
function orNull(limit: number | null): number | null {
  return limit === 65535 ? null : limit;
}
