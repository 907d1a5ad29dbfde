/** The browsers that tests run against. */
export type BrowserName = "chromium" | "firefox";

/** In what a browser differs from one as it is installed, and what it finds. */
export interface BrowserOptions {
  /** Candidates show addresses, in place of mDNS names. */
  readonly showAddresses?: boolean;
  /** There are a camera and a microphone, which nobody has to allow: a moving picture, and beeps. */
  readonly fakeDevices?: boolean;
  /** What Chromium's libwebrtc tries out besides what it does by default: names and groups, each followed by a slash. */
  readonly fieldTrials?: string;
  /** Answers for all paths of the page's origin but those under `/harness`. */
  readonly site?: (request: Request) => Response | Promise<Response>;
}

/** How to start one. */
interface Profile {
  /** Names of the executable, the first that exists is taken. */
  readonly executables: readonly string[];
  /** The arguments that open `url` with the profile in `folder`. */
  arguments(folder: string, url: string, options: BrowserOptions): string[];
  /** Files of a new profile. */
  files(options: BrowserOptions): Readonly<Record<string, string>>;
}

/**
 * Firefox without first-run pages, and without anything that would look for a server of its maker's.
 * An empty or `data:` address is the documented way to say "none".
 */
const FIREFOX_PREFERENCES: Readonly<Record<string, string | number | boolean>> = {
  "app.normandy.enabled": false,
  "app.shield.optoutstudies.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.aboutwelcome.enabled": false,
  "browser.newtabpage.enabled": false,
  "browser.region.network.url": "",
  "browser.safebrowsing.downloads.remote.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.safebrowsing.update.enabled": false,
  "browser.search.geoSpecificDefaults": false,
  "browser.search.update": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "browser.startup.page": 0,
  "browser.topsites.contile.enabled": false,
  "datareporting.healthreport.uploadEnabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "dom.push.connection.enabled": false,
  "extensions.blocklist.enabled": false,
  "extensions.getAddons.cache.enabled": false,
  "extensions.systemAddon.update.enabled": false,
  "extensions.update.enabled": false,
  "identity.fxaccounts.enabled": false,
  "media.gmp-manager.updateEnabled": false,
  "media.gmp-provider.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.dns.disablePrefetch": true,
  "network.http.speculative-parallel-limit": 0,
  "network.prefetch-next": false,
  "network.trr.mode": 5,
  "security.remote_settings.crlite_filters.enabled": false,
  "security.remote_settings.intermediates.enabled": false,
  "services.settings.server": "data:,",
  "startup.homepage_welcome_url": "",
  "toolkit.telemetry.enabled": false,
  "toolkit.telemetry.server": "",
  "toolkit.telemetry.unified": false,
  "trailhead.firstrun.didSeeAboutWelcome": true,
};

/** What gives Firefox devices without hardware, and the page the use of them. */
const FAKE_DEVICES: Readonly<Record<string, string | number | boolean>> = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  "media.autoplay.blocking_policy": 0,
  "media.devices.insecure.enabled": true,
};

/** How to start each browser. */
export const PROFILES: Readonly<Record<BrowserName, Profile>> = {
  chromium: {
    executables: ["chromium", "chromium-browser", "google-chrome"],
    arguments: (folder, url, { showAddresses, fakeDevices, fieldTrials }) => [
      "--headless",
      ...(fakeDevices
        ? [
          "--use-fake-device-for-media-stream",
          "--use-fake-ui-for-media-stream",
          "--autoplay-policy=no-user-gesture-required",
        ]
        : []),
      ...(fieldTrials === undefined ? [] : [`--force-fieldtrials=${fieldTrials}`]),
      ...(showAddresses ? ["--disable-features=WebRtcHideLocalIpsWithMdns"] : []),
      "--no-sandbox", // it doesn't start as root otherwise
      "--disable-gpu",
      "--disable-quic",
      "--disable-dev-shm-usage", // containers have a /dev/shm too small for it
      "--no-first-run",
      "--no-default-browser-check",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // A page in the background must run as one in front.
      "--disable-background-timer-throttling",
      "--disable-renderer-backgrounding",
      `--user-data-dir=${folder}`,
      url,
    ],
    files: () => ({}),
  },
  firefox: {
    executables: ["firefox-esr", "firefox"],
    arguments: (folder, url) => ["--headless", "--no-remote", "--profile", folder, url],
    files: ({ showAddresses = false, fakeDevices = false }) => ({
      "user.js": Object.entries({
        ...FIREFOX_PREFERENCES,
        "media.peerconnection.ice.obfuscate_host_addresses": !showAddresses,
        ...(fakeDevices && FAKE_DEVICES),
      }).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`).join(""),
    }),
  },
};

/** Where this browser is installed, or undefined. */
export async function findBrowser(name: BrowserName): Promise<string | undefined> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    for (const executable of PROFILES[name].executables) {
      const path = `${folder}/${executable}`;
      const found = await Deno.stat(path).then((info) => info.isFile, () => false);
      if (found) return path;
    }
  }
  return undefined;
}
