// The pictures that README and docs show, of the desktop app at work. They are taken on every run, so
// that they can be taken; DOCS_PICTURES=1 puts them into docs/pictures:
//   DOCS_PICTURES=1 npx vitest run --project e2e e2e/docs-pictures.test.ts e2e/mirror-screens.test.ts
import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DesktopRig } from "./desktop-rig.ts";
import { quarterlyReport } from "./quarterly-report.ts";
import { docsPictures, findings } from "./show.ts";
import { website, work } from "./website.ts";

const largestBytes = 250_000;

let rig: DesktopRig;
let page: Page;

beforeAll(async () => {
  rig = await DesktopRig.open();
  script();
  await put("sales/q2.csv", "region,revenue\nEMEA,4.10\nAmericas,6.80\nAPAC,3.22\n");
  await put("sales/q3.csv", "region,revenue\nEMEA,5.37\nAmericas,7.72\nAPAC,3.64\n");
  for (const [path, text] of Object.entries(website)) await put(`website/${path}`, text);
  await put("growth/sales.csv", sales);
  // Code inside is nobody in particular: the folder is for whoever works in it.
  await chmod(join(rig.workspace, "growth"), 0o777);
  const env = { ...rig.withModel, ...engine() };
  ({ page } = await rig.launch("docs", { env, guided: false }));
});
afterAll(() => rig?.close());

async function put(path: string, text: string): Promise<void> {
  const whole = join(rig.workspace, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, text);
}

type Call = readonly [name: string, input: object];

const report: readonly Call[] = [
  ["list_files", { path: "." }],
  ["read_file", { path: "q2.csv" }],
  ["read_file", { path: "q3.csv" }],
  [
    "write_file",
    { path: "summary.md", content: "# Q3\n\nRevenue grew **18.4 %**, led by EMEA.\n" },
  ],
];

const sales = `region,Q2,Q3
EMEA,4.10,5.37
Americas,6.80,7.72
APAC,3.22,3.64
LATAM,1.05,1.24
Nordics,0.88,1.02
`;

const chart = `# Growth by region
import pandas as pd, matplotlib.pyplot as plt

sales = pd.read_csv("sales.csv").set_index("region")
print("loaded", len(sales), "rows")
for quarter, total in sales.sum().items():
    print(f"{quarter}  {total:.2f} M")
sales["growth"] = (sales["Q3"] / sales["Q2"] - 1) * 100
print(f"\x1b[32mgrowth +{(sales.Q3.sum() / sales.Q2.sum() - 1) * 100:.1f} %\x1b[0m")
colours = ["#5b86ff", "#5b86ff", "#c3a6ff", "#c3a6ff", "#2fd8a0"]
axes = sales["growth"].sort_values().plot.bar(color=colours, edgecolor="#14120f", linewidth=2.5, rot=0, figsize=(7, 2.6))
axes.set(xlabel="", ylabel="% in a quarter")
for side in ("top", "right"):
    axes.spines[side].set_visible(False)
plt.tight_layout()
plt.savefig("chart.png", dpi=110)
plt.close()
sales.round(1).to_csv("summary.csv")`;

/** The container engine of the tests, where there is one. */
const engine = (): Record<string, string> =>
  Object.fromEntries(
    ["DOCKER_HOST", "AETHERIA_SANDBOX_BASE"].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

function script(): void {
  const story = { ...work, "last quarter": report };
  scriptGrowth();
  for (const [userMessage, calls] of Object.entries(story)) {
    const turns = [
      ...calls.map(([name, input], index) => ({
        ...(index === 0 && { content: "I’ll look at what is here, then do it step by step." }),
        ...(name === "write_file" && userMessage === "last quarter"
          ? {
              content:
                "Revenue grew **18.4 %**, led by **EMEA (+31 %)**. Now the summary for Dana.",
            }
          : {}),
        toolCalls: [{ name, arguments: JSON.stringify(input) }],
      })),
      { content: `Done: the ${userMessage}.` },
    ];
    turns.forEach((response, index) =>
      rig.model.addFixture({
        match: {
          userMessage,
          predicate: ({ messages }) => {
            const last = messages.findLastIndex(({ role }) => role === "user");
            return messages.slice(last).filter(({ role }) => role === "tool").length === index;
          },
        },
        response,
      }),
    );
  }
}

/** The picture comes to the model as one more message of the person's, so the whole conversation is
 * looked at. */
function scriptGrowth(): void {
  const asked = (messages: readonly { role: string }[]) =>
    messages.some((one) => JSON.stringify(one).includes("growth by region"));
  const ran = (messages: readonly { role: string }[]) =>
    messages.some(({ role }) => role === "tool");
  rig.model.addFixture({
    match: { predicate: ({ messages }) => asked(messages) && !ran(messages) },
    response: {
      content: "I’ll compute it in the sandbox and draw it.",
      toolCalls: [{ name: "run_python", arguments: JSON.stringify({ code: chart }) }],
    },
  });
  rig.model.addFixture({
    match: { predicate: ({ messages }) => asked(messages) && ran(messages) },
    response: {
      content:
        "Revenue grew **18.3 %**, led by **EMEA (+31 %)**. The chart and the table are in Files.",
    },
  });
}

const button = (name: string | RegExp) => page.getByRole("button", { name });
const message = () => page.getByRole("textbox", { name: "Message" });
const log = () => page.getByRole("log");
const window = (name: string) => page.getByRole("region", { name: new RegExp(`^${name}`) });
const dock = (name: string) =>
  page.getByRole("navigation", { name: "Apps" }).getByRole("button", { name });

async function take(name: string, theme: "light" | "dark" = "light"): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.mouse.move(700, 20);
  await page.evaluate("document.fonts.ready");
  const path = join(docsPictures, `${name}.png`);
  await page.screenshot({ path });
  expect((await stat(path)).size, name).toBeLessThan(largestBytes);
  expect(await findings(page), name).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
}

async function chooseFolder(name: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("folder to work in");
  await page.getByRole("option", { name: /^Choose the folder/ }).waitFor();
  await page.keyboard.press("Enter");
  // The list changes the dialog's height, and so where its buttons are.
  await page.getByRole("dialog").getByRole("listitem").first().waitFor();
  await page.getByRole("textbox", { name: "Folder" }).fill(join(rig.workspace, name));
  await button("Use this folder").click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

async function startSession(folderName: string): Promise<void> {
  const before = page.url();
  await page.keyboard.press("Control+Shift+O");
  await expect.poll(() => page.url(), { timeout: 20_000 }).not.toBe(before);
  await chooseFolder(folderName);
}

async function say(text: string): Promise<void> {
  await message().fill(text);
  await message().press("Enter");
}

it("shows the first run", async () => {
  await page.getByRole("heading", { name: "Pick a look" }).waitFor();
  await button("Next").click();
  await page.getByText("Ollama is not running").waitFor();
  await page.getByText("Looking around…").waitFor({ state: "detached" });
  await take("first-run");
  await button("Skip the guide").click();
  await message().waitFor();
});

it("shows a session at work, with a question that waits", async () => {
  await startSession("sales");
  await say("Pull last quarter’s numbers, compute the growth, and write the summary for Dana.");
  await button("Allow once").waitFor();
  await dock("Activity").click();
  await window("Activity").getByRole("treeitem").nth(4).waitFor();
  await dock("Files").click();
  const files = window("Files");
  await files.getByRole("treeitem").filter({ hasText: "q3.csv" }).click();
  await files.getByText("5.37").first().waitFor();
  await dock("Chat").click();
  await button("Allow once").scrollIntoViewIfNeeded();
  await take("shell-light");
  await take("shell-dark", "dark");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("revenue");
  await page
    .getByRole("option", { name: /Revenue grew/ })
    .first()
    .waitFor();
  await take("palette-dark", "dark");
  await page.keyboard.press("Escape");
});

it("shows the activity of a run", async () => {
  await button("Switch session").click();
  const buffer = Buffer.from(quarterlyReport);
  await page
    .locator("input[accept*=json]")
    .first()
    .setInputFiles({ name: "q.json", mimeType: "application/json", buffer });
  await log()
    .getByText(/quarter over quarter/)
    .first()
    .waitFor();
  await dock("Activity").click();
  await window("Activity").getByRole("button", { name: "Maximise" }).click();
  await window("Activity").getByRole("treeitem").filter({ hasText: "sales.csv" }).click();
  await page.getByRole("region", { name: /^Details of/ }).waitFor();
  await take("activity");
});

it("shows files, and the way back", async () => {
  await startSession("website");
  await button("Permission").click();
  await page.getByRole("menuitemradio", { name: /Autonomous/ }).click();
  for (const [text, words] of [
    ["Build the hero section", "hero section"],
    ["And a new footer", "new footer"],
  ] as const) {
    await say(text);
    await log().getByText(`Done: the ${words}.`).waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
  }
  await dock("Files").click();
  await window("Files").getByRole("button", { name: "Maximise" }).click();
  const item = (name: string) =>
    window("Files").getByRole("treeitem", { name: new RegExp(`^${name}`) });
  for (const name of ["src", "public"]) {
    await item(name).waitFor();
    if ((await item(name).getAttribute("aria-expanded")) !== "true") await item(name).click();
  }
  await item("index.html").click();
  await window("Files").getByText("Baked at four").first().waitFor();
  await window("Files")
    .getByRole("radio", { name: /new footer/ })
    .check({ force: true });
  await take("files-rewind");
});

it("shows a chart that a program made, and its sandbox", async () => {
  await startSession("growth");
  await say("Please chart the growth by region.");
  await log()
    .getByText(/^Revenue grew/)
    .waitFor({ timeout: 80_000 });
  await log().getByRole("img", { name: "chart.png" }).waitFor();
  await dock("Sandbox").click();
  await window("Sandbox").getByText("growth +18.3 %").waitFor();
  await take("sandbox");
});

it("shows the settings", async () => {
  await dock("Settings").click();
  const sections = page.getByRole("navigation", { name: "Sections" });
  await sections.getByRole("button", { name: "Permission", exact: true }).click();
  await page.getByRole("heading", { name: "Settings — Permission" }).waitFor();
  await take("settings");
});
