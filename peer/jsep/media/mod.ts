/**
 * The media part of JSEP (RFC 9429): which codecs, header extensions, streams and transports the audio and video sections of an offer or
 * answer have. Functions over plain data; the transceivers and transports behind them are elsewhere.
 *
 * An offer: {@linkcode layOutSections} gives each transceiver a place, {@linkcode offerMedia} makes its section,
 * {@linkcode offerBundle} tells which sections have transports, and {@linkcode writeMediaSection} writes them. An answer:
 * {@linkcode readSections}, {@linkcode mediaFault}, {@linkcode findTransceiver}, {@linkcode answerMedia}, {@linkcode answerBundle},
 * {@linkcode writeMediaSection}. What was negotiated: {@linkcode sendFormats}, {@linkcode negotiatedExtensions},
 * {@linkcode negotiatedDirection}, {@linkcode acceptedRids}, {@linkcode transportMids}.
 *
 * @module
 */
export * from "./media_format.ts";
export * from "./codecs.ts";
export * from "./codec_match.ts";
export * from "./codec_dictionary.ts";
export * from "./payload_types.ts";
export * from "./formats.ts";
export * from "./header_extensions.ts";
export * from "./directions.ts";
export * from "./simulcast.ts";
export * from "./media_section.ts";
export * from "./remote_media.ts";
export type { RemoteSource } from "./remote_sources.ts";
export * from "./bundle.ts";
export * from "./m_lines.ts";
export * from "./lip_sync.ts";
export * from "./consistency.ts";
export * from "./negotiation.ts";
