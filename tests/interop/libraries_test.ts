/**
 * Libraries for browsers, as their users have them and unmodified, on Heron: each in a process of its own, for they look at the global
 * scope while they load.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { denoCommand, succeeds } from "./harness/command.ts";

/** A busy machine takes its time to start a process; one that does not end by itself takes for ever. */
const PATIENCE = 30_000;

interface Case {
  readonly program: string;
  readonly args?: readonly string[];
  readonly happens: readonly unknown[];
}

const SIMPLE_PEER = [
  ["stream", ["audio", "video"]],
  ["data", "hello"],
  ["closed"],
  ["error", "OperationError"],
];

const CASES: Readonly<Record<string, Case>> = {
  "simple-peer, by its wrtc option": {
    program: "simple_peer.ts",
    args: ["wrtc"],
    happens: SIMPLE_PEER,
  },
  "simple-peer, by the global names": { program: "simple_peer.ts", happens: SIMPLE_PEER },
  "PeerJS, by the global names": {
    program: "peerjs.ts",
    happens: [
      ["open", "bob"],
      ["data", { echo: { hello: "world", list: [1, 2.5, null] } }],
      ["bob", ["audio", "video"]],
      ["alice", ["audio", "video"]],
    ],
  },
};

for (const [name, { program, args = [], happens }] of Object.entries(CASES)) {
  const url = new URL(`libraries/${program}`, import.meta.url);
  const [deno, run, ...rest] = await denoCommand(url);
  // In CI nothing is left out: what can't be fetched fails.
  const isThere = Deno.env.get("CI") === "true" ||
    await succeeds(deno, "cache", ...rest.slice(rest.indexOf("--config")));
  Deno.test(
    { name: `two peers connect and see each other with ${name}`, ignore: !isThere },
    async () => {
      const giveUp = new AbortController();
      const timer = setTimeout(() => giveUp.abort(), PATIENCE);
      const { code, stdout, stderr } = await new Deno.Command(deno, {
        args: [run!, "--no-check", ...rest, ...args],
        signal: giveUp.signal,
      }).output();
      clearTimeout(timer);
      const [said, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assertEquals(code, 0, complaint);
      assertEquals(said!.trim().split("\n").map((line) => JSON.parse(line)), happens);
    },
  );
}
