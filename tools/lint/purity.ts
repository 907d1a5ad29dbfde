import { isReference, libraryRule } from "./source.ts";

/** What reaches out of a computation. */
const IMPURE: ReadonlySet<string> = new Set([
  ...["setTimeout", "setInterval", "setImmediate", "queueMicrotask"],
  ...["clearTimeout", "clearInterval", "clearImmediate"],
  ...["performance", "Temporal", "Promise"],
  ...["fetch", "WebSocket", "Worker", "process", "globalThis"],
]);

/** Pure folders get their time and randomness passed in, and return what they have to say: ARCHITECTURE.md section 1. */
export const purity: Deno.lint.Rule = libraryRule((context, _path, folder) => {
  if (!folder.pure) return {};
  const report = (node: Deno.lint.Node, what: string) =>
    context.report({ node, message: `A pure folder has no ${what}` });
  const isAsync = (node: Deno.lint.Node & { async?: boolean }) => {
    if (node.async) report(node, "async function");
  };
  return {
    Identifier(node) {
      if (!isReference(node)) return;
      if (IMPURE.has(node.name)) report(node, `\`${node.name}\``);
      if (node.name === "Math" && !isDeterministic(node.parent)) report(node, "`Math.random`");
      if (node.name === "Date" && !isGivenTime(node.parent)) report(node, "clock");
    },
    AwaitExpression: (node) => report(node, "`await`"),
    ForOfStatement(node) {
      if (node.await) report(node, "`await`");
    },
    FunctionDeclaration: isAsync,
    FunctionExpression: isAsync,
    ArrowFunctionExpression: isAsync,
  };
});

/** `Math.max`, but neither `Math.random` nor what could hide it, such as `Math[name]` or `{ random } = Math`. */
function isDeterministic(parent: Deno.lint.Node): boolean {
  return parent.type === "MemberExpression" && !parent.computed &&
    parent.property.type === "Identifier" && parent.property.name !== "random";
}

/** `new Date(millis)` formats a time that was passed in; anything else can read the clock. */
function isGivenTime(parent: Deno.lint.Node): boolean {
  return parent.type === "NewExpression" && parent.arguments.length > 0;
}
