import { assertEquals } from "@std/assert";
import { type MediaStreamTrack, MediaStreamTrackProcessor } from "../../../mod.ts";
import type { Call, Scenario } from "../harness/scenario.ts";
import { until } from "../harness/data.ts";
import type { Side } from "../harness/side.ts";
import { offerAnew } from "./offer_anew.ts";
import { sendSimulcast } from "./page.ts";
import { parties } from "./parties.ts";

/** The layers that the browser sends: by what each divides the camera's size. */
export const LAYERS: Readonly<Record<string, number>> = { q: 4, h: 2, f: 1 };
/** So many frames of each layer have to come. */
const FRAMES = 30;

/** What has come of one layer. */
interface Layer {
  frames: number;
  width?: number;
  height?: number;
}

/** Reads until there is enough of each layer. */
export async function readLayers(track: MediaStreamTrack): Promise<Map<string, Layer>> {
  const layers = new Map<string, Layer>();
  for await (const { metadata } of new MediaStreamTrackProcessor({ track }).readable) {
    const { rid = "", width, height } = metadata!;
    const layer: Layer = layers.get(rid) ?? { frames: 0 };
    layers.set(rid, layer);
    layer.frames++;
    if (width !== undefined && height !== undefined) Object.assign(layer, { width, height });
    const enough = [...layers.values()].filter(({ frames }) => frames >= FRAMES).length;
    if (enough >= Object.keys(LAYERS).length) break;
  }
  return layers;
}

/** The track that comes in a connection's first section of video. */
export async function videoTrack({ pc }: Side): Promise<MediaStreamTrack> {
  const find = () => pc.getReceivers().find(({ track }) => track.kind === "video");
  await until(pc, ["track"], () => find() !== undefined);
  return find()!.track;
}

/** That each layer has its part of the size of the largest. */
function checkLayers(call: Call, layers: Map<string, Layer>): void {
  call.note(
    Array.from(
      layers,
      ([rid, { frames, width, height }]) => `${rid}: ${frames} frames of ${width}x${height}`,
    ).join(", "),
  );
  const { width, height } = layers.get("f")!;
  assertEquals(
    [...layers].map(([rid, layer]) => [rid, layer.width, layer.height]).sort(),
    Object.entries(LAYERS).map(([rid, by]) => [rid, width! / by, height! / by]).sort(),
  );
}

/** The browser sends its picture in three sizes, in its first offer or in a later one: offers to receive such are never made. */
export const simulcast: Scenario = {
  name: "receives three layers of simulcast from the browser",
  timeout: 60_000, // Firefox can take a quarter of a minute to find out that there is room for the largest
  async run(call) {
    const { browser, heron, browserOffers } = parties(call);
    if (browserOffers) await browser.run(sendSimulcast, LAYERS);
    else await heron.run((side) => void side.open("first"));
    await call.connect();
    if (!browserOffers) {
      await browser.run(sendSimulcast, LAYERS);
      await offerAnew(browser);
    }
    const track = await heron.run(videoTrack);
    checkLayers(call, await readLayers(track));
    // An offer of Heron's own says that it goes on.
    await offerAnew(heron);
    checkLayers(call, await readLayers(track));
  },
};
