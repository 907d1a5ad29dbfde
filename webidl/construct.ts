/** The internal slots of the object that is being made, until it has taken them. */
let slotsOfNext: { readonly slots: object } | undefined;

/** Makes an object of an interface that scripts can't construct. */
export function construct<T extends object>(constructor: new () => T, slots: object): T {
  slotsOfNext = { slots };
  try {
    return new constructor();
  } finally {
    slotsOfNext = undefined;
  }
}

/**
 * The internal slots of an object in the making: what the `#slots` of a class that has no constructor of its own is initialised with.
 * Throws the TypeError that WebIDL section 3.7.1 asks for unless {@linkcode construct} makes the object.
 */
export function slotsOfNew<Slots extends object>(): Slots {
  const next = slotsOfNext;
  slotsOfNext = undefined;
  if (next === undefined) throw new TypeError("Illegal constructor");
  return next.slots as Slots;
}
