import { assert, assertEquals, assertRejects } from "@std/assert";
import type { MediaTrackSettings } from "../../../media/constraints/dictionaries.ts";
import { MediaSource } from "../../../media/media_source.ts";
import { createTrack } from "../../../media/media_stream_track.ts";
import { OverconstrainedError } from "../../../media/mod.ts";

/** A track of a source that can be of two sizes, and takes its time to change. */
function adjustable() {
  const configured: (number | undefined)[] = [];
  const candidates: MediaTrackSettings[] = [{ width: 640, height: 480 }, {
    width: 320,
    height: 240,
  }];
  const source = new MediaSource({
    kind: "video",
    candidates,
    settings: candidates[0]!,
    async configure({ width }) {
      await new Promise((resolve) => setImmediate(resolve));
      configured.push(width);
    },
  });
  return { track: createTrack(source), configured };
}

Deno.test("applyConstraints sets the source, and getConstraints gives them back (W3C mediacapture-streams section 11.1)", async () => {
  const { track, configured } = adjustable();
  assertEquals(track.getConstraints(), {});
  const constraints = { width: { exact: 320 }, advanced: [{ frameRate: 30 }] };
  await track.applyConstraints(constraints);
  assertEquals([track.getSettings().width, configured], [320, [320]]);
  assertEquals(track.getConstraints(), constraints);
  assertEquals(track.clone().getConstraints(), constraints);
  await track.applyConstraints();
  assertEquals([track.getSettings().width, track.getConstraints()], [640, {}]);
});

Deno.test("what can't be rejects with an OverconstrainedError and changes nothing", async () => {
  const { track, configured } = adjustable();
  const error = await assertRejects(
    () => track.applyConstraints({ width: { exact: 1 } }),
    OverconstrainedError,
  );
  assert(error instanceof DOMException);
  assertEquals([error.name, error.code, error.constraint], ["OverconstrainedError", 0, "width"]);
  assertEquals([track.getConstraints(), configured], [{}, []]);
});

Deno.test("calls take effect in their order", async () => {
  const { track, configured } = adjustable();
  const widths = [320, 640, 320];
  await Promise.all(widths.map((width) => track.applyConstraints({ width })));
  assertEquals(configured, widths);
});

Deno.test("a dictionary of the wrong types is a TypeError", async () => {
  const { track } = adjustable();
  for (const wrong of [1, { advanced: 1 }, { advanced: [1] }, { frameRate: { max: "fast" } }]) {
    await assertRejects(() => track.applyConstraints(wrong as never), TypeError);
  }
});

Deno.test("a track that has ended takes any constraints, and does nothing with them (section 4.3.3)", async () => {
  const { track, configured } = adjustable();
  track.stop();
  await track.applyConstraints({ width: { exact: 1 } });
  assertEquals(configured, []);
});

Deno.test("a remote track of audio is not constrained, and refuses nothing (W3C WebRTC section 9.3.3)", async () => {
  const track = createTrack(new MediaSource({ kind: "audio", remote: true }));
  const before = track.getSettings();
  await track.applyConstraints({ width: 1, echoCancellation: false });
  assertEquals(track.getSettings(), before);
});

Deno.test("a remote track refuses what is defined for it, and has no capabilities (W3C WebRTC section 9.3.3)", async () => {
  const track = createTrack(new MediaSource({ kind: "video", remote: true }));
  for (const name of ["width", "height", "frameRate", "aspectRatio"]) {
    const { constraint } = await assertRejects(
      () => track.applyConstraints({ [name]: 1 }),
      OverconstrainedError,
    );
    assertEquals(constraint, name);
  }
  await track.applyConstraints({});
  assertEquals(track.getCapabilities(), {});
});
