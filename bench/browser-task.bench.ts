// What a whole task in the browser costs of a model's window: the words that the tools tell over ten steps
// (open, search, filter, open a product, read a table, buy it), through the real host and a real Chromium.
import { tokensOf } from "../src/core/agent/tokens.ts";
import { openRealHost } from "../src/testing/real-host.ts";
import { createHand, type Task } from "../src/testing/zoo/browser-task.ts";
import { startZoo } from "../src/testing/zoo/start-zoo.ts";
import { report } from "./report.ts";

const zoo = await startZoo();

function* buyLamp(): Task {
  const hand = createHand();
  yield* hand.open(`${zoo.url}/shop`);
  yield* hand.type({ "Search products": "desk lamp" }, true);
  yield* hand.click("In stock only", "checkbox");
  yield* hand.click("Apply filters", "button");
  yield* hand.click(/desk lamp/, "link");
  yield* hand.click("Add to cart", "button");
  yield* hand.use("browser_extract_table", { table: 1 });
  yield* hand.click("Go to checkout", "link");
  yield* hand.type({
    ...{
      "Full name": "Ada Lovelace",
      Street: "Analytical Way 1",
      Postcode: "5003",
      City: "Bergen",
    },
    ...{ "E-mail": "ada@example.test", "Card number": "4111111111111111", Expires: "12/30" },
    ...{ "Security code": "737", "Choose a password": "swordfish-9" },
  });
  yield* hand.select("Country", "Norway");
  yield* hand.click(/I agree/, "checkbox");
  yield* hand.click("Place order", "button");
  return hand.read(/Order (F\d+) is placed/);
}

const host = await openRealHost();
try {
  const allowedPrivateHosts = [zoo.host, zoo.other.host];
  await host.client.call("settings.set", { allowedPrivateHosts });
  const { sessionId } = await host.client.call("session.create", {});
  await host.client.call("session.open", { sessionId });
  // The person who runs the tools says yes to what leaves.
  host.client.onPush((push) => {
    if (push.type !== "session.frame") return;
    for (const event of push.events)
      if (event.type === "approval.requested")
        void host.client.call("approval.answer", {
          ...{ sessionId, approvalId: event.data.approval.approvalId },
          ...{ answer: "allow", scope: "once" },
        });
  });
  const task = buyLamp();
  let tokens = 0;
  let calls = 0;
  let step = task.next("");
  while (!step.done) {
    const { tool, input } = step.value;
    const { result } = await host.client.call("tool.run", { sessionId, name: tool, input });

    tokens += tokensOf(result.text);
    calls += 1;
    step = task.next(result.text);
  }
  console.error(`${calls} calls, order ${step.value}`);
  report({
    ...{ name: "browser-task", promise: "a ten-step task: all that the model is told" },
    ...{ value: tokens, limit: 6_000, unit: "tokens", yardstick: "–" },
  });
} finally {
  await host.close();
  await zoo.close();
}
