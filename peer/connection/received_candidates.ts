import { type IceCandidate, parseCandidate } from "../../ice/mod.ts";
import { candidatesOf, isEndOfCandidates, type SessionDescription } from "../../sdp/mod.ts";
import type { AppliedDescription } from "../jsep/applied_description.ts";
import { isRejected, midOf } from "../jsep/sections.ts";
import { RTCIceCandidate } from "../rtc_ice_candidate.ts";
import { queueTask } from "../../webidl/task.ts";
import type { Configuration } from "./configuration.ts";
import { isProhibited } from "./prohibited_candidates.ts";
import type { RemoteCandidates } from "./remote_candidates.ts";
import type { TransportTable } from "./transport_table.ts";

/** What the candidates of the other end need of their connection. */
export interface ReceivedCandidatesHost {
  readonly isClosed: boolean;
  readonly configuration: Configuration;
  readonly transports: TransportTable;
  /** The pending and the current remote description, where there are any. */
  readonly remoteDescriptions: readonly AppliedDescription[];
}

/** What `addIceCandidate` is called with, converted. */
export interface CandidateInit {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
}

/** How candidates of the other end come in: from the application, or in a description. */
export class ReceivedCandidates {
  readonly #host: ReceivedCandidatesHost;
  readonly #remoteCandidates: RemoteCandidates;

  constructor(host: ReceivedCandidatesHost, remoteCandidates: RemoteCandidates) {
    this.#host = host;
    this.#remoteCandidates = remoteCandidates;
  }

  /** The steps of `addIceCandidate` that are chained (W3C WebRTC section 4.4.2). */
  async add(init: CandidateInit): Promise<void> {
    const [remote] = this.#host.remoteDescriptions;
    if (remote === undefined) {
      throw new DOMException("There is no remote description yet", "InvalidStateError");
    }
    const index = indexOf(init, remote);
    if (index !== null) {
      const section = remote.session.media[index];
      if (section === undefined) {
        throw operationError(`There is no section ${init.sdpMid || init.sdpMLineIndex}`);
      }
      if (isRejected(section)) return;
    }
    const generations = this.#generationsOf(index, init.usernameFragment);
    await new Promise<void>((resolve, reject) =>
      queueTask(() => {
        if (this.#host.isClosed) return;
        if (init.candidate === "") this.#end(generations, index);
        else if (!this.#add(attributeOf(init.candidate), generations[0], index!)) {
          return reject(
            operationError(`'${init.candidate}' is no candidate (RFC 8839 section 5.1)`),
          );
        }
        resolve();
      })
    );
  }

  /** Takes what a description that has just been applied says of candidates. */
  collect(session: SessionDescription): void {
    const [remote] = this.#host.remoteDescriptions;
    for (const [index, media] of session.media.entries()) {
      const usernameFragment = remote?.usernameFragmentOf(index);
      if (usernameFragment === undefined || isRejected(media)) continue;
      for (const text of candidatesOf(media)) {
        const candidate = parseCandidate(text); // one bad line spoils no description
        if (candidate !== undefined) this.#take(text, candidate, usernameFragment, index);
      }
      if (isEndOfCandidates(session, media)) {
        this.#remoteCandidates.end({ mid: midOf(session, index), usernameFragment });
      }
    }
  }

  /** The generations that a candidate is for: the one that is named, else the most recent of its section, or of all. */
  #generationsOf(index: number | null, named: string | null): string[] {
    const descriptions = this.#host.remoteDescriptions;
    if (named !== null) {
      const isKnown = descriptions.some((description) =>
        index === null
          ? description.sectionsOf(named).length > 0
          : description.usernameFragmentOf(index) === named
      );
      if (!isKnown) throw operationError(`No description has the ufrag ${named}`);
      return [named];
    }
    const [remote] = descriptions;
    const indices = index === null ? [...remote!.session.media.keys()] : [index];
    const fragments = indices.map((each) => remote!.usernameFragmentOf(each));
    return [...new Set(fragments.filter((fragment) => fragment !== undefined))];
  }

  /** A section has no more candidates, or, with no index, none has. */
  #end(generations: readonly string[], index: number | null): void {
    for (const usernameFragment of generations) {
      for (const description of this.#host.remoteDescriptions) {
        for (const section of description.sectionsOf(usernameFragment)) {
          if (index !== null && section !== index) continue;
          description.addEndOfCandidates(section);
          this.#remoteCandidates.end({
            mid: midOf(description.session, section),
            usernameFragment,
          });
        }
      }
    }
  }

  /** False if the text is no candidate, or there is no ICE where it belongs. */
  #add(text: string, usernameFragment: string | undefined, index: number): boolean {
    const candidate = parseCandidate(text);
    if (candidate === undefined || usernameFragment === undefined) return false;
    if (!this.#take(text, candidate, usernameFragment, index)) return true;
    for (const description of this.#host.remoteDescriptions) {
      if (description.usernameFragmentOf(index) === usernameFragment) {
        description.addCandidate(index, text);
      }
    }
    return true;
  }

  /** Gives a candidate to the transport; false if it is there already, or one too many. */
  #take(
    text: string,
    candidate: IceCandidate,
    usernameFragment: string,
    index: number,
  ): boolean {
    const { remoteDescriptions: [remote], transports, configuration } = this.#host;
    const mid = midOf(remote!.session, index);
    const transport = transports.of(mid);
    const isKnown = transport?.iceSlots.remoteCandidates.some((shown) =>
      shown.candidate === text && shown.usernameFragment === usernameFragment
    );
    const generation = { mid, usernameFragment };
    if (isKnown || !this.#remoteCandidates.admit(generation, text)) return false;
    const shown = new RTCIceCandidate({
      candidate: text,
      sdpMid: mid,
      sdpMLineIndex: index,
      usernameFragment,
    });
    transport?.iceSlots.remoteCandidates.push(shown);
    if (!isProhibited(candidate, configuration)) {
      this.#remoteCandidates.add(generation, candidate, shown);
    }
    return true;
  }
}

function indexOf({ sdpMid, sdpMLineIndex }: CandidateInit, remote: AppliedDescription) {
  // Deviation: an empty sdpMid beside an index counts as none, as in browsers: no section is called so, and pion signals it.
  const isNamed = sdpMid !== null && (sdpMid !== "" || sdpMLineIndex === null);
  return isNamed ? remote.indexOfMid(sdpMid) : sdpMLineIndex;
}

/** The candidate-attribute, which may come as a whole line of a description. */
function attributeOf(candidate: string): string {
  return candidate.replace(/^a=/, "").replace(/\r?\n$/, "");
}

function operationError(message: string): DOMException {
  return new DOMException(`RTCPeerConnection.addIceCandidate: ${message}`, "OperationError");
}
