import { testInNamespace } from "./harness/namespace.ts";

await testInNamespace({
  name: "Heron and Chromium",
  program: ["heron.ts", "chromium"],
  browsers: ["chromium"],
});
