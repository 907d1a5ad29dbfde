import { assertEquals } from "@std/assert";
import { addCounts, closingLine, NO_COUNTS, parseSummary } from "../../tools/test_summary.ts";

Deno.test("a summary line of deno test is read, with and without its optional parts", () => {
  const lines: [line: string, passed: number, failed: number, skipped: number][] = [
    ["ok | 1 passed | 0 failed (7ms)", 1, 0, 0],
    ["FAILED | 2 passed (1 step) | 1 failed | 1 ignored (1 step) (7ms)", 2, 1, 1],
    ["FAILED | 12 passed (3 steps) | 4 failed (2 steps) | 3 filtered out (1m7s)", 12, 4, 0],
    ["ok | 0 passed | 0 failed | 4 filtered out (3ms)", 0, 0, 0],
    ["\x1b[0m\x1b[32mok\x1b[0m | 9 passed | 0 failed \x1b[0m\x1b[38;5;245m(7ms)\x1b[0m", 9, 0, 0],
  ];
  for (const [line, passed, failed, skipped] of lines) {
    assertEquals(parseSummary(line), { passed, failed, skipped }, line);
  }
});

Deno.test("other lines are no summary", () => {
  for (const line of ["", "ok", "test ... ok (3ms)", "  ok | 1 passed | 0 failed", "12 passed"]) {
    assertEquals(parseSummary(line), undefined, line);
  }
});

Deno.test("the closing line adds up, and speaks of skipped tests only if there are any", () => {
  const sum = addCounts({ passed: 3, failed: 0, skipped: 0 }, { passed: 4, failed: 1, skipped: 2 });
  assertEquals(closingLine(sum), "7 passed, 1 failed, 2 skipped");
  assertEquals(closingLine(NO_COUNTS), "0 passed, 0 failed");
});
