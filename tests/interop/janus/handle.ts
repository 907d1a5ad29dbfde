import { RTCPeerConnection, type RTCSessionDescriptionInit } from "../../../mod.ts";
import type { Gateway } from "./gateway.ts";

/** What the gateway says, as far as the tests look at it. */
export interface Message {
  readonly janus: string;
  readonly transaction?: string;
  readonly sender?: number;
  readonly data?: { readonly id: number };
  readonly plugindata?: { readonly data: Readonly<Record<string, unknown>> };
  readonly jsep?: RTCSessionDescriptionInit;
  readonly candidate?: {
    readonly completed?: true;
    readonly candidate?: string;
    readonly sdpMid?: string;
    readonly sdpMLineIndex?: number;
  };
  readonly error?: { readonly reason: string };
}

/** One connection with a plugin of the gateway, and Heron's end of it. */
export class Handle {
  readonly pc: RTCPeerConnection = new RTCPeerConnection();
  readonly #gateway: Gateway;
  readonly #id: number;
  #described: Promise<unknown> = new Promise<void>((resolve) =>
    this.pc.addEventListener("signalingstatechange", () => resolve(), { once: true })
  );

  constructor(gateway: Gateway, id: number) {
    this.#gateway = gateway;
    this.#id = id;
    this.pc.onicecandidate = ({ candidate }) => {
      if (candidate !== null) void this.#send({ janus: "trickle", candidate });
    };
  }

  /** Sends a request to the plugin, with a description if there is one; throws what it has to say against it. */
  async message(body: object, jsep?: RTCSessionDescriptionInit): Promise<Message> {
    const reply = await this.#send({ janus: "message", body, ...(jsep && { jsep }) });
    const error = reply.error?.reason ?? reply.plugindata?.data.error;
    if (error !== undefined) throw new Error(`Janus: ${error}`);
    return reply;
  }

  /** Offers along with a request, and takes the answer. */
  async offer(body: object): Promise<void> {
    await this.pc.setLocalDescription();
    const { jsep } = await this.message(body, this.pc.localDescription!.toJSON());
    await this.pc.setRemoteDescription(jsep!);
  }

  /** Makes a request that brings an offer, and answers with another one. */
  async answer(request: object, body: object): Promise<void> {
    const { jsep } = await this.message(request);
    await this.pc.setRemoteDescription(jsep!);
    await this.pc.setLocalDescription();
    await this.message(body, this.pc.localDescription!.toJSON());
  }

  /** Takes what the gateway tells by itself: its candidates. */
  receive({ janus, candidate }: Message): void {
    if (janus !== "trickle" || candidate === undefined) return;
    const { completed, ...init } = candidate;
    const add = () => this.pc.addIceCandidate(completed ? undefined : init);
    this.#described = this.#described.then(add).catch(() => {}); // the test may have ended
  }

  close(): void {
    this.pc.close();
    void this.#send({ janus: "detach" });
  }

  #send(message: object): Promise<Message> {
    return this.#gateway.request({ ...message, handle_id: this.#id });
  }
}
