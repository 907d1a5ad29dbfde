import { posix } from "node:path";
import { isWithin } from "./folders.ts";
import { libraryRule } from "./source.ts";

/** Who may import whom: ARCHITECTURE.md section 2. */
export const layers: Deno.lint.Rule = libraryRule((context, path, folder) => {
  const own = path.includes("/") ? ownFolder(path) : path;
  const check = (node: Deno.lint.Node, specifier: unknown) => {
    if (typeof specifier !== "string") {
      context.report({ node, message: "What is imported has to be readable from the source" });
    } else if (!specifier.startsWith(".")) {
      if (folder.packages.some((start) => specifier.startsWith(start))) return;
      context.report({ node, message: `${own} doesn't import packages such as ${specifier}` });
    } else {
      const target = posix.join(posix.dirname(path), specifier);
      if ([own, ...folder.imports].some((allowed) => isWithin(target, allowed))) return;
      context.report({ node, message: `${own} doesn't import from ${posix.dirname(target)}` });
    }
  };
  return {
    ImportDeclaration: (node) => check(node.source, node.source.value),
    ExportAllDeclaration: (node) => check(node.source, node.source.value),
    ExportNamedDeclaration(node) {
      if (node.source !== null) check(node.source, node.source.value);
    },
    ImportExpression(node) {
      check(node.source, node.source.type === "Literal" ? node.source.value : undefined);
    },
  };
});

/** `ice` for ice/stun/message.ts; in `core`, whose parts have rules of their own, `core/wire`. */
function ownFolder(path: string): string {
  const [top = "", second = "", ...rest] = path.split("/");
  return top === "core" && rest.length > 0 ? `${top}/${second}` : top;
}
