import {
  boolean,
  type Converter,
  dictionary,
  type DictionaryOf,
  domString,
  inherit,
  type Member,
  requireArguments,
} from "./convert.ts";

const EVENT_INIT = {
  bubbles: { convert: boolean, default: () => false },
  cancelable: { convert: boolean, default: () => false },
  composed: { convert: boolean, default: () => false },
} as const;

type Members = Readonly<Record<string, Member<unknown>>>;

/** What the constructor of an event passes on to that of `Event`, and the members of its own. */
export interface EventArguments<M extends Members> {
  readonly type: string;
  readonly init: DictionaryOf<typeof EVENT_INIT> & DictionaryOf<M>;
}

/**
 * Makes what reads the arguments of an event's constructor, after how many are given: a type, and a dictionary that inherits from EventInit (DOM section 2.2) and
 * may be left out unless one of its members is required.
 */
export function eventArguments<const M extends Members>(
  name: string,
  members: M,
): (given: number, type: unknown, eventInitDict: unknown) => EventArguments<M> {
  const context = `${name} constructor`;
  const required = Object.values(members).some((member) => member.required) ? 2 : 1;
  const convert: Converter<EventArguments<M>["init"]> = inherit(
    dictionary("EventInit", EVENT_INIT),
    dictionary(`${name}Init`, members),
  );
  return (given, type, eventInitDict) => {
    requireArguments(context, given, required);
    return { type: domString(type, `${context}: type`), init: convert(eventInitDict, context) };
  };
}
