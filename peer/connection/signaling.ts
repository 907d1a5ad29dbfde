import type { IceParameters } from "../../ice/mod.ts";
import { parseSession, type SessionDescription, writeSession } from "../../sdp/mod.ts";
import { createAnswer } from "../jsep/answer.ts";
import { AppliedDescription } from "../jsep/applied_description.ts";
import { createOffer } from "../jsep/offer.ts";
import {
  canTrickle,
  checkAnswerMatches,
  checkMids,
  checkOfferFollows,
  checkTransports,
  readRemoteData,
  type RemoteData,
} from "../jsep/remote.ts";
import { dataSectionIndex, type LocalEnd } from "../jsep/sections.ts";
import { nextSignalingState, type Side } from "../jsep/signaling_state.ts";
import { RTCError } from "../rtc_error.ts";
import type { RTCSdpType } from "../rtc_session_description.ts";
import { queueTask } from "../../webidl/task.ts";
import type { RTCSignalingState } from "./states.ts";

/** A description on its way to be applied. */
interface Incoming {
  readonly side: Side;
  readonly type: Exclude<RTCSdpType, "rollback">;
  readonly session: SessionDescription;
  readonly state: RTCSignalingState;
  /** The other side's data section, for a remote description. */
  readonly remoteData: RemoteData | undefined;
}

/** What has been applied, for whoever moves the transport along with it. */
export interface Applied extends Incoming {
  readonly description: AppliedDescription;
}

/** What signaling needs of its connection. Called within the task that applies a description. */
export interface SignalingHost {
  readonly target: EventTarget;
  readonly isClosed: boolean;
  readonly end: LocalEnd;
  readonly wantsData: boolean;
  /** What the transport has in use, where there is one. */
  readonly inUse: {
    local: IceParameters;
    remote: IceParameters | undefined;
    dtlsRole: "client" | "server" | undefined;
  } | undefined;
  /** Credentials for a new ICE generation. */
  newIceParameters(): IceParameters;
  /** A description has been applied; its transport follows. */
  onApplied(applied: Applied): void;
  /** The pending offer has been rolled back. */
  onRollback(): void;
  /** The state is stable again: negotiation may be needed anew. */
  onStable(): void;
}

/** A description that was created, and its number among them. */
interface Created {
  readonly sdp: string;
  readonly version: number;
}

const NOTHING_CREATED: Created = { sdp: "", version: 0 };

/** The exchange of offers and answers (W3C WebRTC section 4.4.1.5, RFC 9429 section 4.1). */
export class Signaling {
  state: RTCSignalingState = "stable";
  pendingLocal: AppliedDescription | null = null;
  currentLocal: AppliedDescription | null = null;
  pendingRemote: AppliedDescription | null = null;
  currentRemote: AppliedDescription | null = null;
  canTrickle: boolean | null = null;
  readonly #host: SignalingHost;
  #lastCreatedOffer = NOTHING_CREATED;
  #lastCreatedAnswer = NOTHING_CREATED;
  #version = 1;
  /** [[LocalIceCredentialsToReplace]], by ufrag. */
  #credentialsToReplace = new Set<string>();
  /** The "needs-ice-restart" bit (RFC 9429 section 3.5.1), and whether a pending description has answered it. */
  #needsIceRestart = false;
  #restartIsPending = false;
  /** The generation that the next description of ours will begin, once one has been created with it. */
  #nextIce: IceParameters | undefined;

  constructor(host: SignalingHost) {
    this.#host = host;
  }

  get local(): AppliedDescription | null {
    return this.pendingLocal ?? this.currentLocal;
  }

  get remote(): AppliedDescription | null {
    return this.pendingRemote ?? this.currentRemote;
  }

  get restartIsPending(): boolean {
    return this.#credentialsToReplace.size > 0;
  }

  /** `restartIce` (W3C WebRTC section 4.4.2): every generation in a local description is to be replaced. */
  replaceIceCredentials(): void {
    this.#credentialsToReplace.clear();
    for (const description of [this.currentLocal, this.pendingLocal]) {
      for (const index of description?.session.media.keys() ?? []) {
        const usernameFragment = description!.usernameFragmentOf(index);
        if (usernameFragment !== undefined) this.#credentialsToReplace.add(usernameFragment);
      }
    }
  }

  /** Candidates are to be gathered in another way than before: the next offer restarts ICE, whenever that comes. */
  gatheringHasChanged(): void {
    this.#needsIceRestart = this.local !== null;
  }

  /** Creates an offer (W3C WebRTC section 4.4.2, "create an offer"). */
  createOffer(): Promise<string> {
    if (this.state !== "stable" && this.state !== "have-local-offer") {
      return Promise.reject(invalidState(`There is no offer to be made in state ${this.state}`));
    }
    return this.#inTask(() => {
      this.#lastCreatedOffer = this.#writeOffer(++this.#version);
      return this.#lastCreatedOffer.sdp;
    });
  }

  /** Creates an answer (W3C WebRTC section 4.4.2, "create an answer"). */
  createAnswer(): Promise<string> {
    if (this.state !== "have-remote-offer" && this.state !== "have-local-pranswer") {
      return Promise.reject(
        invalidState(`There is no offer to be answered in state ${this.state}`),
      );
    }
    return this.#inTask(() => {
      this.#lastCreatedAnswer = this.#writeAnswer(++this.#version);
      return this.#lastCreatedAnswer.sdp;
    });
  }

  /** The steps of `setLocalDescription` that are chained. */
  async setLocal(given: { type?: RTCSdpType; sdp: string }): Promise<void> {
    const offers = this.state === "stable" || this.state === "have-local-offer" ||
      this.state === "have-remote-pranswer";
    const type = given.type ?? (offers ? "offer" : "answer");
    if (type === "rollback") return await this.#set("local", type, "");
    // RFC 9429 section 5.5: the type is checked against the state first, then whether the contents were changed.
    if (nextSignalingState(this.state, "local", type) === undefined) {
      throw invalidState(`A local ${type} can't be set in state ${this.state}`);
    }
    const lastCreated = type === "offer" ? this.#lastCreatedOffer : this.#lastCreatedAnswer;
    if (given.sdp !== "" && given.sdp !== lastCreated.sdp) {
      throw new DOMException(
        `The ${type} is not the one that was created last`,
        "InvalidModificationError",
      );
    }
    await this.#set("local", type, given.sdp !== "" ? given.sdp : await this.#implicit(type));
  }

  /** What was created last, or, if that no longer represents the system's state, a new description. */
  async #implicit(type: "offer" | "pranswer" | "answer"): Promise<string> {
    const isOffer = type === "offer";
    const last = isOffer ? this.#lastCreatedOffer : this.#lastCreatedAnswer;
    if (last !== NOTHING_CREATED) {
      const now = isOffer ? this.#writeOffer(last.version) : this.#writeAnswer(last.version);
      if (now.sdp === last.sdp) return last.sdp;
    }
    return await (isOffer ? this.createOffer() : this.createAnswer());
  }

  #writeOffer(version: number): Created {
    const session = createOffer(this.#host.end, {
      version,
      current: this.currentLocal?.session,
      ice: this.#iceForOffer(),
      data: this.#host.wantsData,
    });
    return { sdp: writeSession(session), version };
  }

  #writeAnswer(version: number): Created {
    const session = createAnswer(this.#host.end, {
      version,
      offer: this.pendingRemote!.session,
      ice: this.#iceForAnswer(),
      dtlsRole: this.#host.inUse?.dtlsRole,
    });
    return { sdp: writeSession(session), version };
  }

  /** The steps of `setRemoteDescription` that are chained: an offer that meets ours rolls ours back. */
  async setRemote(given: { type: RTCSdpType; sdp: string }): Promise<void> {
    const { type, sdp } = given;
    const collides = type === "offer" &&
      nextSignalingState(this.state, "remote", type) === undefined;
    if (collides) await this.#set("local", "rollback", "");
    await this.#set("remote", type, sdp);
  }

  /** Sets the session description (W3C WebRTC section 4.4.1.5). */
  #set(side: Side, type: RTCSdpType, sdp: string): Promise<void> {
    if (type === "rollback") {
      const state = nextSignalingState(this.state, side, type);
      if (state === undefined) {
        return Promise.reject(invalidState(`There is nothing to roll back in state ${this.state}`));
      }
      return this.#inTask(() => this.#rollBack());
    }
    return this.#inTask(() => this.#apply(this.#check(side, type, sdp)));
  }

  /** Everything that can be wrong with a description is found here, before anything is changed. */
  #check(side: Side, type: Exclude<RTCSdpType, "rollback">, sdp: string): Incoming {
    const state = nextSignalingState(this.state, side, type);
    if (state === undefined) {
      throw invalidState(`A ${side} ${type} can't be set in state ${this.state}`);
    }
    const parsed = parseSession(sdp);
    if (!parsed.ok) {
      throw new RTCError(
        { errorDetail: "sdp-syntax-error", sdpLineNumber: parsed.line },
        `Line ${parsed.line} of the ${type}: ${parsed.message}`,
      );
    }
    const { session } = parsed;
    if (side === "local") return { side, type, session, state, remoteData: undefined };
    checkMids(session);
    checkTransports(session);
    if (type === "offer") checkOfferFollows(session, this.currentRemote?.session);
    else checkAnswerMatches(session, this.pendingLocal!.session);
    return { side, type, session, state, remoteData: readRemoteData(session, type) };
  }

  #apply(incoming: Incoming): void {
    const { side, type, session, state } = incoming;
    const description = new AppliedDescription(type, session);
    const before = this.state;
    this.state = state;
    if (side === "local") this.#noteGeneration(description);
    if (type === "answer") this.#completeNegotiation(side, description);
    else if (side === "local") this.pendingLocal = description;
    else this.pendingRemote = description;
    if (side === "remote") this.canTrickle = canTrickle(session);
    this.#host.onApplied({ ...incoming, description });
    this.#settle(before);
  }

  /** A local description with new credentials answers the need for an ICE restart. */
  #noteGeneration(description: AppliedDescription): void {
    const usernameFragment = description.usernameFragmentOf(description.dataIndex);
    if (usernameFragment !== this.#host.inUse?.local.usernameFragment) {
      this.#restartIsPending = this.#needsIceRestart;
      this.#needsIceRestart = false;
    }
    this.#nextIce = undefined;
  }

  #completeNegotiation(side: Side, answer: AppliedDescription): void {
    this.currentLocal = side === "local" ? answer : this.pendingLocal;
    this.currentRemote = side === "remote" ? answer : this.pendingRemote;
    this.pendingLocal = this.pendingRemote = null;
    this.#lastCreatedOffer = this.#lastCreatedAnswer = NOTHING_CREATED;
    this.#restartIsPending = false;
    const inForce = this.currentLocal!;
    const used = [...inForce.session.media.keys()].map((index) =>
      inForce.usernameFragmentOf(index)
    );
    if (
      !used.some((fragment) => fragment !== undefined && this.#credentialsToReplace.has(fragment))
    ) {
      this.#credentialsToReplace.clear();
    }
  }

  #rollBack(): void {
    const before = this.state;
    this.pendingLocal = this.pendingRemote = null;
    this.#nextIce = undefined;
    this.#needsIceRestart ||= this.#restartIsPending;
    this.#restartIsPending = false;
    this.state = "stable";
    this.#host.onRollback();
    this.#settle(before);
  }

  #settle(before: RTCSignalingState): void {
    if (this.state === "stable") this.#host.onStable();
    if (this.state !== before) this.#host.target.dispatchEvent(new Event("signalingstatechange"));
  }

  #iceForOffer(): IceParameters {
    const inUse = this.#host.inUse?.local;
    const keep = inUse !== undefined && !this.#needsIceRestart &&
      !this.#credentialsToReplace.has(inUse.usernameFragment);
    return keep ? inUse : this.#newIce();
  }

  /** An offer with new credentials restarts ICE, and so must its answer (RFC 8839 section 4.4.1.1.1). */
  #iceForAnswer(): IceParameters {
    const { inUse } = this.#host;
    const offer = this.pendingRemote!;
    const index = dataSectionIndex(offer.session);
    const offered = index < 0 ? undefined : offer.usernameFragmentOf(index);
    const restarts = inUse?.remote !== undefined && inUse.remote.usernameFragment !== offered;
    return inUse === undefined || restarts ? this.#newIce() : inUse.local;
  }

  #newIce(): IceParameters {
    return this.#nextIce ??= this.#host.newIceParameters();
  }

  /** Runs `steps` in a task; its promise never settles once the connection is closed. */
  #inTask<T>(steps: () => T): Promise<T> {
    return new Promise((resolve, reject) =>
      queueTask(() => {
        if (this.#host.isClosed) return;
        try {
          resolve(steps());
        } catch (error) {
          reject(error);
        }
      })
    );
  }
}

function invalidState(message: string): DOMException {
  return new DOMException(message, "InvalidStateError");
}
