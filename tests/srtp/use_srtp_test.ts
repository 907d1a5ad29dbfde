import { assertEquals } from "@std/assert";
import { DTLS_SRTP_LABEL } from "../../dtls/mod.ts";
import { keyingMaterialLength, SRTP_PROTECTION_PROFILES, SrtpEndpoint } from "../../srtp/mod.ts";
import { connectedPair } from "../dtls/support.ts";
import { asRtcp, asRtp, crypto, PROFILES, protect, rtcp, rtp, unprotect } from "./support.ts";

/** Both ends of SRTP, with the keys of a DTLS handshake in which the ends offer and take these profiles. */
function negotiated(ofClient: readonly number[], ofServer: readonly number[]) {
  const pair = connectedPair({ a: { srtpProfiles: ofClient }, b: { srtpProfiles: ofServer } });
  const [client, server] = (["a", "b"] as const).map((end) => {
    const dtls = pair[end];
    const profile = dtls.srtpProfile!;
    const keyingMaterial = dtls.exportKeyingMaterial(
      DTLS_SRTP_LABEL,
      keyingMaterialLength(profile),
    );
    const srtp = new SrtpEndpoint({ crypto });
    srtp.setKeys({ profile, keyingMaterial, role: end === "a" ? "client" : "server" }, 0);
    return srtp;
  });
  return { client: client!, server: server! };
}

for (const { id, name, rtpTagLength, rtcpTagLength } of SRTP_PROTECTION_PROFILES) {
  Deno.test(`RFC 5764 section 4.1: where ${name} is all that one end has, use_srtp agrees on it, and packets of both protocols go both ways`, () => {
    for (const [ofClient, ofServer] of [[[id], PROFILES], [PROFILES, [id]]] as const) {
      const { client, server } = negotiated(ofClient, ofServer);
      assertEquals([client.profile, server.profile], [id, id]);
      for (const [from, to] of [[client, server], [server, client]] as const) {
        const media = Array.from({ length: 40 }, (_, i) => rtp({ sequenceNumber: i, length: 500 }));
        const wire = protect(from, ...media.map(asRtp));
        assertEquals(
          wire.map(({ length }) => length),
          media.map((one) => one.length + rtpTagLength),
        );
        assertEquals(unprotect(to, wire), media.map(asRtp));
        // RFC 5764 section 4.1.2: RTCP has the long tag even where RTP has the short one.
        const report = rtcp();
        const [sealed] = protect(from, asRtcp(report));
        assertEquals(sealed!.length, report.length + rtcpTagLength + 4);
        assertEquals(unprotect(to, [sealed!]), [asRtcp(report)]);
      }
      for (const end of [client, server]) end.close(0);
    }
  });
}

Deno.test("RFC 7714 section 14.2: where both ends have it, AES-GCM is preferred, whatever the order of the offer", () => {
  for (const offer of [PROFILES, PROFILES.toReversed()]) {
    const { client, server } = negotiated(offer, PROFILES);
    assertEquals([client.profile, server.profile], [7, 7]);
    for (const end of [client, server]) end.close(0);
  }
  const { client, server } = negotiated([1, 8, 2], PROFILES);
  assertEquals([client.profile, server.profile], [8, 8]);
  for (const end of [client, server]) end.close(0);
});
