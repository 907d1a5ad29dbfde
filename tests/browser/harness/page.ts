import type { RTCPeerConnection as Connection } from "../../../mod.ts";
import { describe, pattern, sha256, until } from "./data.ts";
import { Mailbox } from "./mailbox.ts";
import { Side, type Signal } from "./side.ts";

/** The browser's own, in the page. */
declare const RTCPeerConnection: new () => Connection;

/** What the test asks of the page. */
export type Request =
  | { readonly id: number; readonly do: "open"; readonly side: number; readonly trickle: boolean }
  | { readonly id: number; readonly do: "drop"; readonly side: number }
  | {
    readonly id: number;
    readonly do: "run";
    readonly side?: number;
    readonly source: string;
    readonly args: readonly unknown[];
  };

/** What the page tells the test. */
export type Report =
  | { readonly id: number; readonly value?: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly side: number; readonly signal: Signal }
  | { readonly log: string };

/** Everything the page does. Its source is sent to the browser, so it stands alone but for the modules that go with it. */
function serveTest(): void {
  const socket = new WebSocket(`ws://${location.host}/harness/socket`);
  const sides = new Map<number, Side>();
  const report = (report: Report) => socket.send(JSON.stringify(report));
  const text = (error: unknown) =>
    error instanceof Error
      ? `${error.name}: ${error.message}\n${error.stack ?? ""}`
      : String(error);

  const answer = async (request: Request): Promise<unknown> => {
    switch (request.do) {
      case "open": {
        const { side, trickle } = request;
        const signal = (signal: Signal) => report({ side, signal });
        sides.set(side, new Side(new RTCPeerConnection(), signal, { trickle }));
        return;
      }
      case "drop":
        sides.get(request.side)?.pc.close();
        sides.delete(request.side);
        return;
      case "run": {
        const run = (0, eval)(`(${request.source})`);
        const { side, args } = request;
        return await (side === undefined ? run(...args) : run(sides.get(side), ...args));
      }
    }
  };

  socket.onmessage = async ({ data }) => {
    const request: Request = JSON.parse(data);
    const { id } = request;
    try {
      report({ id, value: await answer(request) });
    } catch (error) {
      report({ id, error: text(error) });
    }
  };

  const log = (kind: string, ...parts: unknown[]) => {
    if (socket.readyState === WebSocket.OPEN) report({ log: [kind, ...parts.map(text)].join(" ") });
  };
  for (const kind of ["log", "info", "warn", "error"] as const) {
    // deno-lint-ignore no-console -- what the page prints is told to the test
    console[kind] = (...parts: unknown[]) => log(kind, ...parts);
  }
  addEventListener("error", (event) => log("uncaught", event.error ?? event.message));
  addEventListener("unhandledrejection", (event) => log("unhandled rejection", event.reason));
}

/** The page which a browser under test opens. */
export const PAGE: string = `<!doctype html>
<meta charset="utf-8">
<title>Heron: browser under test</title>
<link rel="icon" href="data:,">
<script>
${[sha256, pattern, describe, until, Mailbox, Side, serveTest].join("\n")}
serveTest();
</script>
`;
