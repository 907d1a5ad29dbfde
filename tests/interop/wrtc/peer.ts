import wrtc from "npm:@roamhq/wrtc@0.10.0";
import type { RTCPeerConnection as Standard } from "../../../mod.ts";
import { serve } from "../harness/js_peer.ts";

await serve(() => new wrtc.RTCPeerConnection() as unknown as Standard);
