import { assertEquals } from "@std/assert";
import { MARK, pageOf, readResult } from "./runner.ts";

Deno.test("a child's lines are told from what its test prints", () => {
  const { status, outcomes, messages } = readResult(
    [
      "a line of the test",
      `${MARK}{"name":"one","status":"PASS","message":null}`,
      `no newline before${MARK}{"name":"two","status":"FAIL","message":"why"}`,
      `${MARK}{"file":"OK","message":null}`,
      "",
    ].join("\n"),
    "CRASH",
  );
  assertEquals(status, "OK");
  assertEquals([...outcomes], [["one", "PASS"], ["two", "FAIL"]]);
  assertEquals([...messages], [["two", "why"]]);
});

Deno.test("a child that did not end by itself has no status of its own", () => {
  assertEquals(readResult("", "KILLED").status, "KILLED");
});

Deno.test("scripts believe to be in a page", () => {
  assertEquals(pageOf("webrtc/a.window.js?1-2"), "https://localhost:8443/webrtc/a.window.html?1-2");
});
