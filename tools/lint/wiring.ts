import { libraryRule } from "./source.ts";

/** The whole chain is connected in one file, so that a reader finds it there. */
export const wiring: Deno.lint.Rule = libraryRule((context, _path, folder) => {
  if (folder.pipes) return {};
  return {
    MemberExpression(node) {
      if (node.property.type !== "Identifier") return;
      if (!["pipeTo", "pipeThrough"].includes(node.property.name)) return;
      context.report({
        node: node.property,
        message:
          "Streams are connected in peer/pipeline.ts, and below it in core/stage and transport",
      });
    },
  };
});
