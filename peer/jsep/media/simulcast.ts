/**
 * Simulcast as WebRTC uses it (RFC 8853, RFC 8851): a section lists the streams that its sender sends by their rids, without
 * restrictions and without alternatives. To receive more than one is not offered (RFC 9429 section 3.7), unless the other side has offered
 * to send them before.
 *
 * @module
 */
import type { Rid, Simulcast, SimulcastAlternative } from "../../../sdp/mod.ts";

/** The `a=rid` and `a=simulcast` lines of a section. */
export interface SimulcastLines {
  readonly rids: readonly Rid[];
  readonly simulcast?: Simulcast;
}

const NO_LINES: SimulcastLines = { rids: [] };

/** Encodings that one sender sends at most: what is negotiable beyond is cut off (W3C WebRTC, "supportedEncodings"). */
export const MAX_ENCODINGS = 8;

/** The lines of an offer to send these encodings (W3C WebRTC, "final steps to create an offer"); one alone is no simulcast. */
export function offerSimulcast(rids: readonly string[]): SimulcastLines {
  if (rids.length < 2) return NO_LINES;
  return {
    rids: rids.map((id) => ({ id, direction: "send", restrictions: new Map() })),
    simulcast: { send: rids.map((rid) => [{ rid, paused: false }]), recv: [] },
  };
}

/**
 * The rids of the encodings that an offer asks us to send, in its order: of alternatives the first, of equal names the first, and only
 * those that an `a=rid` line introduces (RFC 8853 section 5.1). None if it asks for no simulcast.
 */
export function requestedRids({ rids, simulcast }: SimulcastLines): string[] {
  return receivedRids(rids, simulcast).slice(0, MAX_ENCODINGS);
}

function receivedRids(rids: readonly Rid[], simulcast: Simulcast | undefined): string[] {
  return streamsOf({ rids, ...(simulcast && { simulcast }) }, "recv").map(({ id }) => id);
}

/** The streams in one direction, by their lines. */
function streamsOf({ rids, simulcast }: SimulcastLines, direction: "send" | "recv"): Rid[] {
  const introduced = new Map(
    rids.filter((rid) => rid.direction === direction).map((rid) => [rid.id, rid]),
  );
  const first = (simulcast?.[direction] ?? []).map(firstAlternative);
  return [...new Set(first)].map((id) => introduced.get(id)).filter((rid) => rid !== undefined);
}

/** "~" before a rid only says how the stream begins, which is not for the other side to decide (W3C WebRTC has no pausing). */
function firstAlternative(alternatives: readonly SimulcastAlternative[]): string {
  return alternatives[0]!.rid;
}

/** The lines of an answer to an offer that asks for simulcast, as far as the sender has the encodings (W3C WebRTC, "final steps to create an answer"). */
export function answerSimulcast(offered: SimulcastLines, own: readonly string[]): SimulcastLines {
  const known = new Set(own);
  return offerSimulcast(requestedRids(offered).filter((rid) => known.has(rid)));
}

/**
 * The lines to receive streams which other lines tell of, written by the one who sends them or by the one who receives them. A stream that
 * can't have any of these payload types is left out (RFC 8851 section 6.3); restrictions stay, for nothing is decoded here.
 *
 * Deviation: RFC 9429 section 5.3.1 has no such lines in an answer; W3C WebRTC section 5.4.1 lets a receiver receive several encodings.
 */
export function receiveSimulcast(
  lines: SimulcastLines,
  writtenBy: "sender" | "receiver",
  payloadTypes: readonly number[],
): SimulcastLines {
  const rids = streamsOf(lines, writtenBy === "sender" ? "send" : "recv")
    .map((rid): Rid => ({
      ...rid,
      direction: "recv",
      ...(rid.payloadTypes && {
        payloadTypes: rid.payloadTypes.filter((type) => payloadTypes.includes(type)),
      }),
    }))
    .filter((rid) => rid.payloadTypes?.length !== 0)
    .slice(0, MAX_ENCODINGS);
  if (rids.length === 0) return NO_LINES;
  return {
    rids,
    simulcast: { send: [], recv: rids.map(({ id }) => [{ rid: id, paused: false }]) },
  };
}

/** The lines of both directions in one section, where each name stands once (RFC 8851 section 4): what is sent goes first. */
export function joinSimulcast(sent: SimulcastLines, received: SimulcastLines): SimulcastLines {
  const names = new Set(sent.rids.map(({ id }) => id));
  if (!received.simulcast || received.rids.some(({ id }) => names.has(id))) return sent;
  return {
    rids: [...sent.rids, ...received.rids],
    simulcast: { send: sent.simulcast?.send ?? [], recv: received.simulcast.recv },
  };
}

/**
 * The encodings that an answer lets us send, in our order (RFC 8853 section 5.3.3): those that it receives; if these are none, as
 * without simulcast in it, the first alone.
 */
export function acceptedRids(answered: SimulcastLines, own: readonly string[]): string[] {
  const received = new Set(receivedRids(answered.rids, answered.simulcast));
  const accepted = own.filter((rid) => received.has(rid));
  return accepted.length > 0 ? accepted : own.slice(0, 1);
}
