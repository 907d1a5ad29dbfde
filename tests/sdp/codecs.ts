import * as sdp from "../../sdp/mod.ts";

/** A typed attribute: how its value is read and written, and values in the form in which we write them. */
export interface Codec {
  readonly name: string;
  readonly wellFormed: readonly string[];
  readonly malformed: readonly string[];
  parse(value: string | undefined): unknown;
  /** Writes what `parse` gave. */
  // deno-lint-ignore no-explicit-any
  write(parsed: any): string;
}

const ALGORITHM_OF_THE_FUTURE = "sha3-256 " + "AB:".repeat(31) + "AB";
const SHA_256 = "sha-256 " + "4A:".repeat(31) + "F1";

/** Every attribute with a codec. */
export const CODECS: readonly Codec[] = [
  {
    name: "mid (RFC 5888 section 4)",
    wellFormed: ["0", "audio", "__proto__", "sdparta_0", "{a-b}", "!#$%&'*+-.^_`|~"],
    malformed: ["", "a b", "a:b", "a/b", "ü", "a;b", '"0"'],
    parse: sdp.parseMid,
    write: String,
  },
  {
    name: "group (RFC 5888 section 5)",
    wellFormed: ["BUNDLE", "BUNDLE 0", "BUNDLE audio video", "LS __proto__ constructor"],
    malformed: ["", " ", "BUNDLE a:b", "BUN/DLE 0", "BUNDLE ü", "BUNDLE" + " 0".repeat(20_000)],
    parse: sdp.parseGroup,
    write: sdp.writeGroup,
  },
  {
    name: "ice-ufrag (RFC 8839 section 5.4)",
    wellFormed: ["5+Ix", "1/MvHwjAyVf27aLu", "a-=#_", "a".repeat(256)],
    malformed: ["", "abc", "ab cd", "abcü", "a".repeat(257), "abcd\n"],
    parse: sdp.parseIceUfrag,
    write: String,
  },
  {
    name: "ice-pwd (RFC 8839 section 5.4)",
    wellFormed: ["x9cml/YzichV2+XlhiMu8g", "p".repeat(256)],
    malformed: ["", "p".repeat(21), "p".repeat(257), "p".repeat(22) + " ", "p".repeat(21) + "!"],
    parse: sdp.parseIcePwd,
    write: String,
  },
  {
    name: "fingerprint (RFC 8122 section 5)",
    wellFormed: [SHA_256, ALGORITHM_OF_THE_FUTURE],
    malformed: [
      "",
      "sha-256",
      SHA_256 + " more",
      SHA_256 + ":00",
      SHA_256.slice(0, -3),
      SHA_256.replace("4A", "4G"),
      SHA_256.replaceAll(":", "-"),
      SHA_256.slice("sha-256 ".length),
      "sha3-1024 " + "AB:".repeat(127) + "AB",
      "x A",
    ],
    parse: sdp.parseFingerprint,
    write: sdp.writeFingerprint,
  },
  {
    name: "setup (RFC 4145 section 4)",
    wellFormed: ["active", "passive", "actpass", "holdconn"],
    malformed: ["", "evil", "ACTIVE", "active ", "constructor"],
    parse: sdp.parseSetup,
    write: String,
  },
  {
    name: "tls-id (RFC 8842 section 4)",
    wellFormed: ["abc3de65cddef001be82", "-_/+".repeat(63)],
    malformed: ["", "abc3de65cddef001be8", "abc3de65cddef001be8 ", "a".repeat(256)],
    parse: sdp.parseTlsId,
    write: String,
  },
  {
    name: "sctp-port (RFC 8841 section 5)",
    wellFormed: ["0", "1", "5000", "65535"],
    malformed: ["", "65536", "-1", "5e3", "0x10", " 5000", "005000", "5000 5001"],
    parse: sdp.parseSctpPort,
    write: String,
  },
  {
    name: "max-message-size (RFC 8841 section 6)",
    wellFormed: ["0", "65536", "262144", "1073741823", "9007199254740991"],
    malformed: ["", "big", "-1", "1.5", "1e6", "+1", "1 "],
    parse: sdp.parseMaxMessageSize,
    write: String,
  },
  {
    name: "sctpmap (drafts of RFC 8841)",
    wellFormed: ["5000 webrtc-datachannel 1024", "5000 webrtc-datachannel"],
    malformed: ["", "5000", "x webrtc-datachannel", "65536 webrtc-datachannel 1", "1 a b"],
    parse: sdp.parseSctpMap,
    write: sdp.writeSctpMap,
  },
  {
    name: "rtpmap (RFC 8866 section 6.6)",
    wellFormed: [
      "111 opus/48000/2",
      "0 PCMU/8000",
      "9 G722/8000/1",
      "107 vnd.onvif.metadata/90000",
    ],
    malformed: [
      "",
      "111",
      "128 opus/48000",
      "x opus/48000",
      "111 opus",
      "111 /48000",
      "111 opus/fast/2",
      "111 opus/0",
      "111 opus/48000/0",
      "111 opus/48000/2/2",
      "111 opus/4294967296",
      "111 opus/48000 2",
    ],
    parse: sdp.parseRtpMap,
    write: sdp.writeRtpMap,
  },
  {
    name: "fmtp (RFC 8866 section 6.15)",
    wellFormed: [
      "111 minptime=10;useinbandfec=1",
      "101 0-15",
      "63 111/111",
      "97 sprop-parameter-sets=Z0IAH5WoFAFuQA==,aM48gA==",
      "1 __proto__=1;constructor;a=",
    ],
    malformed: ["", "111", "128 a=1", "x a=1", "* a=1"],
    parse: sdp.parseFmtp,
    write: sdp.writeFmtp,
  },
  {
    name: "ptime and maxptime (RFC 8866 section 6.4)",
    wellFormed: ["20", "0.125", "120"],
    malformed: ["", "0", "-20", "0.0", "1e3", "20 ", "Infinity", "1234567890"],
    parse: sdp.parsePacketTime,
    write: String,
  },
  {
    name: "rtcp (RFC 3605 section 2.1)",
    wellFormed: ["9", "9 IN IP4 0.0.0.0", "1 IN IP7 X", "43239 IN IP4 a.local"],
    malformed: ["", "65536", "x IN IP4 0.0.0.0", "9 IN", "9 IN IP4", "9 IN IP4 0.0.0.0 1"],
    parse: sdp.parseRtcp,
    write: sdp.writeRtcp,
  },
  {
    name: "rtcp-fb (RFC 4585 section 4.2)",
    wellFormed: ["111 transport-cc", "* nack", "98 nack pli", "98 ccm tmmbr smaxpr=120"],
    malformed: ["", "98", "128 nack", "x nack", "** nack", "98  "],
    parse: sdp.parseRtcpFeedback,
    write: sdp.writeRtcpFeedback,
  },
  {
    name: "extmap (RFC 8285 section 8)",
    wellFormed: [
      "1 URI-toffset",
      "2/recvonly URI-gps-string",
      "255/inactive urn:x with attributes",
      "4096 urn:x",
      "4351/sendrecv urn:x",
    ],
    malformed: ["", "1", "0 urn:x", "256 urn:x", "4352 urn:x", "1/up urn:x", "1/ urn:x", "x urn:x"],
    parse: sdp.parseExtMap,
    write: sdp.writeExtMap,
  },
  {
    name: "msid (RFC 8830 section 2)",
    wellFormed: ["-", "janus janus0", "{a} {b}", "__proto__ toString"],
    malformed: ["", " ", "a b c"],
    parse: sdp.parseMsid,
    write: sdp.writeMsid,
  },
  {
    name: "msid-semantic (drafts of RFC 8830)",
    wellFormed: [" WMS", " WMS *", " WMS a b"],
    malformed: ["", "  "],
    parse: sdp.parseMsidSemantic,
    write: sdp.writeMsidSemantic,
  },
  {
    name: "ssrc (RFC 5576 section 4.1)",
    wellFormed: ["0 cname:", "4294967295 baz", "1 msid:a b", "1 a:b:c", "1 __proto__:1"],
    malformed: ["", "1", "1 ", "4294967296 cname:x", "-1 cname:x", "x cname:x", "1 :x"],
    parse: sdp.parseSsrc,
    write: sdp.writeSsrc,
  },
  {
    name: "ssrc-group (RFC 5576 section 4.2)",
    wellFormed: ["FID 1 2", "SIM 1 2 4294967295", "FEC-FR"],
    malformed: ["", "FID 1 x", "FID 4294967296", "a/b 1"],
    parse: sdp.parseSsrcGroup,
    write: sdp.writeSsrcGroup,
  },
  {
    name: "rid (RFC 8851 section 4)",
    wellFormed: [
      "q send",
      "1 send pt=97,98;max-width=1280;max-height=720",
      "c recv pt=97",
      "hi_-9 send __proto__=1;flag",
    ],
    malformed: [
      "",
      "q",
      "q up",
      "ü send",
      "q send a;;b",
      "q send pt=",
      "q send pt=128",
      "q send pt=x",
      "q send a=1;a=2",
      "q send a b",
      "q send " + Array.from({ length: 65 }, (_, i) => `a${i}`).join(";"),
      "q send pt=" + "1,".repeat(200) + "1",
    ],
    parse: sdp.parseRid,
    write: sdp.writeRid,
  },
  {
    name: "simulcast (RFC 8853 section 5.1)",
    wellFormed: ["send q;h;f", "send 1,~4;2;3 recv c", "recv ~a,b"],
    malformed: [
      "",
      "send",
      "send a;",
      "send a,,b",
      "send ~",
      "send a send b",
      "send a recv",
      "up a",
      " send rid=1,4;2;3 paused=4 recv rid=c",
      "constructor a",
      "send " + "a;".repeat(64) + "a",
      "send " + "a,".repeat(64) + "a",
    ],
    parse: sdp.parseSimulcast,
    write: sdp.writeSimulcast,
  },
];
