/** Prints one thing that has happened, as a line of JSON. */
export function say(...happening: unknown[]): void {
  // deno-lint-ignore no-console
  console.log(JSON.stringify(happening));
}
