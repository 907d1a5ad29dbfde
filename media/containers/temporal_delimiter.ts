import { concat } from "../../core/wire/mod.ts";

/** A temporal delimiter OBU with its size, which is 0 (AV1 specification section 5.6). */
const TEMPORAL_DELIMITER = Uint8Array.of(0x12, 0x00);

function hasTemporalDelimiter(data: Uint8Array): boolean {
  return data[0] === TEMPORAL_DELIMITER[0] && data[1] === TEMPORAL_DELIMITER[1];
}

/** A temporal unit as a low-overhead stream has it: each begins with a delimiter. */
export function withTemporalDelimiter(data: Uint8Array): Uint8Array {
  return hasTemporalDelimiter(data) ? data : concat([TEMPORAL_DELIMITER, data]);
}

/** A temporal unit as MP4 and Matroska have it: delimiters are left out (AV1 in ISOBMFF section 2.4). */
export function withoutTemporalDelimiter(data: Uint8Array): Uint8Array {
  return hasTemporalDelimiter(data) ? data.subarray(2) : data;
}
