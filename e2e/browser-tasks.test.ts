// Ten whole tasks in a real Chromium on the pages of the zoo: a model that is played acts on what the
// tools show it, by calls alone and in the window, where a person sees the steps and answers the cards.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EventOf } from "../src/contract/events.ts";
import { openRealHost, type RealHost, type StartedSession } from "../src/testing/real-host.ts";
import { account } from "../src/testing/zoo/login.ts";
import { startZoo, type Zoo } from "../src/testing/zoo/start-zoo.ts";
import { playTasks } from "./browser-model.ts";
import { browserTasks, type Named } from "./browser-tasks.ts";
import { Stage } from "./stage.ts";

let zoo: Zoo;
let stage: Stage;
let host: RealHost;

beforeAll(async () => {
  zoo = await startZoo();
  stage = await Stage.open();
  playTasks(stage.model, browserTasks(zoo));
  await writeFile(join(stage.workspace, "letter.txt"), "Dear zoo, hello.\n");
});
afterAll(async () => {
  await stage?.close();
  await zoo?.close();
});

/** What the server was sent to this path, with POST. */
const posted = (path: string) =>
  zoo.requests().filter((one) => one.method === "POST" && one.path === path);

describe("by calls alone", () => {
  beforeAll(async () => {
    host = await openRealHost({ env: stage.withModel });
    await host.client.call("settings.set", { allowedPrivateHosts: [zoo.host, zoo.other.host] });
  });
  afterAll(() => host?.close());

  type Done = {
    answer: string;
    cards: EventOf<"approval.requested">["data"][];
    session: StartedSession;
  };

  /** Sends the task and says yes to each card. */
  async function done(
    task: Named,
    meanwhile?: (session: StartedSession) => Promise<void>,
  ): Promise<Done> {
    const session = await host.start({ workspace: stage.workspace });
    const finished = session.ask(`${task}: please`);
    const cards: Done["cards"] = [];
    let isOver = false;
    const answering = (async () => {
      for (let nth = 1; ; nth += 1) {
        const asked = await Promise.race([session.until("approval.requested", nth), finished]);
        if (isOver || !("type" in asked)) return;
        const { approval } = asked.data;
        cards.push(asked.data);
        await host.client.call("approval.answer", {
          ...{ sessionId: session.sessionId, approvalId: approval.approvalId },
          ...{ answer: "allow" as const, scope: "once" as const },
        });
      }
    })();
    await Promise.all([finished, meanwhile?.(session)]);
    isOver = true;
    await answering;
    const answer = session.events.filter(({ type }) => type === "text.finished").at(-1);
    if (process.env.TRACE)
      for (const event of session.events) {
        if (event.type === "tool.requested") console.log("→", JSON.stringify(event.data));
        if (event.type === "tool.finished")
          console.log(event.data.text ?? JSON.stringify(event.data));
      }
    return { answer: JSON.stringify(answer?.data), cards, session };
  }

  it("searches the shop, filters, opens and reads the price", async () => {
    const { answer } = await done("shop");
    console.log(answer);
    expect(answer).toMatch(/costs €[\d.]+/);
  });
  it("checkout", async () => {
    const d = await done("checkout");
    console.log(d.answer, JSON.stringify(d.cards.map((c) => c.approval.view)));
  });
  it("table", async () => {
    const d = await done("table");
    console.log(d.answer);
  });
  it("mail", async () => {
    const d = await done("mail");
    console.log(d.answer);
  });
  it("download", async () => {
    const d = await done("download");
    console.log(d.answer);
  });
  it("upload", async () => {
    const d = await done("upload");
    console.log(d.answer);
  });
  it("obstacles", async () => {
    const d = await done("obstacles");
    console.log(d.answer);
  });
  it("frames", async () => {
    const d = await done("frames");
    console.log(d.answer);
  });
  it("tabs", async () => {
    const d = await done("tabs");
    console.log(d.answer);
  });
});
