/** The internal slots of the object that is being made, until it has taken them. */
let slotsOfNext: object | undefined;

/** Makes an object of an interface that scripts can't construct. */
export function construct<T extends object>(
  // deno-lint-ignore no-explicit-any
  constructor: new (...args: any[]) => T,
  slots: object,
): T {
  provideSlots(slots);
  try {
    return new constructor();
  } finally {
    slotsOfNext = undefined;
  }
}

/** For a constructor that a script may call, of a class that extends one which it may not: to be called just before `super()`. */
export function provideSlots(slots: object): void {
  slotsOfNext = slots;
}

/** For a constructor that scripts may call, too: the internal slots that our own code provides; undefined where a script makes the object. */
export function providedSlots<Slots extends object>(): Slots | undefined {
  const slots = slotsOfNext;
  slotsOfNext = undefined;
  return slots as Slots | undefined;
}

/**
 * The internal slots of an object in the making: what the `#slots` of a class that has no constructor of its own is initialised with.
 * Throws the TypeError that WebIDL section 3.7.1 asks for unless our own code makes the object.
 */
export function slotsOfNew<Slots extends object>(): Slots {
  const slots = providedSlots<Slots>();
  if (slots === undefined) throw new TypeError("Illegal constructor");
  return slots;
}
