import type { BrowserName } from "../harness/profiles.ts";
import type { Scenario } from "../harness/scenario.ts";
import { echoes } from "./echo.ts";

/** The scenarios that a browser can take part in: each video codec, along with an audio codec. Debian's Firefox has no H264. */
export function scenariosFor(browser: BrowserName): Scenario[] {
  const videos = ["video/VP8", "video/VP9", "video/AV1"];
  if (browser === "chromium") videos.push("video/H264");
  const audios = ["audio/opus", "audio/G722", "audio/PCMU", "audio/PCMA"];
  return videos.map((video, i) => echoes({ video, audio: audios[i]! }));
}
