/**
 * Cuts a byte stream of H.264 or H.265 (Annex B of either) into its NAL units, as views without start codes and trailing zeros.
 * What stands before the first start code is ignored.
 */
export function splitAnnexB(data: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let start = -1;
  for (let at = 0; at + 2 < data.length;) {
    // Three steps at a time where the third byte can't be the end of a start code.
    if (data[at + 2]! > 1) at += 3;
    else if (data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1) {
      if (start >= 0) addUnit(units, data, start, at);
      start = at += 3;
    } else at++;
  }
  if (start >= 0) addUnit(units, data, start, data.length);
  return units;
}

/** What stands before each NAL unit in a frame that is put together. */
export const START_CODE: Uint8Array = Uint8Array.of(0, 0, 0, 1);

function addUnit(units: Uint8Array[], data: Uint8Array, start: number, end: number): void {
  // No NAL unit ends with a zero: zeros belong to the next start code, or are trailing ones.
  while (end > start && data[end - 1] === 0) end--;
  if (end > start) units.push(data.subarray(start, end));
}
