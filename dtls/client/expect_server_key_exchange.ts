import type { GroupName } from "../../core/crypto/provider.ts";
import { concat } from "../../core/wire/mod.ts";
import { AlertDescription } from "../alert.ts";
import type { HandshakeContext } from "../handshake/context.ts";
import type { HandshakeMessage } from "../handshake/message.ts";
import { type VerifiedChain, verifySignature } from "../handshake/peer_certificate.ts";
import { HandshakeFailure, type HandshakeState } from "../handshake/state.ts";
import { parseServerKeyExchange } from "../messages/server_key_exchange.ts";
import { groupName } from "../named_groups.ts";
import { HandshakeType } from "../protocol.ts";
import { ExpectCertificateRequestOrServerHelloDone } from "./expect_certificate_request_or_server_hello_done.ts";
import type { ClientNegotiation } from "./expect_server_hello.ts";

/** The server's share, signed with the key of its certificate. */
export interface ServerShare {
  readonly group: GroupName;
  readonly publicKey: Uint8Array;
}

/** A client that waits for the server's share. */
export class ExpectServerKeyExchange implements HandshakeState {
  readonly expects = [HandshakeType.serverKeyExchange];
  readonly #negotiation: ClientNegotiation;
  readonly #server: VerifiedChain;

  constructor(negotiation: ClientNegotiation, server: VerifiedChain) {
    this.#negotiation = negotiation;
    this.#server = server;
  }

  handle(message: HandshakeMessage, context: HandshakeContext): HandshakeState | HandshakeFailure {
    const exchange = parseServerKeyExchange(message.body);
    if (exchange === undefined) {
      return new HandshakeFailure(AlertDescription.decodeError, "malformed ServerKeyExchange");
    }
    const group = groupName(exchange.group);
    if (group === undefined || !context.config.groups.includes(group)) {
      return new HandshakeFailure(
        AlertDescription.illegalParameter,
        "the server chose a group that was not offered",
      );
    }
    // RFC 8422 section 5.4: the randoms keep the signature from being replayed.
    const { clientRandom, serverRandom } = this.#negotiation;
    const data = concat([clientRandom, serverRandom, exchange.params]);
    const { certificate } = this.#server;
    const refused = verifySignature(certificate, exchange.signed, data, "ServerKeyExchange");
    if (refused !== undefined) return refused;
    context.transcript.add(message);
    const share = { group, publicKey: exchange.publicKey };
    return new ExpectCertificateRequestOrServerHelloDone(this.#negotiation, this.#server, share);
  }
}
