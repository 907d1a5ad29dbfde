import { type RTCDataChannel, RTCPeerConnection } from "@heron/webrtc";
import { receiveFile, sendFile } from "./files.ts";
import { Mirror } from "./mirror.ts";
import { type FromHeron, parseFromPage } from "./protocol.ts";
import { Recorder } from "./recorder.ts";
import type { Guest, Room } from "./room.ts";

/** How many bytes of pings may wait to go back: more than that, and the page isn't measuring. */
const MAX_PINGS = 4096;

/**
 * One page's connection. Only the page offers, so that offers never meet; its tracks go to the mirror, and each of its channels has
 * a task, which its label tells:
 *
 * | label    | mode                          | carries                                        |
 * | -------- | ----------------------------- | ---------------------------------------------- |
 * | `chat`   | ordered, reliable             | JSON, see protocol.ts                          |
 * | `ping`   | unordered, no retransmissions | whatever the page sends, which comes back      |
 * | `file`   | ordered, reliable             | one file, from the page                        |
 * | `fetch`  | ordered, reliable             | one file, to the page: its id is the protocol  |
 * | `record` | ordered, reliable             | one recording, see recorder.ts                 |
 */
export class Visitor implements Guest {
  #name = "";
  #socket: WebSocket;
  #room: Room;
  #pc = new RTCPeerConnection();
  #mirror = new Mirror(this.#pc);
  #recorder = new Recorder();
  #chat: RTCDataChannel | undefined;
  #signals: Promise<void> = Promise.resolve();

  constructor(socket: WebSocket, room: Room) {
    this.#socket = socket;
    this.#room = room;
    socket.onmessage = ({ data }) => {
      // One after the other: a candidate must not overtake the offer it belongs to.
      this.#signals = this.#signals.then(() => this.#takeSignal(data)).catch(() => this.#end());
    };
    socket.onclose = () => this.#end();
    this.#pc.onicecandidate = ({ candidate }) => this.#signal({ candidate });
    this.#pc.ondatachannel = ({ channel }) => this.#serve(channel);
    this.#pc.onconnectionstatechange = () => {
      if (this.#pc.connectionState === "failed") this.#end();
    };
  }

  get name(): string {
    return this.#name;
  }

  tell(message: FromHeron): void {
    if (this.#chat?.readyState === "open") this.#chat.send(JSON.stringify(message));
  }

  async #takeSignal(data: unknown): Promise<void> {
    const { description, candidate } = JSON.parse(String(data));
    if (candidate !== undefined) return await this.#pc.addIceCandidate(candidate);
    await this.#pc.setRemoteDescription(description);
    await this.#mirror.reflect();
    await this.#pc.setLocalDescription();
    this.#signal({ description: this.#pc.localDescription });
  }

  #signal(message: unknown): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #serve(channel: RTCDataChannel): void {
    switch (channel.label) {
      case "chat":
        return this.#serveChat(channel);
      case "ping":
        channel.onmessage = ({ data }) => {
          if (channel.readyState === "open" && channel.bufferedAmount < MAX_PINGS) {
            channel.send(data);
          }
        };
        return;
      case "file":
        return receiveFile(channel, this.#name, (file) => this.#room.share(this, file));
      case "fetch": {
        const id = channel.protocol;
        const file = this.#room.shelf.get(id) ?? this.#recorder.get(id);
        if (!file) return channel.close();
        sendFile(channel, file).catch(() => channel.close());
        return;
      }
      case "record":
        this.#recorder.record(channel, this.#mirror.tracks, this.#name)
          .catch(() => channel.close());
        return;
      default:
        channel.close();
    }
  }

  #serveChat(channel: RTCDataChannel): void {
    this.#chat = channel;
    channel.onmessage = ({ data }) => {
      const message = parseFromPage(data);
      if (message?.type === "hello" && !this.#name) {
        this.#name = this.#room.freeName(message.name);
        this.#room.enter(this);
      } else if (message?.type === "say" && this.#name) this.#room.say(this, message.text);
    };
    channel.onclose = () => this.#end();
  }

  #end(): void {
    if (this.#pc.signalingState === "closed") return;
    this.#room.leave(this);
    this.#recorder.close();
    this.#mirror.close();
    this.#pc.close();
    this.#socket.close();
  }
}
