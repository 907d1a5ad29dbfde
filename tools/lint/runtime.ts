import { isReference, libraryRule } from "./source.ts";

/** Only `transport` knows which runtime this is. */
export const runtime: Deno.lint.Rule = libraryRule((context, _path, folder) => {
  if (folder.namesDeno) return {};
  return {
    Identifier(node) {
      if (node.name !== "Deno" || !isReference(node)) return;
      context.report({ node, message: "Only transport/ names `Deno`" });
    },
  };
});
