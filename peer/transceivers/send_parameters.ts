/**
 * `getParameters` and `setParameters` of a sender (W3C WebRTC section 5.2).
 *
 * @module
 */
import { queueTask } from "../../webidl/task.ts";
import { capabilities, type MediaKind } from "../jsep/media/mod.ts";
import type { EncodingParameters, SendParameters } from "../rtc_rtp_parameters.ts";
import { areResolutionRestrictionsGood, checkRanges, fitToKind, isAmong } from "./encodings.ts";
import { areModesGood } from "./scalability.ts";
import type { SenderSlots } from "./slots.ts";

/** The steps of `getParameters`. What is returned is the caller's own. */
export function getSendParameters(sender: SenderSlots): SendParameters {
  if (sender.lastReturnedParameters === null) {
    const { sendEncodings, headerExtensions, sendCodecs, reducedSize, transceiver } = sender;
    const parameters: SendParameters = structuredClone({
      transactionId: crypto.randomUUID(),
      encodings: [...sendEncodings],
      headerExtensions: [...headerExtensions],
      codecs: [...sendCodecs],
      rtcp: { cname: transceiver.host.cname, reducedSize },
    });
    sender.lastReturnedParameters = parameters;
    queueTask(() => {
      if (sender.lastReturnedParameters === parameters) sender.lastReturnedParameters = null;
    });
  }
  return structuredClone(sender.lastReturnedParameters);
}

/** The steps of `setParameters`, of which what the stack does takes no time. */
export function setSendParameters(
  sender: SenderSlots,
  parameters: SendParameters,
  options: readonly { readonly keyFrame: boolean }[],
  context: string,
): Promise<void> {
  const { transceiver, lastReturnedParameters: last } = sender;
  const { kind, host } = transceiver;
  if (transceiver.stopping) throw invalidState(`${context}: the transceiver has been stopped`);
  if (last === null) {
    throw invalidState(`${context}: getParameters has not been called in this task`);
  }
  checkReadOnly(parameters, last, context);
  const encodings = checkedEncodings(kind, parameters, last, context);
  const keyFrames = kind === "video" ? options : [];
  if (keyFrames.length > 0 && keyFrames.length !== encodings.length) {
    throw invalidModification(`${context}: encodingOptions are not as many as the encodings`);
  }
  return new Promise((resolve) =>
    queueTask(() => {
      sender.lastReturnedParameters = null;
      // A description may have changed the layers meanwhile: what it has settled stays.
      sender.sendEncodings = sender.sendEncodings.map((current) =>
        encodings.find(({ rid }) => rid === current.rid) ?? current
      );
      host.media.update(transceiver);
      const wanted = [...keyFrames.keys()].filter((index) => keyFrames[index]!.keyFrame);
      if (wanted.length > 0) host.media.requestKeyFrames(sender, wanted);
      resolve();
    })
  );
}

/** Encodings as they will be sent, if all of it can be done. */
function checkedEncodings(
  kind: MediaKind,
  parameters: SendParameters,
  last: SendParameters,
  context: string,
): EncodingParameters[] {
  const codecs = last.codecs.length > 0 ? last.codecs : capabilities(kind).codecs;
  if (!parameters.encodings.every(({ codec }) => codec === undefined || isAmong(codec, codecs))) {
    throw invalidModification(`${context}: a codec is not among those that can be chosen`);
  }
  const encodings = scaled(fitToKind(kind, parameters.encodings), kind === "video");
  // W3C WebRTC SVC section 4.2.2: once codecs are negotiated, it is the one that the encoding is sent with.
  if (!areModesGood(encodings, last.codecs.length > 0 ? last.codecs.slice(0, 1) : codecs)) {
    throw invalidModification(`${context}: a scalabilityMode is not supported`);
  }
  checkRanges(encodings, context);
  if (!areResolutionRestrictionsGood(encodings)) {
    throw invalidModification(
      `${context}: scaleResolutionDownTo needs both sides, for all active encodings`,
    );
  }
  return encodings;
}

/** Read-only parameters are those of the last `getParameters`, in the same order. */
function checkReadOnly(given: SendParameters, last: SendParameters, context: string): void {
  const isSame = (member: keyof SendParameters) => equal(given[member], last[member]);
  if (!isSame("transactionId")) {
    throw invalidModification(
      `${context}: the transactionId is not that of the last getParameters`,
    );
  }
  for (const member of ["headerExtensions", "codecs", "rtcp"] as const) {
    if (!isSame(member)) throw invalidModification(`${context}: ${member} can't be changed`);
  }
  const ridsOf = (encodings: readonly EncodingParameters[]) => encodings.map(({ rid }) => rid);
  if (!equal(ridsOf(given.encodings), ridsOf(last.encodings))) {
    throw invalidModification(
      `${context}: the number, the order and the rids of encodings can't change`,
    );
  }
}

function scaled(encodings: EncodingParameters[], isVideo: boolean): EncodingParameters[] {
  return isVideo
    ? encodings.map((encoding) => ({ scaleResolutionDownBy: 1, ...encoding }))
    : encodings;
}

/** Whether two values of dictionaries, lists and primitives are alike. */
function equal(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return Object.is(one, other);
  }
  const [first, second] = [one, other] as [Record<string, unknown>, Record<string, unknown>];
  const keys = Object.keys(first);
  return keys.length === Object.keys(second).length &&
    keys.every((key) => key in second && equal(first[key], second[key]));
}

function invalidState(message: string): DOMException {
  return new DOMException(message, "InvalidStateError");
}

function invalidModification(message: string): DOMException {
  return new DOMException(message, "InvalidModificationError");
}
