import type { ChannelProperties, Happening, Payload } from "./protocol.ts";

/** What can be asked of a channel. */
export type ChannelCommand = ({ readonly do: "send" } & Payload) | { readonly do: "closeChannel" };

/** A channel of another stack's connection, with as much of `RTCDataChannel` as the scenarios use. */
export class StackChannel extends EventTarget {
  readonly label: string;
  binaryType = "arraybuffer";
  bufferedAmountLowThreshold = 0;
  readonly #ask: (command: ChannelCommand) => Promise<void>;
  #state: RTCDataChannelState = "connecting";
  #properties: ChannelProperties | undefined;
  #bufferedAmount = 0;

  constructor(label: string, ask: (command: ChannelCommand) => Promise<void>) {
    super();
    this.label = label;
    this.#ask = ask;
  }

  get readyState(): string {
    return this.#state;
  }

  get id(): number | null {
    return this.#properties?.id ?? null;
  }

  get protocol(): string | undefined {
    return this.#properties?.protocol;
  }

  get ordered(): boolean | undefined {
    return this.#properties?.ordered;
  }

  get maxRetransmits(): number | null | undefined {
    return this.#properties?.maxRetransmits;
  }

  get maxPacketLifeTime(): number | null | undefined {
    return this.#properties?.maxPacketLifeTime;
  }

  get negotiated(): boolean | undefined {
    return this.#properties?.negotiated;
  }

  /** Bytes on their way to the program; what the stack itself holds back is its own matter. */
  get bufferedAmount(): number {
    return this.#bufferedAmount;
  }

  send(data: string | Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer>): void {
    if (data instanceof Blob) { // later messages may overtake it
      return void data.arrayBuffer().then((bytes) => this.send(bytes));
    }
    if (typeof data === "string") {
      return this.#send({ text: data }, new TextEncoder().encode(data).length);
    }
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
    this.#send({ base64: bytes.toBase64() }, bytes.length);
  }

  close(): void {
    this.#state = "closing";
    void this.#ask({ do: "closeChannel" });
  }

  happened(happening: Happening): void {
    switch (happening.event) {
      case "open":
        this.#properties = happening;
        return this.#enter("open");
      case "close":
        return this.#enter("closed");
      case "message": {
        const data = "text" in happening
          ? happening.text
          : Uint8Array.fromBase64(happening.base64).buffer;
        this.dispatchEvent(new MessageEvent("message", { data }));
      }
    }
  }

  #enter(state: "open" | "closed"): void {
    if (this.#state === "closed") return;
    this.#state = state;
    this.dispatchEvent(new Event(state === "open" ? "open" : "close"));
  }

  #send(payload: Payload, size: number): void {
    this.#bufferedAmount += size;
    this.#ask({ do: "send", ...payload }).then(() => {
      const before = this.#bufferedAmount;
      this.#bufferedAmount -= size;
      const threshold = this.bufferedAmountLowThreshold;
      if (before > threshold && this.#bufferedAmount <= threshold) {
        this.dispatchEvent(new Event("bufferedamountlow"));
      }
    });
  }
}

type RTCDataChannelState = "connecting" | "open" | "closing" | "closed";
