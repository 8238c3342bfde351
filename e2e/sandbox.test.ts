// The sandbox in a real browser over the real host and a real wall of bubblewrap: a chart that a program
// draws stands in the chat, a terminal in the sandbox, a host that was refused, Stop, and a picture of
// each screen.
import { execFileSync } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bubblewrapHere } from "../src/testing/sandbox-fixture.ts";
import { PageRig, phone, type Served } from "./page-rig.ts";
import { show } from "./show.ts";

const wall = await bubblewrapHere();
const hasMatplotlib = wall !== null && canImport(wall.python, "matplotlib");
const name = "the sandbox in the page (real bwrap, real matplotlib)";

function canImport(python: string, module: string): boolean {
  try {
    execFileSync(python, ["-c", `import ${module}`], { stdio: "ignore" });
    return true;
  } catch {
    return false; // it is not installed
  }
}

let rig: PageRig;
let served: Served;
const open: Page[] = [];
/** What pages threw and what their policy refused; nothing is. */
const complaints: string[] = [];

const chart = `import csv
import matplotlib.pyplot as plt

# Growth by quarter
with open("sales.csv") as file:
    rows = list(csv.DictReader(file))
print("loaded", len(rows), "rows")
quarters = ["Q2", "Q3"]
totals = [sum(float(row[quarter]) for row in rows) for quarter in quarters]
for quarter, total in zip(quarters, totals):
    print(quarter, f" {total:.2f} M")
print(f"\\033[32mgrowth +{(totals[1] / totals[0] - 1) * 100:.1f} %\\033[0m")
figure, axes = plt.subplots(figsize=(6.4, 3.2))
regions = [row["region"] for row in rows]
axes.bar(regions, [float(row["Q3"]) for row in rows], color="#5b86ff", edgecolor="#14120f", linewidth=2)
axes.set_title("Revenue in Q3, million")
figure.savefig("chart.png", dpi=120)
plt.close(figure)
with open("summary.csv", "w") as file:
    writer = csv.writer(file)
    writer.writerow(["region", "Q2", "Q3", "growth"])
    for row in rows:
        growth = float(row["Q3"]) / float(row["Q2"]) - 1
        writer.writerow([row["region"], row["Q2"], row["Q3"], f"{growth * 100:+.0f} %"])`;

const sales = `region,Q2,Q3
EMEA,4.10,5.37
Americas,6.80,7.72
APAC,3.22,3.64
LATAM,1.05,1.24
Nordics,0.88,1.02
`;

const use = (tool: string, input: object) => ({
  toolCalls: [{ name: tool, arguments: JSON.stringify(input) }],
});

/** How many tools have answered. A picture that one of them made comes to the model as one more message
 * of the person's, so all of the conversation is looked at; each has one question. */
const toolResults = (messages: readonly { role: string }[]): number =>
  messages.filter(({ role }) => role === "tool").length;
const isAsked = (messages: readonly { role: string }[], text: string): boolean =>
  messages.some((one) => one.role === "user" && JSON.stringify(one).includes(text));

function script(): void {
  const steps = (userMessage: string, turns: object[]) =>
    turns.forEach((response, index) =>
      rig.model.addFixture({
        match: {
          predicate: ({ messages }) =>
            isAsked(messages, userMessage) && toolResults(messages) === index,
        },
        response: response as { content: string },
      }),
    );
  steps("chart the quarter", [
    {
      content: "I’ll compute the growth in the sandbox and draw it.",
      ...use("run_python", { code: chart }),
    },
    {
      content:
        "Revenue grew **18.3 %** quarter over quarter, led by **EMEA (+31 %)**. The chart and the table are in Files.",
    },
  ]);
  steps("fetch the rates", [
    use("run_shell", {
      command: "# Today’s rates\ncurl -sS --max-time 20 https://rates.example.com/v1/today",
    }),
    { content: "The network was refused: allow rates.example.com first." },
  ]);
  steps("count for ever", [
    use("run_shell", {
      command: "# Counts for ever\nn=0; while true; do n=$((n+1)); echo tick $n; sleep 0.2; done",
    }),
    { content: "It counted." },
  ]);
}

async function visit(options: Parameters<PageRig["page"]>[1] = {}): Promise<Page> {
  const page = await rig.page(served.address, options);
  open.push(page);
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
  });
  await message(page).waitFor();
  return page;
}

const message = (page: Page) => page.getByRole("textbox", { name: "Message" });
const button = (page: Page, named: string | RegExp) => page.getByRole("button", { name: named });
const log = (page: Page) => page.getByRole("log", { name: "Conversation" });
const tab = (page: Page, named: string) => page.getByRole("tab", { name: named });
/** A shell answers when the machine lets it. */
const patience = { timeout: 20_000 };
const rows = (page: Page) => page.locator(".xterm-rows");
const dock = (page: Page, named: string) =>
  page.getByRole("navigation", { name: "Apps" }).getByRole("button", { name: named });

async function say(page: Page, text: string): Promise<void> {
  await message(page).fill(text);
  await message(page).press("Enter");
}

async function openTerminal(page: Page): Promise<void> {
  await button(page, "New terminal").click();
  await page.getByRole("menuitem", { name: "In the sandbox" }).click();
  await expect.poll(() => rows(page).innerText(), patience).toMatch(/[$#]/);
}

/** Types a command and waits for what it prints. */
async function command(page: Page, typed: string, printed: RegExp): Promise<void> {
  await page.keyboard.type(`${typed}\n`);
  await expect
    .poll(async () => (await rows(page).innerText()).replaceAll("\u00a0", " "), patience)
    .toMatch(printed);
}

describe.skipIf(!hasMatplotlib)(name, () => {
  beforeAll(async () => {
    rig = await PageRig.open();
    // Code inside is nobody in particular: the folder is for whoever works in it.
    await chmod(rig.workspace, 0o777);
    await writeFile(join(rig.workspace, "sales.csv"), sales);
    script();
    served = await rig.serve("sandbox", rig.withModel);
    const page = await visit();
    await button(page, "Choose folder").click();
    await page.getByRole("textbox", { name: "Folder" }).fill(rig.workspace);
    await button(page, "Use this folder").click();
    await button(page, "Change").waitFor();
    await page.context().close();
    open.length = 0;
  });
  afterAll(() => rig?.close());
  afterEach(async () => {
    await Promise.all(open.splice(0).map((page) => page.context().close()));
    expect(complaints.splice(0)).toEqual([]);
  });

  it("shows the chart and the table that a program made, in the chat and in its window", async () => {
    const page = await visit();
    await say(page, "Please chart the quarter");
    // The first time matplotlib looks through all fonts.
    await log(page).getByText("Revenue grew").waitFor({ timeout: 60_000 });
    const row = log(page).getByRole("button", { name: /^python Growth by quarter → / });
    await row.waitFor();
    expect(await row.innerText()).toContain("bubblewrap");
    await log(page).getByRole("img", { name: "chart.png" }).waitFor();
    await log(page).getByRole("cell", { name: "EMEA" }).waitFor();
    expect((await readFile(join(rig.workspace, "chart.png"))).length).toBeGreaterThan(1_000);

    await dock(page, "Sandbox").click();
    await page
      .getByRole("log", { name: "Runs and their output" })
      .getByText("growth +18.3 %")
      .waitFor();
    await page.getByText("bubblewrap · no net").waitFor();
    await show(page, "sandbox-chart");

    await row.click();
    await log(page).getByText("exit 0 in").waitFor();
    await log(page).getByText("loaded 5 rows").waitFor();
    await show(page, "sandbox-run-open");
    await log(page).getByTitle("Open summary.csv in Files").click();
    await page
      .getByRole("region", { name: /^Files/ })
      .getByText("growth")
      .first()
      .waitFor();

    const small = await visit({ viewport: phone, hasTouch: true });
    await small.goto(page.url());
    await log(small).getByRole("img", { name: "chart.png" }).waitFor();
    await show(small, "sandbox-chart", "-phone");
    await dock(small, "Sandbox").click();
    await show(small, "sandbox-runs", "-phone");
  });

  it("has a terminal: typed into, resized, a second one, and its own when it comes back", async () => {
    const page = await visit();
    await say(page, "Please chart the quarter");
    await log(page).getByText("Revenue grew").waitFor();
    await dock(page, "Sandbox").click();
    await openTerminal(page);
    await command(page, "pwd; ls", /\/workspace[\s\S]*sales\.csv/);
    const columns = async (): Promise<number> => {
      await command(
        page,
        "clear; echo columns $(tput cols 2>/dev/null || stty size | cut -d' ' -f2) end",
        /columns \d+ end\n/,
      );
      return Number(
        /columns (\d+) end\n/.exec((await rows(page).innerText()).replaceAll("\u00a0", " "))?.[1],
      );
    };
    const before = await columns();
    await page.setViewportSize({ width: 1100, height: 760 });
    await expect.poll(columns, patience).not.toBe(before);
    await page.setViewportSize({ width: 1440, height: 900 });
    await command(
      page,
      "clear; printf '\\033[38;2;255;155;210mpink\\033[0m \\033[1;32mgreen\\033[0m\\n'",
      /pink green/,
    );
    await openTerminal(page);
    await command(page, "python3 -c 'print(6 * 7)'", /\n42/);
    await show(page, "sandbox-terminal");

    await tab(page, "Terminal 1").click();
    await expect.poll(() => rows(page).innerText(), patience).toMatch(/pink/);
    // Another session and back: it is the same shell.
    const address = page.url();
    await page.keyboard.press("Control+Shift+O");
    await expect.poll(() => page.url()).not.toBe(address);
    await page.keyboard.press("Alt+ArrowDown");
    await expect.poll(() => page.url()).toBe(address);
    await tab(page, "Terminal 1").click();
    await expect.poll(() => rows(page).innerText(), patience).toMatch(/pink/);
    await rows(page).click({ force: true });
    await page.keyboard.type("exit 3\n");
    await page.getByText("The shell ended with 3.").waitFor();

    const small = await visit({ viewport: phone, hasTouch: true });
    await small.goto(address);
    await dock(small, "Sandbox").click();
    await openTerminal(small);
    await show(small, "sandbox-terminal", "-phone");
  });

  it("opens a terminal on the person's own machine, asked once and marked", async () => {
    const page = await visit();
    await say(page, "Please chart the quarter");
    await log(page).getByText("Revenue grew").waitFor();
    await dock(page, "Sandbox").click();
    await button(page, "New terminal").click();
    await page.getByRole("menuitem", { name: "On this machine" }).click();
    await show(page, "sandbox-machine-ask");
    await button(page, "Open it").click();
    await tab(page, "This machine").waitFor();
    await expect.poll(() => rows(page).innerText(), patience).toMatch(/[$#]/);
    await command(page, `cat ${join(rig.workspace, "sales.csv")}`, /EMEA,4\.10/);
    await show(page, "sandbox-machine-terminal");
  });

  it("names a refused host, and allows it with one click", async () => {
    const page = await visit();
    await say(page, "Please fetch the rates");
    await log(page).getByText("allow rates.example.com first").waitFor();
    // One click where the conversation is; the same in the opened step.
    await button(page, "Allow rates.example.com for this session").waitFor();
    await log(page)
      .getByRole("button", { name: /^shell Today’s rates/ })
      .click();
    await button(page, "Allow rates.example.com for this session").waitFor();
    await dock(page, "Sandbox").click();
    await tab(page, "Status").click();
    const refused = page.getByRole("list", { name: "Refused hosts" });
    await refused.getByText("rates.example.com").waitFor();
    await show(page, "sandbox-blocked");
    await button(page, "Allow rates.example.com for this session").click();
    await log(page).getByText("rates.example.com is allowed in this session").waitFor();
    await page
      .getByRole("list", { name: "Allowed hosts" })
      .getByText("rates.example.com")
      .waitFor();
    await page.getByText("bubblewrap · 1 host").waitFor();
    await button(page, "Forbid rates.example.com").click();
    await page.getByText("bubblewrap · no net").waitFor();
  });

  it("shows a run while it runs, and stops it", async () => {
    const page = await visit();
    await say(page, "Please count for ever");
    await log(page)
      .getByRole("button", { name: /^shell Counts for ever/ })
      .waitFor();
    await dock(page, "Sandbox").click();
    const screen = page.getByRole("log", { name: "Runs and their output" });
    await screen.getByText("tick 3").waitFor();
    await show(page, "sandbox-running");
    await screen.getByRole("button", { name: /^Stop/ }).click();
    await log(page).getByText("You stopped it").waitFor();
    await expect.poll(() => screen.getByRole("button", { name: /^Stop/ }).count()).toBe(0);
  });

  it("runs code by hand from the composer: /python, several lines, Ctrl+Enter", async () => {
    const page = await visit();
    await message(page).fill("/python");
    await message(page).press("Enter");
    const dialog = page.getByRole("dialog");
    const code = dialog.getByRole("textbox", { name: "code" });
    await expect.poll(() => page.evaluate("document.activeElement?.tagName")).toBe("TEXTAREA");
    await page.keyboard.type("for x in range(3):\nprint('row', x)");
    expect(await code.inputValue()).toBe("for x in range(3):\n    print('row', x)");
    await show(page, "sandbox-by-hand");
    await code.press("Control+Enter");
    const row = log(page).getByRole("button", { name: /^python for x in range/ });
    await row.waitFor();
    await row.click();
    await log(page).getByText("exit 0 in").waitFor();
    await log(page).getByText("row 2").waitFor();
  });
});

if (!hasMatplotlib)
  describe(name, () => {
    it.skipIf(process.env["CI"] !== "true")(
      "needs bubblewrap and Debian's python3-matplotlib",
      () => {
        throw new Error("A part is missing: npm run provision installs it.");
      },
    );
  });
