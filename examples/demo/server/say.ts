/** One line for whoever started the demo. */
export function say(line: string): void {
  // deno-lint-ignore no-console -- the demo's own output
  console.log(line);
}
