import { assertEquals } from "@std/assert";
import type {
  MediaTrackConstraints,
  MediaTrackSettings,
} from "../../../media/constraints/dictionaries.ts";
import { mediaTrackConstraints } from "../../../media/constraints/properties.ts";
import { selectSettings } from "../../../media/constraints/select_settings.ts";

const SIZES: MediaTrackSettings[] = [[640, 480], [1280, 720], [320, 240]].map((
  [width, height],
) => ({ width: width!, height: height!, frameRate: 30, facingMode: "user", deviceId: "d" }));

/** The width of what is selected, or the constraint that fails. */
function select(constraints: MediaTrackConstraints): number | string | undefined {
  const selection = selectSettings(SIZES, mediaTrackConstraints(constraints, "test"), "video");
  return "failed" in selection ? `failed: ${selection.failed}` : selection.settings.width;
}

const CASES: readonly [what: string, MediaTrackConstraints, number | string][] = [
  ["no constraint: the first", {}, 640],
  ["a bare value is ideal", { width: 1300 }, 1280],
  ["an ideal that nothing reaches", { width: { ideal: 10 } }, 320],
  ["what has to be is stronger than what is best", { width: 1280, height: { max: 480 } }, 640],
  ["a minimum", { width: { min: 700 } }, 1280],
  ["an exact value", { height: { exact: 240 } }, 320],
  ["an exact value that is not there", { width: { exact: 639 } }, "failed: width"],
  ["a range that is not there", { frameRate: { min: 31 } }, "failed: frameRate"],
  ["each can be had, but not both", { width: { exact: 640 }, height: { exact: 720 } }, "failed: "],
  ["of several texts, one is enough", { deviceId: { exact: ["x", "d"] } }, 640],
  ["a text that is not there", { facingMode: { exact: "left" } }, "failed: facingMode"],
  ["an empty list is no constraint", { facingMode: { exact: [] } }, 640],
  ["a property that is not there can't be required", {
    aspectRatio: { exact: 1 },
  }, "failed: aspectRatio"],
  ["a property of the other kind does not matter", { sampleRate: { exact: 1 } }, 640],
  ["advanced sets narrow what is left, in their order", {
    advanced: [{ width: { min: 640 } }, { height: 720 }, { height: 480 }],
  }, 1280],
  ["an advanced set that can't be kept to is left out", {
    advanced: [{ width: 1 }, { width: { max: 320 } }],
  }, 320],
  ["integers are clamped", { width: { min: -5, ideal: 1e12 } }, 1280],
];

for (const [what, constraints, expected] of CASES) {
  Deno.test(`SelectSettings (W3C mediacapture-streams section 11.1.1): ${what}`, () => {
    assertEquals(select(constraints), expected);
  });
}
