import {
  AddressWatch,
  FilteredNetwork,
  type Network,
  PortRangeNetwork,
  SharedPortNetwork,
  SystemNetwork,
  UdpLessNetwork,
} from "../../transport/mod.ts";
import type { Environment } from "../connection/environment.ts";
import type { Settings } from "./convert.ts";

/** What the connections of one class run on. */
export function environmentOf(settings: Settings): Environment {
  const { certificate, dtlsRole, iceCredentials, tcpPort, externalAddresses } = settings;
  const { continualGathering: interval } = settings;
  const network = networkOf(settings);
  return {
    network,
    ...(interval !== undefined && { addressWatch: new AddressWatch(network, interval) }),
    listens: tcpPort !== undefined,
    opensSimultaneously: settings.tcpSimultaneousOpen ?? false,
    hidesAddresses: settings.mdnsCandidates ?? false,
    ice: iceOf(settings),
    dtls: dtlsOf(settings),
    ...(externalAddresses && { externalAddress: externalAddresses }),
    ...(certificate && { certificate }),
    ...(dtlsRole && { dtlsRole }),
    ...(iceCredentials && { iceCredentials }),
  };
}

/** One rule around the other, the innermost first. */
function networkOf(settings: Settings): Network {
  const { addressFilter, portRange, ipHandling, udpPort, tcpPort, udpSocket } = settings;
  let network = settings.network ?? systemNetworkOf(settings);
  if (addressFilter !== undefined) network = new FilteredNetwork(network, addressFilter);
  if (portRange !== undefined) network = new PortRangeNetwork(network, portRange);
  if (udpPort !== undefined || tcpPort !== undefined || udpSocket !== undefined) {
    network = new SharedPortNetwork(network, {
      ...(udpPort && { udpPort }),
      ...(tcpPort && { tcpPort }),
      ...(udpSocket && { udpSocket }),
    });
  }
  return ipHandling === "no-udp" ? new UdpLessNetwork(network) : network;
}

function systemNetworkOf({ addresses, interfaceFilter, ipHandling }: Settings): Network {
  // RFC 8828 section 5.2, mode 2: to bind to every address is to leave the choice to the routes.
  const chosen = addresses ?? (ipHandling === "default-route" ? ["0.0.0.0"] : undefined);
  return new SystemNetwork({
    ...(chosen && { addresses: chosen }),
    ...(interfaceFilter && { interfaceFilter }),
  });
}

function iceOf(
  { iceLite, iceRenomination, candidateTypes, timeouts = {} }: Settings,
): NonNullable<Environment["ice"]> {
  const { disconnected, failed, consentInterval } = timeouts;
  return {
    ...(iceLite && { lite: true }),
    ...(iceRenomination && { renomination: true }),
    ...(candidateTypes && { candidateTypes }),
    timings: {
      ...(disconnected && { disconnectedAfter: disconnected, suspectAfter: disconnected * 0.6 }),
      ...(failed && { consentExpiry: failed }),
      ...(consentInterval && { consentInterval }),
    },
  };
}

function dtlsOf(
  { dtlsCookies, srtpProtectionProfiles, timeouts = {} }: Settings,
): NonNullable<Environment["dtls"]> {
  const { dtlsHandshake } = timeouts;
  return {
    ...(dtlsCookies !== undefined && { cookieExchange: dtlsCookies }),
    ...(dtlsHandshake && { handshakeTimeout: dtlsHandshake }),
    ...(srtpProtectionProfiles && { srtpProfiles: srtpProtectionProfiles }),
  };
}
