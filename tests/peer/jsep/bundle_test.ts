import { assertEquals } from "@std/assert";
import type { Group } from "../../../sdp/mod.ts";
import {
  answerBundle,
  type BundlePolicy,
  offerBundle,
  transportMids,
} from "../../../peer/jsep/media/mod.ts";

/** "a0 v1 d2": kinds and mids; "-" before one that is rejected, "+" before one that was negotiated. */
function offered(text: string) {
  return text.split(" ").map((word) => {
    const [, flag, kind, mid] = /^([-+]?)([avd])(.+)$/.exec(word)!;
    return { mid: mid!, kind: kind!, isRejected: flag === "-", isNegotiated: flag === "+" };
  });
}

/** As above; "!" before one that has nothing acceptable. */
function answerable(text: string) {
  return text.split(" ").map((word) => {
    const [, flag, kind, mid] = /^([-!]?)([avd])(.+)$/.exec(word)!;
    return { mid: mid!, kind: kind!, isRejected: flag === "-", isAcceptable: flag !== "!" };
  });
}

function bundles(...texts: readonly string[]): Group[] {
  return texts.map((text) => ({ semantics: "BUNDLE", mids: text.split(" ") }));
}

const POLICIES: readonly BundlePolicy[] = ["balanced", "max-compat", "max-bundle"];

Deno.test("RFC 9429 section 4.1.1: which sections of an initial offer could stand alone", () => {
  const sections = offered("a0 v1 a2 v3 d4");
  const roles = POLICIES.map((policy) => offerBundle(sections, policy).roles);
  assertEquals(roles, [
    ["own", "own", "bundle-only", "bundle-only", "own"],
    ["own", "own", "own", "own", "own"],
    ["own", "bundle-only", "bundle-only", "bundle-only", "bundle-only"],
  ]);
  assertEquals(offerBundle(sections, "balanced").mids, ["0", "1", "2", "3", "4"]);
});

Deno.test("RFC 9429 section 5.2.2: what is bundled stays so, and what is new joins it unmarked", () => {
  for (const policy of POLICIES) {
    const { mids, roles } = offerBundle(offered("+a0 +v1 v2"), policy, ["0", "1"]);
    assertEquals(mids, ["0", "1", "2"]);
    assertEquals(roles, ["own", "bundled", "bundled"]);
  }
});

Deno.test("RFC 9143 section 7.5: when the tagged section goes, the next one speaks for the bundle", () => {
  const { mids, roles } = offerBundle(offered("-a0 +v1 +d2 a3"), "balanced", ["0", "1", "2"]);
  assertEquals(mids, ["1", "2", "3"]);
  assertEquals(roles, ["rejected", "own", "bundled", "bundled"]);
});

Deno.test("the tagged section is the answer's, not the first", () => {
  const { mids, roles } = offerBundle(offered("+a0 +v1"), "balanced", ["1", "0"]);
  assertEquals(mids, ["1", "0"]);
  assertEquals(roles, ["bundled", "own"]);
});

Deno.test("RFC 9429 section 5.2.2: what the other side did not bundle stays alone", () => {
  const { mids, roles } = offerBundle(offered("+a0 +v1 d2"), "balanced");
  assertEquals(mids, ["2"]);
  assertEquals(roles, ["own", "own", "own"]);
});

Deno.test("a recycled section joins anew", () => {
  const { mids, roles } = offerBundle(offered("+a0 v5"), "max-bundle", ["0", "1"]);
  assertEquals(mids, ["0", "5"]);
  assertEquals(roles, ["own", "bundled"]);
});

Deno.test("nothing to offer, nothing to bundle", () => {
  assertEquals(offerBundle([], "balanced"), { mids: [], roles: [] });
  assertEquals(offerBundle(offered("-a0"), "balanced"), { mids: [], roles: ["rejected"] });
});

Deno.test("RFC 9429 section 5.3.1: an answer bundles what was offered so, tagged as in the offer", () => {
  for (const policy of POLICIES) {
    const { groups, roles } = answerBundle(answerable("a0 v1 d2"), bundles("1 0 2"), policy);
    assertEquals(groups, bundles("1 0 2"));
    assertEquals(roles, ["bundled", "own", "bundled"]);
  }
});

Deno.test("RFC 9429 section 5.3.1: without bundling, the policy decides what is left", () => {
  const sections = answerable("a0 v1 a2 d3");
  const roles = POLICIES.map((policy) => answerBundle(sections, [], policy).roles);
  assertEquals(roles, [
    ["own", "own", "rejected", "own"],
    ["own", "own", "own", "own"],
    ["own", "rejected", "rejected", "rejected"],
  ]);
});

Deno.test("RFC 9429 section 5.3.1: with several bundles, that of the first section counts", () => {
  const sections = answerable("a0 v1 a2 v3");
  const groups = bundles("0 1", "2 3");
  assertEquals(answerBundle(sections, groups, "max-bundle").groups, bundles("0 1"));
  assertEquals(answerBundle(sections, groups, "balanced").groups, bundles("0 1"));
  assertEquals(answerBundle(sections, groups, "max-compat").groups, groups);
  const { roles } = answerBundle(sections, groups, "max-compat");
  assertEquals(roles.join(), "own,bundled,own,bundled");
});

Deno.test("RFC 9143 section 7.3.3: a rejected section leaves the bundle; the tagged one takes all with it", () => {
  assertEquals(answerBundle(answerable("a0 !v1 d2"), bundles("0 1 2"), "balanced"), {
    groups: bundles("0 2"),
    roles: ["own", "rejected", "bundled"],
  });
  assertEquals(answerBundle(answerable("!a0 v1 d2"), bundles("0 1 2"), "balanced"), {
    groups: [],
    roles: ["rejected", "rejected", "rejected"],
  });
});

Deno.test("a section that the offer rejects is no tagged section, even if its group still names it", () => {
  assertEquals(answerBundle(answerable("-v0 a1"), bundles("0 1"), "max-bundle"), {
    groups: bundles("1"),
    roles: ["rejected", "own"],
  });
});

Deno.test("a mid in two groups belongs to the first", () => {
  const { groups, roles } = answerBundle(answerable("a0 v1"), bundles("0 1", "1 0"), "balanced");
  assertEquals(groups, bundles("0 1"));
  assertEquals(roles, ["own", "bundled"]);
});

Deno.test("RFC 9143 section 7.3.1: the transport of a bundle is that of its tagged section", () => {
  assertEquals([...transportMids(bundles("1 0", "3"))], [["1", "1"], ["0", "1"], ["3", "3"]]);
  assertEquals(transportMids([]).get("0"), undefined);
});
