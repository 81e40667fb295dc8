/**
 * How Chromium is started. Whatever a page asks for goes to the proxy, loopback too, and is judged there: no name is resolved
 * here, nothing is sent around it by QUIC or WebRTC, and no hello hides which server it is meant for.
 */

export interface ChromiumOptions {
  /** A directory of its own, empty but for `profileFiles`. */
  readonly profile: string;
  /** The guarding proxy's port on loopback. */
  readonly proxyPort: number;
  /** Default true. */
  readonly isHeadless?: boolean;
}

/** Things it would otherwise do by itself, or differently than a driver expects. */
const disabledFeatures = [
  "AcceptCHFrame",
  "AutofillServerCommunication",
  "DialMediaRouteProvider",
  "HttpsFirstBalancedModeAutoEnable",
  "HttpsUpgrades",
  "InterestFeedContentSuggestions",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "Translate",
  "WebTransport",
];

export function chromiumArguments(options: ChromiumOptions): readonly string[] {
  const { profile, proxyPort, isHeadless = true } = options;
  return [
    `--user-data-dir=${profile}`,
    ...(isHeadless ? ["--headless=new"] : []),
    "--remote-debugging-pipe",
    `--proxy-server=http://127.0.0.1:${proxyPort}`,
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-field-trial-config",
    "--disable-hang-monitor",
    "--disable-popup-blocking",
    "--disable-prompt-on-repost",
    "--disable-renderer-backgrounding",
    "--disable-search-engine-choice-screen",
    "--disable-sync",
    "--metrics-recording-only",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-service-autorun",
    "--password-store=basic",
    "--use-mock-keychain",
    "--hide-scrollbars",
    "--log-level=3",
    `--disable-features=${disabledFeatures.join(",")}`,
    "about:blank",
  ];
}

/** Files of the profile, by their paths in it: what no argument says. */
export const profileFiles: Readonly<Record<string, string>> = {
  "Local State": JSON.stringify({ ssl: { ech_enabled: false } }),
  "Default/Preferences": JSON.stringify({
    webrtc: { ip_handling_policy: "disable_non_proxied_udp" },
    signin: { allowed: false },
  }),
};

/** The shell lets DevTools speak over standard input and output; `$1` is its home, the rest the program. */
const overStandardStreams = `exec 3<&0 4>&1 1>&2 </dev/null
export HOME="$1" TMPDIR="$1" XDG_CONFIG_HOME="$1" XDG_CACHE_HOME="$1" XDG_RUNTIME_DIR="$1"
shift
exec "$@"`;

export interface HostChromium extends ChromiumOptions {
  /** The program. */
  readonly executable: string;
  /** Who it runs as, where the gateway is root: Chromium confines nothing as root. */
  readonly user?: number;
  /** Of the screen, where it is not headless. */
  readonly display?: Readonly<Record<string, string>>;
}

export function hostCommand(options: HostChromium): readonly [string, ...string[]] {
  const { profile, executable, user, display = {} } = options;
  const asUser =
    user === undefined ? [] : ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups", "--"];
  const withDisplay = Object.entries(display).map(([name, value]) => `${name}=${value}`);
  return [
    "/bin/sh",
    "-c",
    overStandardStreams,
    "clawd-browser",
    profile,
    ...asUser,
    ...(withDisplay.length === 0 ? [] : ["env", ...withDisplay]),
    executable,
    ...chromiumArguments(options),
  ];
}

/** The program that the browser's image has. */
const containerProgram = "/usr/local/bin/clawd-browser";

export const containerCommand = (options: ChromiumOptions): readonly [string, ...string[]] => [
  containerProgram,
  ...chromiumArguments(options),
];
