import { testInNamespace } from "./harness/namespace.ts";

// One scenario shows that the harness treats both sides alike; `inside/control.ts` alone runs them all.
await testInNamespace({
  name: "control: Chromium and Firefox, without Heron",
  program: ["control.ts", "connects"],
  browsers: ["chromium", "firefox"],
});
