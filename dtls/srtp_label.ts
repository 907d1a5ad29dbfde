/** What the keys of SRTP are exported under: the argument of `exportKeyingMaterial` (RFC 5764 section 4.2). */
export const DTLS_SRTP_LABEL = "EXTRACTOR-dtls_srtp";
