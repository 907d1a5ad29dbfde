import { supportedGroups } from "../extensions/supported_groups.ts";
import { ecPointFormats } from "../extensions/ec_point_formats.ts";
import { extendedMasterSecret } from "../extensions/extended_master_secret.ts";
import { renegotiationInfo } from "../extensions/renegotiation_info.ts";
import { signatureAlgorithms } from "../extensions/signature_algorithms.ts";
import { useSrtp } from "../extensions/use_srtp.ts";
import type { HandshakeContext } from "../handshake/context.ts";
import type { HandshakeState } from "../handshake/state.ts";
import { type ClientHello, writeClientHello } from "../messages/client_hello.ts";
import { NAMED_GROUPS } from "../named_groups.ts";
import { DTLS_1_0, DTLS_1_2, HandshakeType } from "../protocol.ts";
import { SIGNATURE_SCHEME_IDS } from "../signature_schemes.ts";
import { ExpectHelloVerifyRequestOrServerHello } from "./expect_hello_verify_request_or_server_hello.ts";

/** Prepares flight 1, and returns what a client waits for first. */
export function startClient(context: HandshakeContext): HandshakeState {
  const hello = clientHello(context);
  // Whether the transcript begins with this hello is known when the answer is there.
  context.addUnrecorded(HandshakeType.clientHello, (writer) => writeClientHello(writer, hello));
  finishHelloFlight(context);
  return new ExpectHelloVerifyRequestOrServerHello(hello);
}

/** RFC 6347 section 4.1: a hello may meet a peer that has not chosen a version yet, so its records carry the lowest one. */
export function finishHelloFlight(context: HandshakeContext): void {
  context.finishFlight({ timed: true, recordVersion: DTLS_1_0 });
}

function clientHello({ config, crypto }: HandshakeContext): ClientHello {
  const extensions = [
    renegotiationInfo(), // RFC 5746 section 3.4
    extendedMasterSecret(), // RFC 7627 section 5.2
    supportedGroups(config.groups.map((group) => NAMED_GROUPS[group])),
    ecPointFormats(),
    signatureAlgorithms(SIGNATURE_SCHEME_IDS),
  ];
  if (config.srtpProfiles.length > 0) extensions.push(useSrtp(config.srtpProfiles));
  return {
    clientVersion: DTLS_1_2,
    random: crypto.random(32),
    sessionId: new Uint8Array(0),
    cookie: new Uint8Array(0),
    cipherSuites: config.cipherSuites.map(({ id }) => id),
    compressionMethods: Uint8Array.of(0),
    extensions,
  };
}
