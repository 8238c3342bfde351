// How Chromium is started so that it reaches nobody but through the way out, and calls nobody by itself:
// no look-ups, no UDP, no updates, no reports. Tested with the real one in way-out.integration.test.ts.

export type BrowserArgsNeeds = {
  /** `http://127.0.0.1:…`, of the session's way out. */
  proxyServer: string;
  /** Chromium's own sandbox does not work for root. */
  isRoot: boolean;
};

export function browserArgs({ proxyServer, isRoot }: BrowserArgsNeeds): string[] {
  return [
    `--proxy-server=${proxyServer}`,
    // Without the first, this machine itself is reached past the proxy. The second is what Chromium is
    // given in place of Google's servers: past the proxy there are no names, so it ends right there.
    `--proxy-bypass-list=<-loopback>;${nobody}`,
    `--gaia-url=https://${nobody}/`,
    `--google-apis-url=https://${nobody}/`,
    `--variations-server-url=https://${nobody}/`,
    `--component-updater=url-source=https://${nobody}/`,
    // Names are the proxy's to look up; the proxy itself is an address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    ...quiet,
    `--disable-features=${disabledFeatures.join(",")}`,
    ...(isRoot ? ["--no-sandbox"] : []),
  ];
}

/** Never anybody's name (RFC 6761). */
const nobody = "nobody.invalid";

const quiet = [
  "--disable-background-networking",
  "--disable-breakpad",
  "--disable-client-side-phishing-detection",
  "--disable-component-extensions-with-background-pages",
  "--disable-component-update",
  "--disable-crash-reporter",
  "--disable-default-apps",
  "--disable-domain-reliability",
  "--disable-extensions",
  "--disable-field-trial-config",
  "--disable-search-engine-choice-screen",
  "--disable-sync",
  "--metrics-recording-only",
  "--no-default-browser-check",
  "--no-first-run",
  "--no-pings",
  "--no-service-autorun",
  "--password-store=basic",
  "--safebrowsing-disable-auto-update",
  "--use-mock-keychain",
];

/** The last such flag is the only one that holds, so Playwright's own are among them. */
export const disabledFeatures: readonly string[] = [
  ...[
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
    "msEdgeUpdateLaunchServicesPreferredVersion",
    "msForceBrowserSignIn",
  ],
  // What Chrome asks Google about forms, pages, passwords and its own lists.
  ...[
    "AutofillServerCommunication",
    "CertificateTransparencyComponentUpdater",
    "DialMediaRouteProvider",
    "InterestFeedContentSuggestions",
    "OptimizationGuideModelDownloading",
    "OptimizationHintsFetching",
    "PasswordLeakDetection",
    "SafeBrowsingHashPrefixRealTimeLookups",
    "Translate",
  ],
];
