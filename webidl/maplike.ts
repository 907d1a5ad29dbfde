import { type Converter, requireArguments } from "./convert.ts";

// deno-lint-ignore no-explicit-any
type Constructor = abstract new (...args: any[]) => object;

/**
 * Gives a class the members of a readonly maplike (WebIDL section 3.7.11). `entriesOf` finds an object's [[MapEntries]]; it throws a
 * TypeError for a foreign one, as reading a `#private` member does. To be called before `defineInterface`.
 */
export function defineReadonlyMaplike<K, V>(
  constructor: Constructor,
  entriesOf: (object: never) => ReadonlyMap<K, V>,
  key: Converter<K>,
): void {
  const { name, prototype } = constructor;
  const find = (object: unknown) => entriesOf(object as never);
  const members = {
    get size(): number {
      return find(this).size;
    },
    entries(): MapIterator<[K, V]> {
      return find(this).entries();
    },
    keys(): MapIterator<K> {
      return find(this).keys();
    },
    values(): MapIterator<V> {
      return find(this).values();
    },
    forEach(callback: (value: V, key: K, parent: object) => void, thisArg: unknown = undefined) {
      const map = find(this);
      requireArguments(`${name}.forEach`, arguments.length, 1);
      if (typeof callback !== "function") {
        throw new TypeError(`${name}.forEach: the callback is not a function`);
      }
      for (const [each, value] of map) callback.call(thisArg, value, each, this);
    },
    get(wanted: unknown): V | undefined {
      const map = find(this);
      requireArguments(`${name}.get`, arguments.length, 1);
      return map.get(key(wanted, `${name}.get`));
    },
    has(wanted: unknown): boolean {
      const map = find(this);
      requireArguments(`${name}.has`, arguments.length, 1);
      return map.has(key(wanted, `${name}.has`));
    },
  };
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(members));
  // WebIDL section 3.7.11: the same function object, though not enumerable.
  Object.defineProperty(prototype, Symbol.iterator, {
    value: prototype.entries,
    writable: true,
    configurable: true,
  });
}
