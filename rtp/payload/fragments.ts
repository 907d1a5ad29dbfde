/**
 * Sizes of the pieces that `length` bytes are cut into so that none has more than `max`: as few as possible, and about equal, since a short
 * last packet costs as much to protect and to lose as a full one. Throws a RangeError if no byte fits in.
 */
export function fragmentSizes(length: number, max: number): number[] {
  if (max < 1) throw new RangeError("The payload has no room for the frame");
  const count = Math.ceil(length / max);
  const sizes: number[] = [];
  for (let rest = length; sizes.length < count;) {
    const size = Math.ceil(rest / (count - sizes.length));
    sizes.push(size);
    rest -= size;
  }
  return sizes;
}
