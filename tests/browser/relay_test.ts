import { coturnIsHere } from "../interop/coturn.ts";
import { testInNamespace } from "./harness/namespace.ts";

for (const browser of ["chromium", "firefox"] as const) {
  const name = `Heron and ${browser} by relay`;
  if (coturnIsHere || Deno.env.get("CI") === "true") {
    await testInNamespace({ name, program: ["relay.ts", browser], browsers: [browser] });
  } else Deno.test({ name: `${name} (coturn is not installed)`, ignore: true, fn() {} });
}
