import type { GroupName } from "../../core/crypto/provider.ts";
import { AlertDescription } from "../alert.ts";
import { type CipherSuite, suiteFitsKey } from "../cipher_suites.ts";
import {
  ecPointFormats,
  hasUncompressed,
  parseEcPointFormats,
} from "../extensions/ec_point_formats.ts";
import {
  extendedMasterSecret,
  hasExtendedMasterSecret,
} from "../extensions/extended_master_secret.ts";
import { type Extension, ExtensionType, findExtension } from "../extensions/extension.ts";
import {
  renegotiationInfo,
  renegotiationInfoOf,
  TLS_EMPTY_RENEGOTIATION_INFO_SCSV,
} from "../extensions/renegotiation_info.ts";
import { parseSignatureAlgorithms } from "../extensions/signature_algorithms.ts";
import { parseSupportedGroups } from "../extensions/supported_groups.ts";
import { parseSupportedVersions } from "../extensions/supported_versions.ts";
import { parseUseSrtp, useSrtp } from "../extensions/use_srtp.ts";
import type { HandshakeConfig } from "../handshake/context.ts";
import { HandshakeFailure } from "../handshake/state.ts";
import type { ClientHello } from "../messages/client_hello.ts";
import { NAMED_GROUPS } from "../named_groups.ts";
import { DTLS_1_0, DTLS_1_2 } from "../protocol.ts";
import { chooseScheme, type SignatureScheme } from "../signature_schemes.ts";

/** What a server makes of a ClientHello. */
export interface ServerNegotiation {
  readonly suite: CipherSuite;
  readonly group: GroupName;
  /** How the server signs its share. */
  readonly scheme: SignatureScheme;
  readonly srtpProfile: number | undefined;
  /** Those of the ServerHello. */
  readonly extensions: readonly Extension[];
}

/** Chooses, by the server's order of preference, what the handshake will use. */
export function negotiate(
  hello: ClientHello,
  config: HandshakeConfig,
): ServerNegotiation | HandshakeFailure {
  const refused = checkVersion(hello) ?? checkBasics(hello);
  if (refused !== undefined) return refused;
  const keyType = config.certificate.key.type;
  const suite = config.cipherSuites.find((ours) =>
    suiteFitsKey(ours, keyType) && hello.cipherSuites.includes(ours.id)
  );
  const group = chooseGroup(hello, config);
  const scheme = chooseScheme(keyType, offeredSchemes(hello));
  if (suite === undefined) return nothingInCommon("cipher suite");
  if (group === undefined) return nothingInCommon("group");
  if (scheme === undefined) return nothingInCommon("signature scheme");
  const srtpProfile = chooseSrtpProfile(hello, config);
  if (srtpProfile instanceof HandshakeFailure) return srtpProfile;
  const extensions = answers(hello, srtpProfile);
  return { suite, group, scheme, srtpProfile, extensions };
}

/**
 * A client that speaks 1.3 says 1.2 here and the rest in supported_versions (RFC 8446 section 4.2.1). If 1.2 is not in there, it
 * would refuse our hello anyway.
 */
function checkVersion(hello: ClientHello): HandshakeFailure | undefined {
  const data = findExtension(hello.extensions, ExtensionType.supportedVersions);
  const versions = data && parseSupportedVersions(data);
  const offered = data === undefined
    ? hello.clientVersion <= DTLS_1_2 // a smaller number is a newer version
    : versions !== undefined && versions.includes(DTLS_1_2);
  return offered && hello.clientVersion < DTLS_1_0
    ? undefined
    : new HandshakeFailure(AlertDescription.protocolVersion, "the client doesn't speak DTLS 1.2");
}

function checkBasics(hello: ClientHello): HandshakeFailure | undefined {
  if (!hello.compressionMethods.includes(0)) {
    return new HandshakeFailure(AlertDescription.illegalParameter, "the client wants compression");
  }
  if (!hasExtendedMasterSecret(hello.extensions)) { // RFC 7627 section 5.3
    return new HandshakeFailure(
      AlertDescription.handshakeFailure,
      "the client lacks the extended master secret",
    );
  }
  if (renegotiationInfoOf(hello.extensions) === "invalid") { // RFC 5746 section 3.6
    return new HandshakeFailure(
      AlertDescription.handshakeFailure,
      "renegotiation_info is not empty",
    );
  }
  const formats = findExtension(hello.extensions, ExtensionType.ecPointFormats);
  const parsed = formats && parseEcPointFormats(formats);
  if (formats !== undefined && (parsed === undefined || !hasUncompressed(parsed))) {
    return new HandshakeFailure(AlertDescription.illegalParameter, "no uncompressed points"); // RFC 8422 section 5.1.2
  }
  return undefined;
}

/** RFC 8422 section 4: without the extension the server may use any group; secp256r1 is what such clients know. */
function chooseGroup(hello: ClientHello, config: HandshakeConfig): GroupName | undefined {
  const data = findExtension(hello.extensions, ExtensionType.supportedGroups);
  const offered = data === undefined ? [NAMED_GROUPS.secp256r1] : parseSupportedGroups(data) ?? [];
  return config.groups.find((group) => offered.includes(NAMED_GROUPS[group]));
}

/** Without the extension a client means SHA-1 (RFC 5246 section 7.4.1.4.1), which we don't sign with. */
function offeredSchemes(hello: ClientHello): readonly number[] {
  const data = findExtension(hello.extensions, ExtensionType.signatureAlgorithms);
  return data === undefined ? [] : parseSignatureAlgorithms(data) ?? [];
}

/** RFC 5764 section 4.1.1: one profile, or no extension in the answer where none suits. An MKI is not used. */
function chooseSrtpProfile(
  hello: ClientHello,
  config: HandshakeConfig,
): number | undefined | HandshakeFailure {
  const data = findExtension(hello.extensions, ExtensionType.useSrtp);
  if (data === undefined) return undefined;
  const offer = parseUseSrtp(data);
  if (offer === undefined) {
    return new HandshakeFailure(AlertDescription.decodeError, "malformed use_srtp");
  }
  return config.srtpProfiles.find((profile) => offer.profiles.includes(profile));
}

function answers(hello: ClientHello, srtpProfile: number | undefined): readonly Extension[] {
  const extensions = [extendedMasterSecret()];
  if (
    renegotiationInfoOf(hello.extensions) === "initial" ||
    hello.cipherSuites.includes(TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
  ) extensions.push(renegotiationInfo()); // RFC 5746 section 3.6
  if (findExtension(hello.extensions, ExtensionType.ecPointFormats) !== undefined) {
    extensions.push(ecPointFormats());
  }
  if (srtpProfile !== undefined) extensions.push(useSrtp([srtpProfile]));
  return extensions;
}

function nothingInCommon(what: string): HandshakeFailure {
  return new HandshakeFailure(AlertDescription.handshakeFailure, `no ${what} in common`);
}
