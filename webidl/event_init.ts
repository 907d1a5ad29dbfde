import { boolean, type Converter, dictionary, type DictionaryOf, type Member } from "./convert.ts";

const EVENT_INIT = {
  bubbles: { convert: boolean, default: () => false },
  cancelable: { convert: boolean, default: () => false },
  composed: { convert: boolean, default: () => false },
} as const;

/** A dictionary that inherits from EventInit (DOM section 2.2). */
export function eventInit<const M extends Readonly<Record<string, Member<unknown>>>>(
  name: string,
  members: M,
): Converter<DictionaryOf<typeof EVENT_INIT> & DictionaryOf<M>> {
  // WebIDL section 3.2.17 reads inherited members first.
  const [base, own] = [dictionary(name, EVENT_INIT), dictionary(name, members)];
  return (value, context) => ({ ...base(value, context), ...own(value, context) });
}
