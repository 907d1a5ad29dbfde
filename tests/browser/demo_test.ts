import { testInNamespace } from "./harness/namespace.ts";

for (const browser of ["chromium", "firefox"] as const) {
  await testInNamespace({
    name: `the demo in ${browser}`,
    program: ["demo.ts", browser],
    browsers: [browser],
  });
}
