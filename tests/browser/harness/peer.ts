import type { RTCPeerConnection } from "../../../mod.ts";
import type { Browser } from "./browser.ts";
import { Side, type SideOptions, type Signal } from "./side.ts";

/** One end of a scenario's connection, wherever it lives. */
export interface Peer {
  /** "chromium", "firefox", "heron", or another stack's name. */
  readonly name: string;
  /** The browser that it lives in. */
  readonly browser?: Browser;
  /** Events that its stack does not know. */
  readonly lacks?: readonly string[];
  /**
   * Runs a function beside the connection. It must not refer to anything outside itself: its source may be sent to a browser.
   * Arguments and result must survive JSON.
   */
  run<A extends readonly unknown[], T>(
    run: (side: Side, ...args: A) => T | Promise<T>,
    ...args: A
  ): Promise<T>;
  /** Closes the connection. */
  close(): Promise<void>;
}

/** Makes the peers of one kind, one for each scenario. */
export interface PeerFactory {
  readonly name: string;
  open(options: SideOptions, onSignal: (signal: Signal) => void): Promise<Peer>;
}

/** Peers that are connections of a browser's page. */
export function browserPeers(browser: Browser): PeerFactory {
  return {
    name: browser.name,
    async open({ trickle }, onSignal) {
      const side = await browser.openSide(trickle, onSignal);
      return {
        name: browser.name,
        browser,
        run: <A extends readonly unknown[], T>(
          run: (side: Side, ...args: A) => T | Promise<T>,
          ...args: A
        ) => browser.runSide(side, run.toString(), args) as Promise<T>,
        close: () => browser.dropSide(side),
      };
    },
  };
}

/** Peers that are connections of this process. */
export function localPeers(name: string, connect: () => RTCPeerConnection): PeerFactory {
  return {
    name,
    open(options, onSignal) {
      const side = new Side(connect(), onSignal, options);
      return Promise.resolve({
        name,
        run: async <A extends readonly unknown[], T>(
          run: (side: Side, ...args: A) => T | Promise<T>,
          ...args: A
        ) => await run(side, ...args),
        close: () => Promise.resolve(side.pc.close()),
      });
    },
  };
}
