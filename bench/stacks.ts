/**
 * The stacks that are compared, each behind the browser's own API.
 *
 * @module
 */

/** What the measurements use of the browser's API. */
export interface Peer {
  onicecandidate: ((event: { candidate: unknown }) => unknown) | null;
  ondatachannel: ((event: { channel: Channel }) => unknown) | null;
  createDataChannel(label: string, init?: { ordered?: boolean }): Channel;
  createOffer(): Promise<Description>;
  createAnswer(): Promise<Description>;
  setLocalDescription(description: Description): Promise<unknown>;
  setRemoteDescription(description: Description): Promise<unknown>;
  addIceCandidate(candidate: unknown): Promise<unknown>;
  close(): unknown;
}

/** A session description; opaque here. */
export type Description = unknown;

/** A data channel. */
export interface Channel {
  readonly readyState: string;
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  binaryType?: string;
  onopen: (() => unknown) | null;
  onmessage: ((event: { data: unknown }) => unknown) | null;
  onbufferedamountlow?: (() => unknown) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
}

/** How each stack's connection is made; an `import` that fails leaves the stack out. */
export const STACKS: Readonly<Record<string, () => Promise<() => Peer>>> = {
  heron: async () => {
    const { RTCPeerConnection } = await import("../mod.ts");
    return () => new RTCPeerConnection() as unknown as Peer;
  },
  werift: async () => {
    const { RTCPeerConnection } = await import("npm:werift@^0.25.2");
    return () => new RTCPeerConnection({ iceServers: [] }) as unknown as Peer;
  },
  "@roamhq/wrtc": async () => {
    const wrtc = await import("npm:@roamhq/wrtc@^0.10.0");
    return () => new wrtc.default.RTCPeerConnection() as unknown as Peer;
  },
};
