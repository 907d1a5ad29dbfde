import { AlertDescription } from "../alert.ts";
import { type CipherSuite, cipherSuite } from "../cipher_suites.ts";
import { hasUncompressed, parseEcPointFormats } from "../extensions/ec_point_formats.ts";
import { hasExtendedMasterSecret } from "../extensions/extended_master_secret.ts";
import { ExtensionType, findExtension } from "../extensions/extension.ts";
import { renegotiationInfoOf } from "../extensions/renegotiation_info.ts";
import { parseUseSrtp } from "../extensions/use_srtp.ts";
import type { HandshakeContext } from "../handshake/context.ts";
import type { HandshakeMessage } from "../handshake/message.ts";
import { HandshakeFailure, type HandshakeState } from "../handshake/state.ts";
import type { ClientHello } from "../messages/client_hello.ts";
import { parseServerHello, type ServerHello } from "../messages/server_hello.ts";
import { DTLS_1_2, HandshakeType } from "../protocol.ts";
import { ExpectCertificate } from "./expect_certificate.ts";

/** What the two hellos have settled. */
export interface ClientNegotiation {
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
  readonly suite: CipherSuite;
  readonly srtpProfile: number | undefined;
}

/** A client whose hello the server has to answer. */
export class ExpectServerHello implements HandshakeState {
  readonly expects = [HandshakeType.serverHello];
  readonly #clientHello: ClientHello;

  constructor(clientHello: ClientHello) {
    this.#clientHello = clientHello;
  }

  handle(message: HandshakeMessage, context: HandshakeContext): HandshakeState | HandshakeFailure {
    const hello = parseServerHello(message.body);
    if (hello === undefined) {
      return new HandshakeFailure(AlertDescription.decodeError, "malformed ServerHello");
    }
    const refused = this.#checkHello(hello) ?? this.#checkExtensions(hello);
    if (refused !== undefined) return refused;
    const srtpProfile = this.#srtpProfile(hello, context);
    if (srtpProfile instanceof HandshakeFailure) return srtpProfile;
    context.transcript.add(message);
    return new ExpectCertificate({
      clientRandom: this.#clientHello.random,
      serverRandom: hello.random,
      suite: cipherSuite(hello.cipherSuite)!,
      srtpProfile,
    });
  }

  #checkHello(hello: ServerHello): HandshakeFailure | undefined {
    if (hello.serverVersion !== DTLS_1_2) {
      return new HandshakeFailure(
        AlertDescription.protocolVersion,
        "the server wants another version",
      );
    }
    if (!this.#clientHello.cipherSuites.includes(hello.cipherSuite)) {
      return new HandshakeFailure(
        AlertDescription.illegalParameter,
        "the server chose a cipher suite that was not offered",
      );
    }
    if (hello.compressionMethod !== 0) {
      return new HandshakeFailure(
        AlertDescription.illegalParameter,
        "the server wants compression",
      );
    }
    return undefined;
  }

  #checkExtensions({ extensions }: ServerHello): HandshakeFailure | undefined {
    for (const { type } of extensions) {
      if (findExtension(this.#clientHello.extensions, type) === undefined) { // RFC 5246 section 7.4.1.4
        return new HandshakeFailure(
          AlertDescription.unsupportedExtension,
          `the server answers extension ${type}, which was not offered`,
        );
      }
    }
    if (!hasExtendedMasterSecret(extensions)) { // RFC 7627 section 5.2
      return new HandshakeFailure(
        AlertDescription.handshakeFailure,
        "the server lacks the extended master secret",
      );
    }
    if (renegotiationInfoOf(extensions) === "invalid") { // RFC 5746 section 3.4
      return new HandshakeFailure(
        AlertDescription.handshakeFailure,
        "renegotiation_info is not empty",
      );
    }
    const formats = findExtension(extensions, ExtensionType.ecPointFormats);
    const parsed = formats && parseEcPointFormats(formats);
    if (formats !== undefined && (parsed === undefined || !hasUncompressed(parsed))) {
      return new HandshakeFailure(AlertDescription.illegalParameter, "no uncompressed points");
    }
    return undefined;
  }

  /** RFC 5764 section 4.1.1: exactly one of the offered profiles, and no MKI, since none was offered. */
  #srtpProfile(
    { extensions }: ServerHello,
    { config }: HandshakeContext,
  ): number | undefined | HandshakeFailure {
    const data = findExtension(extensions, ExtensionType.useSrtp);
    if (data === undefined) return undefined;
    const answer = parseUseSrtp(data);
    const profile = answer?.profiles[0];
    if (
      answer === undefined || profile === undefined || answer.profiles.length !== 1 ||
      answer.mki.length !== 0 || !config.srtpProfiles.includes(profile)
    ) {
      return new HandshakeFailure(AlertDescription.illegalParameter, "use_srtp answers no offer");
    }
    return profile;
  }
}
