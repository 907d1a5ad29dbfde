import { RTCPeerConnection } from "npm:werift@0.25.2";
import type { RTCPeerConnection as Standard } from "../../../mod.ts";
import { serve } from "../harness/js_peer.ts";

await serve(() => new RTCPeerConnection({ iceServers: [] }) as unknown as Standard);
