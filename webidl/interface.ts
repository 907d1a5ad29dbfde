/**
 * What makes a class of ours look like one that a browser made from WebIDL, done once for all of them.
 *
 * Getters and methods use `#private` members of their object, which gives every one of them the TypeError that WebIDL demands of a
 * foreign `this`.
 *
 * @module
 */

// deno-lint-ignore no-explicit-any
type Constructor = abstract new (...args: any[]) => object;

/** What {@linkcode defineInterface} can't see by looking at the class. */
export interface InterfaceOptions {
  /** Types of the events that have an `on...` attribute. */
  readonly handlers?: readonly string[];
}

/**
 * Gives a class the shape of a WebIDL interface: enumerable members, `Symbol.toStringTag`, and event handler attributes.
 *
 * WebIDL sections 3.7.3 (interface prototype object), 3.7.6 (attributes), 3.7.7 (operations); HTML section 8.1.8.1 (event handlers).
 */
export function defineInterface(constructor: Constructor, options: InterfaceOptions = {}): void {
  const prototype = constructor.prototype;
  for (const type of options.handlers ?? []) defineHandler(prototype, type);
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name !== "constructor") Object.defineProperty(prototype, name, { enumerable: true });
  }
  for (const name of Object.getOwnPropertyNames(constructor)) {
    if (typeof Object.getOwnPropertyDescriptor(constructor, name)?.value === "function") {
      Object.defineProperty(constructor, name, { enumerable: true });
    }
  }
  Object.defineProperty(prototype, Symbol.toStringTag, {
    value: constructor.name,
    configurable: true,
  });
  Object.defineProperty(constructor, "prototype", { writable: false });
}

type Callback = (this: EventTarget, event: Event) => unknown;

/** The value of each event handler attribute, and the listener that calls it. */
const handlers = new WeakMap<EventTarget, Map<string, Callback | object>>();

/**
 * Adds the event handler attribute for one type of events to an interface prototype object. The handler keeps its place among the
 * listeners from when it was first set, even while it is null (HTML section 8.1.8.1).
 */
export function defineHandler(prototype: object, type: string): void {
  Object.defineProperty(prototype, `on${type}`, {
    configurable: true,
    enumerable: true,
    get(this: EventTarget) {
      return handlers.get(brandChecked(this, prototype))?.get(type) ?? null;
    },
    set(this: EventTarget, value: unknown) {
      const target = brandChecked(this, prototype);
      const handler = typeof value === "function" || (typeof value === "object" && value !== null)
        ? value
        : undefined;
      let table = handlers.get(target);
      if (table === undefined) handlers.set(target, table = new Map());
      if (handler === undefined && !table.has(type)) return;
      if (!table.has(type)) {
        target.addEventListener(type, (event) => callHandler(target, type, event));
      }
      table.set(type, (handler ?? null) as Callback);
    },
  });
  // WebIDL section 3.7.6: accessors are named after their attribute.
  const { get, set } = Object.getOwnPropertyDescriptor(prototype, `on${type}`)!;
  Object.defineProperty(get!, "name", { value: `get on${type}` });
  Object.defineProperty(set!, "name", { value: `set on${type}` });
}

function callHandler(target: EventTarget, type: string, event: Event): void {
  const handler = handlers.get(target)?.get(type);
  if (typeof handler !== "function") return;
  // HTML section 8.1.8.1: a handler that returns false cancels.
  if ((handler as Callback).call(target, event) === false) event.preventDefault();
}

function brandChecked(target: EventTarget, prototype: object): EventTarget {
  if (target === prototype || !Object.prototype.isPrototypeOf.call(prototype, target)) {
    throw new TypeError("Illegal invocation");
  }
  return target;
}

/** The typed face of the `on...` attributes for a map from event types to events. */
export type EventHandlers<Events> = {
  [Type in keyof Events as Type extends string ? `on${Type}` : never]:
    | ((event: Events[Type]) => unknown)
    | null;
};

/** The typed face of `addEventListener` for a map from event types to events. */
export interface Listen<Events> {
  /** Appends a listener for events of one type. */
  <Type extends keyof Events & string>(
    type: Type,
    listener: ((event: Events[Type]) => unknown) | EventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Appends a listener for events of any type. */
  (
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** The typed face of `removeEventListener`. */
export interface Unlisten<Events> {
  /** Removes a listener for events of one type. */
  <Type extends keyof Events & string>(
    type: Type,
    listener: ((event: Events[Type]) => unknown) | EventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
  /** Removes a listener for events of any type. */
  (
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}
