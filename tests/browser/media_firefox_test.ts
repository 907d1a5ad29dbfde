import { testInNamespace } from "./harness/namespace.ts";

await testInNamespace({
  name: "Media between Heron and Firefox",
  program: ["media.ts", "firefox"],
  browsers: ["firefox"],
});
