import type { Peer } from "../harness/peer.ts";

/** Which of two peers is the browser, and which is Heron. */
export function parties({ offerer, answerer }: { offerer: Peer; answerer: Peer }) {
  const isBrowserFirst = offerer.browser !== undefined;
  return {
    browser: isBrowserFirst ? offerer : answerer,
    heron: isBrowserFirst ? answerer : offerer,
    browserOffers: isBrowserFirst,
  };
}
