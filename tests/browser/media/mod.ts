import type { BrowserName } from "../harness/profiles.ts";
import type { Scenario } from "../harness/scenario.ts";
import { besideData } from "./beside_data.ts";
import { holds } from "./hold.ts";
import { renegotiates } from "./renegotiate.ts";
import { hearsTones, pressesKeys } from "./tones.ts";
import { describes } from "./described.ts";
import { echoes } from "./echo.ts";
import type { ImpairedNetwork } from "../../support/impaired_network.ts";
import { browserFindsCap, findsCap, losesLittle } from "./impaired.ts";
import { forwards } from "./forward.ts";
import { records } from "./record.ts";
import { simulcast } from "./simulcast.ts";
import { echoesSpatialLayers } from "./spatial_layers.ts";
import { echoesLayers } from "./temporal_layers.ts";
import { switchesLayers } from "./layers.ts";
import { laterOffers } from "./later_offers.ts";
import { getsKeyFrames, givesKeyFrames } from "./key_frames.ts";
import { playsDevices, playsFile } from "./play.ts";

/** The scenarios that a browser can take part in. Debian's Firefox has no H264. */
export function scenariosFor(browser: BrowserName): Scenario[] {
  const videos = ["video/VP8", "video/VP9", "video/AV1"];
  if (browser === "chromium") videos.push("video/H264");
  const audios = ["audio/opus", "audio/G722", "audio/PCMU", "audio/PCMA"];
  return [
    ...videos.map((video, i) => echoes({ video, audio: audios[i]! })),
    ...videos.map((video, i) => forwards({ video, audio: audios[i]! })),
    ...browser === "chromium"
      ? ["video/VP8", "video/AV1"].flatMap((video) => describes({ video, audio: "audio/opus" }))
      : [],
    ...browser === "chromium"
      ? [
        ...["video/VP8", "video/VP9"].map((video) => echoesLayers({ video, audio: "audio/opus" })),
        echoesSpatialLayers({ video: "video/VP9", audio: "audio/opus" }, false),
        ...["video/VP9", "video/AV1"].map((video) =>
          echoesSpatialLayers({ video, audio: "audio/opus" }, true)
        ),
      ]
      : [],
    playsDevices,
    ...videos.map(playsFile),
    records([...videos, ...audios]),
    simulcast,
    // Firefox gives all layers of VP9 the same size.
    ...videos.filter((video) => browser === "chromium" || video !== "video/VP9")
      .map(switchesLayers),
    getsKeyFrames,
    givesKeyFrames,
    hearsTones,
    pressesKeys,
    renegotiates,
    holds,
    laterOffers,
    besideData,
  ];
}

/** Those over a way that is not what it should be: that of this network, which Heron's peers have to be on. */
export function impairedScenarios(network: ImpairedNetwork): Scenario[] {
  return [losesLittle(network), browserFindsCap(network), findsCap(network)];
}
