import { testInNamespace } from "./harness/namespace.ts";

await testInNamespace({
  name: "Media between Heron and Chromium",
  program: ["media.ts", "chromium"],
  browsers: ["chromium"],
});
