import { groupsOf, parseSession, type SessionDescription, writeSession } from "../../sdp/mod.ts";
import { AppliedDescription } from "../jsep/applied_description.ts";
import {
  canTrickle,
  checkAnswerBundles,
  checkAnswerMatches,
  checkMids,
  checkOfferFollows,
  checkSize,
  checkTransports,
  withoutStrayBundleOnly,
} from "../jsep/remote.ts";
import {
  answerFault,
  extensionFault,
  mediaFault,
  readAllMedia,
  type RemoteMedia,
} from "../jsep/media/mod.ts";
import { withChanges } from "../jsep/changed_description.ts";
import { repeatTransports } from "../jsep/repeated_transports.ts";
import { nextSignalingState, type Side } from "../jsep/signaling_state.ts";
import { RTCError } from "../rtc_error.ts";
import type { RTCSdpType } from "../rtc_session_description.ts";
import { queueTask } from "../../webidl/task.ts";
import type { RemoteTracks } from "../transceivers/mod.ts";
import type { DescriptionWriter, WrittenOffer } from "./description_writer.ts";
import { IceGenerations, type IceGenerationsHost } from "./ice_generations.ts";
import type { RTCSignalingState } from "./states.ts";

/** A description on its way to be applied. */
interface Incoming {
  readonly side: Side;
  readonly type: Exclude<RTCSdpType, "rollback">;
  readonly session: SessionDescription;
  /** The transceivers that the sections of an offer of ours were written for, by mid. */
  readonly owners: WrittenOffer["owners"];
  readonly state: RTCSignalingState;
}

/** What has been applied, for whoever moves the transport along with it. */
export interface Applied extends Incoming {
  readonly description: AppliedDescription;
  /** The offer that is answered, for an answer. */
  readonly offer: SessionDescription | undefined;
  /** The state before. */
  readonly before: RTCSignalingState;
}

/** What signaling needs of its connection. Called within the task that applies a description. */
export interface SignalingHost extends IceGenerationsHost {
  readonly target: EventTarget;
  readonly isClosed: boolean;
  /** Writes what is offered and answered. */
  readonly writer: DescriptionWriter;
  /** A description has been applied; transports and transceivers follow. Its tracks are told of after `signalingstatechange`. */
  onApplied(applied: Applied): RemoteTracks;
  /** The pending offer, which was the other side's if `wasRemote`, has been rolled back. */
  onRollback(wasRemote: boolean): RemoteTracks;
  /** The state is stable again: negotiation may be needed anew. */
  onStable(): void;
  /** The application has been told of a description: it is told of what else has changed by it. */
  onTold(): void;
}

/** A description that was created, and its number among them. */
interface Created {
  /** As it is shown (see repeated_transports.ts). */
  readonly sdp: string;
  readonly session: SessionDescription | undefined;
  readonly owners: WrittenOffer["owners"];
  readonly version: number;
  /** Whether it was asked to restart ICE. */
  readonly restarts: boolean;
}

/** Only offers give transceivers their mids. */
const NO_OWNERS: WrittenOffer["owners"] = new Map();

const NOTHING_CREATED: Created = {
  sdp: "",
  session: undefined,
  owners: NO_OWNERS,
  version: 0,
  restarts: false,
};

/** The exchange of offers and answers (W3C WebRTC section 4.4.1.5, RFC 9429 section 4.1). */
export class Signaling {
  state: RTCSignalingState = "stable";
  pendingLocal: AppliedDescription | null = null;
  currentLocal: AppliedDescription | null = null;
  pendingRemote: AppliedDescription | null = null;
  currentRemote: AppliedDescription | null = null;
  canTrickle: boolean | null = null;
  /** Whether a local description was ever applied. */
  hasHadLocal = false;
  readonly #host: SignalingHost;
  #lastCreatedOffer = NOTHING_CREATED;
  #lastCreatedAnswer = NOTHING_CREATED;
  #version = 1;
  readonly #ice: IceGenerations;

  constructor(host: SignalingHost) {
    this.#host = host;
    this.#ice = new IceGenerations(host);
  }

  get local(): AppliedDescription | null {
    return this.pendingLocal ?? this.currentLocal;
  }

  get remote(): AppliedDescription | null {
    return this.pendingRemote ?? this.currentRemote;
  }

  get restartIsPending(): boolean {
    return this.#ice.restartIsPending;
  }

  /** `restartIce` (W3C WebRTC section 4.4.2): every generation in a local description is to be replaced. */
  replaceIceCredentials(): void {
    this.#ice.replace([this.currentLocal, this.pendingLocal]);
  }

  /** Candidates are to be gathered in another way than before: the next offer restarts ICE, whenever that comes. */
  gatheringHasChanged(): void {
    this.#ice.needRestart(this.local !== null);
  }

  /** Creates an offer (W3C WebRTC section 4.4.2, "create an offer"), which `restarts` ICE, once it is applied, or need not. */
  createOffer(restarts = false): Promise<string> {
    if (this.state !== "stable" && this.state !== "have-local-offer") {
      return Promise.reject(invalidState(`There is no offer to be made in state ${this.state}`));
    }
    return this.#inTask(() => {
      this.#lastCreatedOffer = this.#writeOffer(++this.#version, restarts);
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
    if (given.sdp !== "" && given.sdp !== this.#lastCreated(type).sdp) this.#edit(type, given.sdp);
    await this.#set("local", type, given.sdp !== "" ? given.sdp : await this.#implicit(type));
  }

  /** What was created last, or, if that no longer represents the system's state, a new description. */
  async #implicit(type: "offer" | "pranswer" | "answer"): Promise<string> {
    const isOffer = type === "offer";
    const last = this.#lastCreated(type);
    if (last !== NOTHING_CREATED) {
      const now = isOffer
        ? this.#writeOffer(last.version, last.restarts)
        : this.#writeAnswer(last.version);
      if (now.sdp === last.sdp) {
        if (isOffer) this.#lastCreatedOffer = now; // another transceiver may have come in the place of one that was stopped
        return now.sdp;
      }
    }
    return await (isOffer ? this.createOffer() : this.createAnswer());
  }

  #lastCreated(type: Incoming["type"]): Created {
    return type === "offer" ? this.#lastCreatedOffer : this.#lastCreatedAnswer;
  }

  /** Takes what was created last as an application has changed it. */
  #edit(type: Incoming["type"], sdp: string): void {
    const last = this.#lastCreated(type);
    const session = last.session && withChanges(last.session, sdp);
    if (session === undefined) {
      throw new DOMException(
        `The ${type} is not the one that was created last, or has changes in more than audio and video`,
        "InvalidModificationError",
      );
    }
    const sections = readAllMedia(session);
    refuse(mediaFault(sections, groupsOf(session, "BUNDLE")));
    this.#host.writer.adoptExtensions(sections);
    if (type === "offer") this.#lastCreatedOffer = { ...last, sdp, session };
    else this.#lastCreatedAnswer = { ...last, sdp, session };
  }

  #writeOffer(version: number, restarts: boolean): Created {
    const written = this.#host.writer.offer(
      version,
      (mid, tag) => this.#ice.forOffer(mid, tag, restarts),
    );
    return created(written, version, restarts);
  }

  #writeAnswer(version: number): Created {
    const offer = this.pendingRemote!;
    const session = this.#host.writer.answer(version, (mid) => this.#ice.forAnswer(mid, offer));
    return created({ session, owners: NO_OWNERS }, version);
  }

  /** The steps of `setRemoteDescription` that are chained: an offer that meets ours rolls ours back. */
  async setRemote(given: { type: RTCSdpType; sdp: string }): Promise<void> {
    const { type, sdp } = given;
    const collides = type === "offer" &&
      nextSignalingState(this.state, "remote", type) === undefined;
    if (collides) await this.#set("local", "rollback", "");
    // W3C WebRTC section 4.4.1.5: it is looked at in parallel. What the application does meanwhile comes before what follows from it.
    await this.#inTask(() => {});
    await this.#set("remote", type, sdp);
  }

  /** Sets the session description (W3C WebRTC section 4.4.1.5). */
  #set(side: Side, type: RTCSdpType, sdp: string): Promise<void> {
    if (type === "rollback") {
      const state = nextSignalingState(this.state, side, type);
      if (state === undefined) {
        return Promise.reject(invalidState(`There is nothing to roll back in state ${this.state}`));
      }
      return this.#inTask(() => this.#rollBack(side === "remote"));
    }
    return this.#inTask(() => this.#apply(this.#check(side, type, sdp)));
  }

  /** Everything that can be wrong with a description is found here, before anything is changed. */
  #check(side: Side, type: Exclude<RTCSdpType, "rollback">, sdp: string): Incoming {
    const state = nextSignalingState(this.state, side, type);
    if (state === undefined) {
      throw invalidState(`A ${side} ${type} can't be set in state ${this.state}`);
    }
    if (side === "local") {
      const { session, owners } = this.#lastCreated(type);
      checkSize(session!);
      return { side, type, session: session!, owners, state };
    }
    const parsed = parseSession(sdp);
    if (!parsed.ok) {
      throw new RTCError(
        { errorDetail: "sdp-syntax-error", sdpLineNumber: parsed.line },
        `Line ${parsed.line} of the ${type}: ${parsed.message}`,
      );
    }
    const session = withoutStrayBundleOnly(parsed.session);
    this.#checkRemote(type, session);
    return { side, type, session, owners: NO_OWNERS, state };
  }

  #checkRemote(type: Incoming["type"], session: SessionDescription): void {
    checkSize(session);
    checkMids(session);
    checkTransports(session, type);
    const sections = readAllMedia(session);
    refuse(mediaFault(sections, groupsOf(session, "BUNDLE")));
    if (type === "offer") {
      checkOfferFollows(session, this.currentRemote?.session);
      refuseEach(sections, this.currentRemote, extensionFault);
    } else {
      checkAnswerMatches(session, this.pendingLocal!.session);
      checkAnswerBundles(session, this.pendingLocal!.session);
      refuseEach(sections, this.pendingLocal, answerFault);
    }
  }

  #apply(incoming: Incoming): void {
    const { side, type, session, state } = incoming;
    const show = side === "local" ? repeatTransports : undefined;
    const description = new AppliedDescription(type, session, show);
    const before = this.state;
    const other = side === "local" ? this.pendingRemote : this.pendingLocal;
    const offer = type === "offer" ? undefined : other?.session;
    this.state = state;
    if (side === "local") this.#ice.localApplied(description);
    this.hasHadLocal ||= side === "local";
    if (type === "answer") this.#completeNegotiation(side, description);
    else if (side === "local") this.pendingLocal = description;
    else this.pendingRemote = description;
    if (side === "remote") this.canTrickle = canTrickle(session);
    const tracks = this.#host.onApplied({ ...incoming, description, offer, before });
    this.#settle(before, tracks);
  }

  #completeNegotiation(side: Side, answer: AppliedDescription): void {
    this.currentLocal = side === "local" ? answer : this.pendingLocal;
    this.currentRemote = side === "remote" ? answer : this.pendingRemote;
    this.pendingLocal = this.pendingRemote = null;
    this.#lastCreatedOffer = this.#lastCreatedAnswer = NOTHING_CREATED;
    this.#ice.completed(this.currentLocal!);
  }

  #rollBack(wasRemote: boolean): void {
    const before = this.state;
    this.pendingLocal = this.pendingRemote = null;
    this.#ice.rolledBack();
    this.state = "stable";
    this.#settle(before, this.#host.onRollback(wasRemote));
  }

  #settle(before: RTCSignalingState, tracks: RemoteTracks): void {
    if (this.state === "stable") this.#host.onStable();
    const { target } = this.#host;
    if (this.state !== before) target.dispatchEvent(new Event("signalingstatechange"));
    tracks.fire(target);
    this.#host.onTold();
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

function created(
  { session, owners }: WrittenOffer,
  version: number,
  restarts = false,
): Created {
  return { sdp: writeSession(repeatTransports(session)), session, owners, version, restarts };
}

function invalidState(message: string): DOMException {
  return new DOMException(message, "InvalidStateError");
}

/** Refuses a description for a fault of its contents. */
function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw new DOMException(fault, "InvalidAccessError");
}

/** Refuses a description for what is wrong with a section beside that of an earlier one. */
function refuseEach(
  sections: readonly RemoteMedia[],
  before: AppliedDescription | null,
  fault: (before: RemoteMedia, after: RemoteMedia) => string | undefined,
): void {
  if (before === null) return;
  const known = new Map(
    readAllMedia(before.session).map((section) => [section.mid, section]),
  );
  for (const section of sections) {
    const earlier = known.get(section.mid);
    if (earlier !== undefined) refuse(fault(earlier, section));
  }
}
