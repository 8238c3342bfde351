// What the browser scenes show: statuses in every state, and steps that left pictures.
import type { BrowserStatus } from "../../src/contract/browser.ts";
import type { ToolView } from "../../src/contract/tool.ts";
import type { ToolItem } from "../../src/core/session/view.ts";

const now = Date.UTC(2026, 10, 30, 14, 3, 0);
const tab = (tabId: string, title: string, url: string, active = false, loading = false) => ({
  ...{ tabId, title, url, active, loading },
});

const open: BrowserStatus = {
  program: { kind: "chromium", title: "Chromium 141" },
  phase: "open",
  problem: null,
  fetch: null,
  notice: null,
  profile: { kind: "session" },
  profiles: ["Work", "Shop accounts"],
  driver: "agent",
  agentWaits: false,
  tabs: [
    tab("t1", "Revenue by region", "https://sales.example.com/q3?view=region", true),
    tab("t2", "Exchange rates", "https://rates.example.org/", false, true),
  ],
  canGoBack: true,
  canGoForward: false,
  dialog: null,
  chooser: null,
  downloads: [],
  doing: {
    summary: "click “Search”",
    box: { x: 584, y: 160, width: 140, height: 52 },
    now: true,
  },
  sites: [],
  blockedHosts: [],
  viewport: { width: 1280, height: 800 },
};
const none: BrowserStatus = { ...open, phase: "none", tabs: [], doing: null };
const mine: BrowserStatus = { ...open, driver: "person" };

export const statuses: Readonly<Record<string, BrowserStatus | null>> = {
  open,
  did: {
    ...open,
    doing: {
      summary: "read the table “Revenue by region”",
      box: { x: 70, y: 250, width: 1140, height: 320 },
      now: false,
    },
  },
  mine,
  plain: {
    ...mine,
    tabs: [tab("t1", "Sign in", "http://xn--pple-43d.com/signin?next=%2Faccount", true)],
  },
  empty: none,
  starting: { ...none, phase: "starting" },
  none: {
    ...none,
    program: null,
    problem: {
      code: "part_missing",
      message: "No Chrome, Edge or Chromium was found on this machine.",
      hint: "Install one of them, or let Aetheria fetch Playwright’s Chromium.",
      retryable: true,
    },
  },
  fetching: {
    ...none,
    program: null,
    phase: "fetching",
    fetch: { doneBytes: 71_000_000, totalBytes: 172_000_000 },
  },
  problem: {
    ...none,
    problem: {
      code: "internal",
      message: "The browser ended by itself.",
      hint: "Its tabs are gone; cookies of this session are still there.",
      retryable: true,
    },
  },
  unknown: null,
  prompt: {
    ...mine,
    dialog: { kind: "prompt", message: "What is the name of the report?", defaultText: "Q3" },
  },
  confirm: {
    ...open,
    dialog: { kind: "confirm", message: "Delete all drafts?", defaultText: "" },
  },
  chooser: { ...mine, chooser: { multiple: true } },
  banners: {
    ...mine,
    agentWaits: true,
    blockedHosts: ["telemetry.example.net", "ads.example.net"],
    downloads: [
      { downloadId: "d1", name: "report-q3.pdf", sizeBytes: 812_000, state: "held" },
      { downloadId: "d2", name: "sales.csv", sizeBytes: 12_400, state: "held" },
    ],
    notice: "It runs without its own sandbox, because Aetheria was started as root.",
  },
  more: {
    ...open,
    profile: { kind: "named", name: "Work" },
    sites: [
      { host: "localhost:8000", rule: "allow" },
      { host: "ads.example.net", rule: "block" },
    ],
    blockedHosts: ["telemetry.example.net"],
    downloads: [
      { downloadId: "d1", name: "report-q3.pdf", sizeBytes: 812_000, state: "held" },
      {
        downloadId: "d2",
        name: "video.mp4",
        sizeBytes: 12_400,
        state: "failed",
        why: "The connection was lost.",
      },
    ],
  },
};

const sha = (number: number) => String(number).repeat(64).slice(0, 64);
let seq = 0;
function step(
  view: Partial<Extract<ToolView, { kind: "browser" }>>,
  change: Partial<ToolItem> = {},
) {
  seq += 1;
  const picture = {
    sha256: sha(seq) as never,
    name: `step-${seq}.jpg`,
    mime: "image/jpeg",
    sizeBytes: 1,
  };
  return {
    ...{ kind: "tool", seq, at: now + seq * 4_000, callId: `c${seq}`, runId: null, turn: 0 },
    ...{ by: "agent", name: "browser_click", family: "browser", effect: "read" },
    ...{ summary: view.action ?? "", input: { element: 4 }, state: "done" },
    ...{ approval: null, answer: null, decision: null, text: "", files: [], error: null },
    ...{ labels: ["untrusted"], ms: 640 + seq * 90, askedAt: null, answeredAt: null },
    ...{ startedAt: now + seq * 4_000, finishedAt: now + seq * 4_000 + 640 },
    view: {
      kind: "browser",
      url: "https://sales.example.com/q3?view=region",
      title: "Revenue by region",
      action: "",
      told: "[4] button “Search”\n[5] table “Revenue by region”, 5 rows",
      picture,
      viewport: { width: 1280, height: 800 },
      ...view,
    },
    ...change,
  } as unknown as ToolItem;
}

export const steps: ToolItem[] = [
  step({ action: "open https://sales.example.com/q3", box: undefined as never }),
  step({
    action: "type “Quarter 3” into “Search for”",
    box: { x: 80, y: 160, width: 480, height: 52 },
  }),
  step({ action: "click “Search”", box: { x: 584, y: 160, width: 140, height: 52 } }),
  step({
    action: "read the table “Revenue by region”",
    box: { x: 70, y: 250, width: 1140, height: 320 },
  }),
];

export const searched: ToolItem = {
  ...step({}),
  name: "web_search",
  family: "web",
  summary: "sales figures of the third quarter",
  view: {
    kind: "search",
    query: "sales figures of the third quarter",
    engine: "brave",
    results: [
      {
        title: "Revenue by region",
        url: "https://sales.example.com/q3",
        extract: "EMEA grew by 31 %, the Americas by 13.5 %.",
      },
      {
        title: "What a quarter means",
        url: "http://wiki.example.org/Quarter",
        extract: "Three months of a year of business.",
      },
    ],
  },
};
