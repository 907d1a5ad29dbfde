import type { Millis } from "../../core/mod.ts";
import type { IceAgent } from "../../ice/mod.ts";
import type { SocketGroup } from "../../transport/mod.ts";
import type { Environment } from "./environment.ts";

/** What it takes to do an ICE agent's I/O. */
export interface IceIo {
  readonly environment: Environment;
  /** Where sockets are added, to be read and written from then on. */
  readonly sockets: SocketGroup;
  /** Aborts when the transport closes. */
  readonly signal: AbortSignal;
  /** Commands to the agent. */
  run<T>(mutate: (agent: IceAgent, now: Millis) => T): T;
}
