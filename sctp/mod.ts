/**
 * SCTP over DTLS, and the data channels on top of it: RFC 9260 as RFC 8261 and RFC 8831 profile it.
 *
 * {@linkcode SctpAssociation} turns packets into messages on streams and back; {@linkcode DataChannels} turns streams into channels.
 * Both are layers: pure state machines, to be worn by a `Stage`.
 *
 * @module
 */
export { SctpAssociation, type SctpOptions } from "./association.ts";
export type {
  AssociationState,
  MessageItem,
  ResetAllItem,
  ResetDoneItem,
  ResetItem,
  SctpDiscard,
  SctpEvent,
  SctpItem,
  SentItem,
  WithdrawItem,
  WithdrawnItem,
} from "./items.ts";
export { DataChannels, type DataChannelsOptions } from "./channels/data_channels.ts";
export type { ChannelParameters } from "./channels/dcep.ts";
export type {
  ChannelDiscard,
  ChannelEvent,
  ChannelItem,
  ChannelMessageItem,
  ChannelSentItem,
  ClosedItem,
  CloseItem,
  OpenItem,
} from "./channels/items.ts";
