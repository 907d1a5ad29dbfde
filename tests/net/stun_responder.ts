import { parseIp, type TransportAddress } from "../../core/wire/mod.ts";

/**
 * The plainest STUN server: answers Binding requests with XOR-MAPPED-ADDRESS, written by hand so that a mistake in the real codec
 * can't hide in its own reflection (RFC 8489 sections 5 and 14.2).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0|     STUN Message Type     |         Message Length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Magic Cookie                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     Transaction ID (96 bits)                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function stunResponder(
  request: Uint8Array,
  from: TransportAddress,
): Uint8Array | undefined {
  const isBindingRequest = request.length >= 20 && request[0] === 0x00 && request[1] === 0x01;
  if (!isBindingRequest) return undefined;
  const ip = parseIp(from.ip)!;
  const answer = new Uint8Array(20 + 8 + ip.length);
  answer.set([0x01, 0x01, 0x00, 8 + ip.length], 0); // Binding success response
  answer.set(request.subarray(4, 20), 4); // magic cookie and transaction id
  answer.set([0x00, 0x20, 0x00, 4 + ip.length], 20); // XOR-MAPPED-ADDRESS
  answer.set([0x00, ip.length === 4 ? 0x01 : 0x02, from.port >> 8, from.port & 0xff], 24);
  answer.set(ip, 28);
  for (let i = 0; i < 2; i++) answer[26 + i]! ^= request[4 + i]!;
  for (let i = 0; i < ip.length; i++) answer[28 + i]! ^= request[4 + i]!;
  return answer;
}
