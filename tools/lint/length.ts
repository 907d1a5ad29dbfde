/** More lines than this are more than one thing: the RFC's own section boundaries show where to cut. */
const MAX_LINES = 600;

/** Every file, tests and tools too, stays short enough to be read in one go. */
export const length: Deno.lint.Rule = {
  create: (context) => ({
    Program(node) {
      const lines = context.sourceCode.text.split("\n").length - 1;
      if (lines <= MAX_LINES) return;
      context.report({ node, message: `${lines} lines; at most ${MAX_LINES}, better 500` });
    },
  }),
};
