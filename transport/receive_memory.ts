/**
 * Where datagrams are received into.
 *
 * The system has to be given room for the longest datagram before it is known how long one is, and an idle socket keeps that room for
 * as long as it lives. So each lands in a place of its own, cut from a large block whose pages the system does not provide before
 * they are written to: an idle socket costs a page or two. From there it moves, at 35 ns for 1200 bytes, close behind the ones that
 * came before it on whatever socket, and the place is free for the next.
 *
 * @module
 */

/** Room for one receive: no UDP payload is longer (65,507 bytes over IPv4), so that none is ever cut short in silence. */
const PLACE_SIZE = 1 << 16;

/** Places of one block. A block this large comes straight from the system, untouched; measured: one of 128 KiB does not. */
const PLACES = 64;

/** The size of the slabs that received datagrams are views of. */
const SLAB_SIZE = 1 << 17;

const free: Uint8Array<ArrayBuffer>[] = [];

/** A place to receive into; to be given back once nobody writes to it any more. */
export function takePlace(): Uint8Array<ArrayBuffer> {
  if (free.length === 0) {
    const block = new ArrayBuffer(PLACES * PLACE_SIZE);
    for (let i = PLACES - 1; i >= 0; i--) {
      free.push(new Uint8Array(block, i * PLACE_SIZE, PLACE_SIZE));
    }
  }
  return free.pop()!;
}

/** Gives a place back. */
export function givePlace(place: Uint8Array<ArrayBuffer>): void {
  free.push(place);
}

let slab = new Uint8Array(SLAB_SIZE);
let used = 0;

/** A copy of a datagram that lasts for as long as somebody holds it. */
export function keep(datagram: Uint8Array): Uint8Array<ArrayBuffer> {
  if (SLAB_SIZE - used < datagram.length) {
    slab = new Uint8Array(SLAB_SIZE); // the old one is left to those who hold views of it
    used = 0;
  }
  const kept = slab.subarray(used, used + datagram.length);
  kept.set(datagram);
  used += datagram.length;
  return kept;
}
