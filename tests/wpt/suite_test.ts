import { assertEquals } from "@std/assert";
import { htmlAttribute, parseHtmlMetadata, parseScriptMetadata } from "./suite.ts";

Deno.test("a script's metadata ends where its code begins", () => {
  const text = [
    "// META: script=/resources/a.js",
    "// META: script=./b.js",
    "// a comment",
    "",
    "// META: timeout=long",
    "// META: variant=?1-2",
    "'use strict';",
    "// META: title=not metadata",
  ].join("\n");
  assertEquals(parseScriptMetadata(text), {
    title: undefined,
    isLong: true,
    variants: ["?1-2"],
    scripts: ["/resources/a.js", "./b.js"],
  });
});

Deno.test("an HTML file's metadata, however its attributes are quoted", () => {
  const text = `<title>\n A title </title><meta name=timeout content=long>
    <meta content="?a" name="variant"><META NAME='variant' CONTENT='?b'><meta charset=utf-8>`;
  assertEquals(parseHtmlMetadata(text), {
    title: "A title",
    isLong: true,
    variants: ["?a", "?b"],
    scripts: [],
  });
  assertEquals(parseHtmlMetadata("<script></script>").isLong, false);
});

Deno.test("attributes of a start tag", () => {
  const tag = `<script type="module" src='/a b.js' id=x>`;
  assertEquals(["type", "src", "id", "async"].map((name) => htmlAttribute(tag, name)), [
    "module",
    "/a b.js",
    "x",
    undefined,
  ]);
});
