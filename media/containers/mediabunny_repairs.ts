/**
 * What `npm:mediabunny` 1.61 does wrong, and what keeps it from that: where Matroska is broken it looks for the next element, and
 *
 * - does not move on if no more than eight bytes are left;
 * - finds the broken element again, if that has a name but no length.
 *
 * Either way it never returns to the event loop: one such file stops the whole process.
 *
 * @module
 */
import type { Input } from "mediabunny";

/** As many bytes as it does not search. */
const UNSEARCHED = 8;

/** So often, one after the other, the same place may be searched from. */
const MAX_SEARCHES = 2;

/** What the library reads a file by; not part of its public face. */
interface Reader {
  requestSliceRange(start: number, minLength: number, maxLength: number): Slice | Promise<Slice>;
}

type Slice = { readonly length: number } | null;

/** Sees to it that reading a file comes to an end. Rejects as `getFormat` does where it is none that can be read. */
export async function repair(input: Input): Promise<void> {
  await input.getFormat();
  const { _reader: reader } = input as unknown as { _reader: Reader };
  const request = reader.requestSliceRange.bind(reader);
  let [place, searches] = [-1, 0];
  const limited = (slice: Slice) => slice !== null && slice.length > UNSEARCHED ? slice : null;
  reader.requestSliceRange = (start, minLength, maxLength) => {
    if (start !== place) [place, searches] = [start, 0];
    const isSearch = minLength === 0;
    if (!isSearch) return request(start, minLength, maxLength);
    if (++searches > MAX_SEARCHES) return null;
    const slice = request(start, minLength, maxLength);
    return slice instanceof Promise ? slice.then(limited) : limited(slice);
  };
}
