import { type IceCandidate, writeCandidate } from "../../ice/mod.ts";
import { RTCPeerConnectionIceErrorEvent } from "../events/rtc_peer_connection_ice_error_event.ts";
import { RTCPeerConnectionIceEvent } from "../events/rtc_peer_connection_ice_event.ts";
import type { AppliedDescription } from "../jsep/applied_description.ts";
import { midOf } from "../jsep/sections.ts";
import { RTCIceCandidate } from "../rtc_ice_candidate.ts";
import type { RTCIceGathererState } from "../rtc_ice_transport.ts";
import { queueTask } from "../../webidl/task.ts";
import type { AggregateStates } from "./aggregate_states.ts";
import type { GatheringEvent, Transport } from "./transport.ts";
import type { TransportTable } from "./transport_table.ts";

/** What the candidates of this end need of their connection. */
export interface LocalCandidatesHost {
  readonly target: EventTarget;
  readonly isClosed: boolean;
  readonly states: AggregateStates;
  /** The pending and the current local description, where there are any. */
  readonly localDescriptions: readonly AppliedDescription[];
  readonly transports: TransportTable;
}

/** How candidates of this end reach the application (W3C WebRTC section 5.6, "surface a candidate"). */
export class LocalCandidates {
  readonly #host: LocalCandidatesHost;
  /** [[EarlyCandidates]]: found before the description of their generation was in force. */
  #early: { readonly transport: Transport; readonly candidate: IceCandidate }[] = [];

  constructor(host: LocalCandidatesHost) {
    this.#host = host;
  }

  /** Takes what the ICE agent has to say of gathering; runs within its task. */
  handle(transport: Transport, event: GatheringEvent): void {
    switch (event.type) {
      case "candidate":
        if (this.#placesOf(transport, event.candidate.usernameFragment).length > 0) {
          this.#surface(transport, event.candidate);
        } else this.#early.push({ transport, candidate: event.candidate });
        break;
      case "candidate-removed":
        this.#withdraw(transport, event.candidate);
        break;
      case "candidate-error":
        this.#host.target.dispatchEvent(
          new RTCPeerConnectionIceErrorEvent("icecandidateerror", {
            url: event.url,
            errorCode: event.code,
            errorText: event.text,
            address: event.address ?? null,
            port: event.port ?? null,
          }),
        );
        break;
      case "gathering-state":
        if (event.state === "complete") this.#endGeneration(transport, event.usernameFragment);
        else this.#setState(transport, event.state);
    }
  }

  /** Releases early candidates (W3C WebRTC section 5.6). */
  releaseEarly(): void {
    for (const { transport, candidate } of this.#early.splice(0)) {
      queueTask(() => this.#surface(transport, candidate));
    }
  }

  #surface(transport: Transport, candidate: IceCandidate): void {
    const { isClosed, target } = this.#host;
    if (isClosed || transport.isClosed) return;
    const usernameFragment = candidate.usernameFragment ?? "";
    const text = writeCandidate(candidate);
    const places = this.#placesOf(transport, usernameFragment);
    if (places.length === 0) return; // its generation has been rolled back
    for (const { description, section } of places) {
      description.addCandidate(section, text);
      description.followCandidates(section);
    }
    const { url = null, relayProtocol = null } = candidate;
    const more = { candidate: text, usernameFragment, url, relayProtocol };
    const init = { ...signaled(places[0]!), ...more };
    const shown = new RTCIceCandidate(init);
    transport.iceSlots.localCandidates.push(shown);
    target.dispatchEvent(new RTCPeerConnectionIceEvent("icecandidate", { candidate: shown, url }));
  }

  /** A candidate is none any more: descriptions that are still to be made do not name it. The peer finds out by itself. */
  #withdraw(transport: Transport, candidate: IceCandidate): void {
    this.#early = this.#early.filter((each) => each.candidate !== candidate);
    const text = writeCandidate(candidate);
    const usernameFragment = candidate.usernameFragment ?? "";
    for (const { description, section } of this.#placesOf(transport, usernameFragment)) {
      description.removeCandidate(section, text);
      description.followCandidates(section);
    }
    const { iceSlots } = transport;
    iceSlots.localCandidates = iceSlots.localCandidates.filter((each) => each.candidate !== text);
  }

  /** A generation has no more candidates; then, with none other gathering, gathering is complete (W3C WebRTC section 5.6). */
  #endGeneration(transport: Transport, usernameFragment: string): void {
    const { target } = this.#host;
    const [place] = this.#placesOf(transport, usernameFragment).filter(({ description, section }) =>
      description.addEndOfCandidates(section)
    );
    if (place !== undefined) {
      const init = { ...signaled(place), candidate: "", usernameFragment };
      const candidate = new RTCIceCandidate(init);
      target.dispatchEvent(new RTCPeerConnectionIceEvent("icecandidate", { candidate }));
    }
    queueTask(() => {
      const isPresent = usernameFragment === transport.localParameters.usernameFragment;
      if (!this.#host.isClosed && isPresent) this.#setState(transport, "complete");
    });
  }

  #setState(transport: Transport, state: RTCIceGathererState): void {
    const { target, states } = this.#host;
    if (transport.isClosed || transport.iceSlots.gatheringState === state) return;
    transport.iceSlots.gatheringState = state;
    const events = states.update("gathering");
    transport.ice.dispatchEvent(new Event("gatheringstatechange"));
    for (const event of events) target.dispatchEvent(event);
    if (events.length > 0 && states.gathering === "complete") {
      target.dispatchEvent(new RTCPeerConnectionIceEvent("icecandidate", { candidate: null }));
    }
  }

  /** Where descriptions tell of a generation's candidates on a transport. */
  #placesOf(transport: Transport, usernameFragment: string = ""): Place[] {
    const { localDescriptions, transports } = this.#host;
    return localDescriptions.flatMap((description) => {
      const section = description.speakerOf(
        usernameFragment,
        (mid) => transports.of(mid) === transport,
      );
      return section === undefined ? [] : [{ description, section }];
    });
  }
}

/** A section of a description. */
interface Place {
  readonly description: AppliedDescription;
  readonly section: number;
}

function signaled({ description, section }: Place): { sdpMid: string; sdpMLineIndex: number } {
  return { sdpMid: midOf(description.session, section), sdpMLineIndex: section };
}
