import { join } from "node:path";
import { type Folder, folderOf } from "./folders.ts";

const ROOT = join(import.meta.dirname!, "..", "..").replaceAll("\\", "/") + "/";

/** The linted file, relative to the project's folder. */
export function pathOf(context: Deno.lint.RuleContext): string {
  const path = context.filename.replaceAll("\\", "/");
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : path;
}

/** A rule that looks at the library's files only. */
export function libraryRule(
  visit: (
    context: Deno.lint.RuleContext,
    path: string,
    folder: Folder,
  ) => Deno.lint.LintVisitor,
): Deno.lint.Rule {
  return {
    create(context) {
      const path = pathOf(context);
      const found = folderOf(path);
      return found === undefined ? {} : visit(context, path, found.folder);
    },
  };
}

/** Whether an identifier stands for a variable or a type, rather than naming a member: `Date`, but not `header.Date` or `{ Date: 1 }`. */
export function isReference(node: Deno.lint.Identifier): boolean {
  const parent = node.parent as unknown as {
    type: string;
    computed?: boolean;
    property?: unknown;
    key?: unknown;
    right?: unknown;
  };
  switch (parent.type) {
    case "MemberExpression":
      return parent.computed === true || parent.property !== node;
    case "Property":
      return parent.computed === true || parent.key !== node;
    case "PropertyDefinition":
    case "MethodDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
    case "TSEnumMember":
      return parent.computed === true || parent.key !== node;
    case "TSQualifiedName":
      return parent.right !== node;
    default:
      return true;
  }
}
