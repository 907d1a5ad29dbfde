import type { Outcome } from "../harness/scenario.ts";

/** What the program inside the namespace prints, one line of JSON each. */
export type Line =
  | { readonly begins: string }
  | { readonly ends: string; readonly notes: readonly string[]; readonly error?: string };

/** Reports a step: that it begins, and what it came to. */
export async function report(name: string, run: () => Promise<Outcome>): Promise<void> {
  print({ begins: name });
  print({ ends: name, ...await run() });
}

/** Ends this program when the test that started it has ended, however that came about. */
export async function endWithTheTest(): Promise<void> {
  for await (const _ of Deno.stdin.readable);
  Deno.exit(1);
}

function print(line: Line): void {
  let bytes = new TextEncoder().encode(JSON.stringify(line) + "\n");
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
}
