import type { CryptoProvider } from "../../core/crypto/provider.ts";
import { deriveSessionKeys, type PacketKind } from "../key_derivation.ts";
import type { MasterKey } from "../keying_material.ts";
import type { SrtpProtectionProfile } from "../profiles.ts";
import { AeadAesGcm } from "./aead_aes_gcm.ts";
import { AesCmHmacSha1 } from "./aes_cm_hmac_sha1.ts";
import type { Transform } from "./transform.ts";

/** The transform of a profile with the session keys that follow from a master key. */
export function makeTransform(
  crypto: CryptoProvider,
  profile: SrtpProtectionProfile,
  master: MasterKey,
  kind: PacketKind,
): Transform {
  const keys = deriveSessionKeys(crypto, master, profile, kind);
  if (profile.cipher === "aes-gcm") return new AeadAesGcm(crypto, keys, kind);
  const tagLength = kind === "rtp" ? profile.rtpTagLength : profile.rtcpTagLength;
  return new AesCmHmacSha1(crypto, keys, kind, tagLength);
}
