import { testInNamespace } from "./harness/namespace.ts";

await testInNamespace({
  name: "Heron and Firefox",
  program: ["heron.ts", "firefox"],
  browsers: ["firefox"],
});
