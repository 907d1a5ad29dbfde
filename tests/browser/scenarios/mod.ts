/**
 * What two peers must be able to do with each other, whichever stacks they are.
 *
 * @module
 */
import type { Scenario } from "../harness/scenario.ts";
import { answererRestartsIce, lateChannels, offererRestartsIce } from "./changes.ts";
import { many, names, negotiated, reliability } from "./channels.ts";
import {
  answererClosesChannel,
  answererClosesConnection,
  bothClose,
  offererClosesChannel,
  offererClosesConnection,
} from "./closing.ts";
import { connects } from "./connect.ts";
import { anotherTakesOver } from "./handover.ts";
import { blobs, kinds, large, maxMessageSize } from "./messages.ts";
import { bothWays, bufferedAmount, bulk } from "./transfer.ts";

/** What a server whose ICE is lite does just as well (RFC 8445 section 2.5). */
export const LITE: readonly Scenario[] = [connects, bulk, offererRestartsIce, answererRestartsIce];

export { vanishes } from "./changes.ts";

/** All but {@linkcode vanishes}, which takes half a minute and a browser of its own. */
export const SCENARIOS: readonly Scenario[] = [
  connects,
  kinds,
  blobs,
  large,
  maxMessageSize,
  reliability,
  negotiated,
  names,
  many,
  lateChannels,
  bufferedAmount,
  bothWays,
  bulk,
  offererRestartsIce,
  answererRestartsIce,
  anotherTakesOver,
  offererClosesChannel,
  answererClosesChannel,
  bothClose,
  offererClosesConnection,
  answererClosesConnection,
];
