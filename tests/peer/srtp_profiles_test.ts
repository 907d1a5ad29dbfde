import { assert, assertEquals, assertGreater } from "@std/assert";
import type { SrtpProtectionProfileName } from "../../peer/settings.ts";
import { Call, opus, Source, statsOf, vp8 } from "./call.ts";

/** Bytes that each profile adds to an RTP packet, and to one of RTCP beside its index (RFC 5764 section 4.1.2, RFC 7714 section 14.2). */
const TAGS: Record<SrtpProtectionProfileName, { rtp: number; rtcp: number }> = {
  SRTP_AEAD_AES_128_GCM: { rtp: 16, rtcp: 16 },
  SRTP_AEAD_AES_256_GCM: { rtp: 16, rtcp: 16 },
  SRTP_AES128_CM_HMAC_SHA1_80: { rtp: 10, rtcp: 10 },
  SRTP_AES128_CM_HMAC_SHA1_32: { rtp: 4, rtcp: 10 },
};

const ENDS = ["alice", "bob"] as const;

/** A second of sound and pictures both ways. */
async function talk(call: Call): Promise<void> {
  const sources = ENDS.map((end) => {
    const [audio, video] = [new Source("audio"), new Source("video")];
    call[end].addTrack(audio.track);
    call[end].addTrack(video.track);
    return { audio, video };
  });
  await call.negotiate();
  await call.connected();
  for (let i = 0; i < 50; i++) {
    for (const { audio, video } of sources) {
      await audio.write(opus(i));
      if (i % 2 === 0) await video.write(vp8(i / 2, i === 0));
    }
    await call.advance(20);
  }
  await call.advance(5000); // until each has reported what it has received
  for (const { audio, video } of sources) {
    audio.track.stop();
    video.track.stop();
  }
}

for (const [profile, tags] of Object.entries(TAGS)) {
  const name = profile as SrtpProtectionProfileName;
  Deno.test(`RFC 5764 section 4.1.2: two peers talk under ${profile}, where one of them has no other`, async () => {
    const call = new Call({ settings: { bob: { srtpProtectionProfiles: [name] } } });
    const lengths: number[] = [];
    call.net.block(({ data }) => {
      const isSrtcp = data[0]! >= 128 && data[0]! <= 191 && data[1]! >= 192 && data[1]! <= 223;
      if (isSrtcp) lengths.push(data.length);
      return false;
    });
    await talk(call);
    for (const end of ENDS) {
      assertEquals((await statsOf(call[end], "transport")).srtpCipher, profile);
      assertEquals((await statsOf(call[end], "inbound-rtp", "audio")).packetsReceived, 50);
      assertEquals((await statsOf(call[end], "inbound-rtp", "video")).framesReceived, 25);
      // What the other side has received is known by its RTCP alone.
      const remote = await statsOf(call[end], "remote-inbound-rtp", "audio");
      assertEquals([remote.packetsReceived, remote.packetsLost], [50, 0]);
    }
    const sound = call.seen.filter(({ payloadType }) => payloadType === 111);
    assertEquals(sound.length, 100);
    // What the network has seen is counted as if the tag had 16 bytes.
    assertEquals(
      new Set(sound.map(({ payloadLength }) => payloadLength + 16 - 80)),
      new Set([tags.rtp]),
    );
    assertGreater(lengths.length, 4);
    // RTCP comes in words of 32 bits (RFC 3550 section 6.1), its index has one more.
    assert(lengths.every((length) => (length - tags.rtcp) % 4 === 0), `${lengths}`);
    await call.close();
  });
}

Deno.test("RFC 5764 section 4.1.1: the client's profiles are taken in the server's order", async () => {
  const [first, second] = ["SRTP_AES128_CM_HMAC_SHA1_80", "SRTP_AEAD_AES_256_GCM"] as const;
  const call = new Call({
    settings: {
      alice: { srtpProtectionProfiles: [first, second] },
      bob: { srtpProtectionProfiles: [second, first] },
    },
  });
  call.alice.addTransceiver("audio");
  await call.negotiate();
  await call.connected();
  const { dtlsRole, srtpCipher } = await statsOf(call.alice, "transport");
  assertEquals([dtlsRole, srtpCipher], ["server", first]);
  await call.close();
});
