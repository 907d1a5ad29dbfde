/**
 * Cuts a byte stream of H.264 or H.265 (Annex B of either) into its NAL units, as views without start codes and trailing zeros.
 * What stands before the first start code is ignored.
 */
export function splitAnnexB(data: Uint8Array): Uint8Array[] {
  return split(data, (end) => endOfUnit(data, end));
}

/**
 * The NAL units of a frame that is sent: what stands at its end belongs to the last one, as in browsers. Decoders pass over zeros there, and
 * what a transform has encrypted may end so.
 */
export function splitFrame(data: Uint8Array): Uint8Array[] {
  return split(data, (end) => end);
}

function split(data: Uint8Array, endOfLast: (end: number) => number): Uint8Array[] {
  const units: Uint8Array[] = [];
  let start = -1;
  for (let at = 0; at + 2 < data.length;) {
    // Three steps at a time where the third byte can't be the end of a start code.
    if (data[at + 2]! > 1) at += 3;
    else if (data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1) {
      if (start >= 0) addUnit(units, data, start, endOfUnit(data, at));
      start = at += 3;
    } else at++;
  }
  if (start >= 0) addUnit(units, data, start, endOfLast(data.length));
  return units;
}

/** A byte stream as it comes out at the other end: with start codes of four bytes. The same one, if it has these already. */
export function withLongStartCodes(data: Uint8Array): Uint8Array {
  const units = splitFrame(data);
  const length = units.reduce((sum, unit) => sum + START_CODE.length + unit.length, 0);
  if (length === data.length) return data;
  const made = new Uint8Array(length);
  let at = 0;
  for (const unit of units) {
    made.set(START_CODE, at);
    made.set(unit, at + START_CODE.length);
    at += START_CODE.length + unit.length;
  }
  return made;
}

/** What stands before each NAL unit in a frame that is put together. */
export const START_CODE: Uint8Array = Uint8Array.of(0, 0, 0, 1);

/** No NAL unit ends with a zero: zeros belong to the next start code, or are trailing ones. */
function endOfUnit(data: Uint8Array, end: number): number {
  while (end > 0 && data[end - 1] === 0) end--;
  return end;
}

function addUnit(units: Uint8Array[], data: Uint8Array, start: number, end: number): void {
  if (end > start) units.push(data.subarray(start, end));
}
