// Ten whole tasks in the browser, as a model would do them, on the pages of the zoo.
import { createHand, type Task } from "../src/testing/zoo/browser-task.ts";
import type { Zoo } from "../src/testing/zoo/start-zoo.ts";

export type TaskName =
  | "shop"
  | "checkout"
  | "table"
  | "mail"
  | "login"
  | "download"
  | "upload"
  | "obstacles"
  | "frames"
  | "tabs";

export function browserTasks(zoo: Zoo): Record<TaskName, () => Task> {
  return {
    *shop() {
      const hand = createHand();
      yield* hand.open(`${zoo.url}/shop`);
      yield* hand.type({ "Search products": "desk lamp" }, true);
      yield* hand.type({ "Highest price": "120" });
      yield* hand.click("In stock only", "checkbox");
      yield* hand.click("Apply filters", "button");
      yield* hand.select("Sort by", "Price, low to high");
      yield* hand.click("Apply filters", "button");
      yield* hand.click(/desk lamp/, "link");
      return `The cheapest desk lamp in stock costs ${hand.read(/Price: (€[\d.]+)/)}.`;
    },
    *checkout() {
      const hand = createHand();
      yield* hand.open(`${zoo.url}/shop/item/3`);
      yield* hand.click("Add to cart", "button");
      yield* hand.click("Go to checkout", "link");
      yield* hand.type({
        ...{ "Full name": "Ada Lovelace", Street: "Analytical Way 1", Postcode: "5003" },
        ...{ City: "Bergen", "E-mail": "ada@example.test" },
      });
      yield* hand.select("Country", "Norway");
      yield* hand.click(/^Express/, "radio");
      yield* hand.type({
        ...{ "Card number": "4111111111111111", Expires: "12/30", "Security code": "737" },
        "Choose a password": "swordfish-9",
      });
      yield* hand.click(/I agree/, "checkbox");
      yield* hand.click("Place order", "button");
      return `Ordered: ${hand.read(/Order (F\d+) is placed/)}.`;
    },
    *table() {
      const hand = createHand();
      yield* hand.open(`${zoo.url}/table`);
      yield* hand.use("browser_extract_table", { table: 1, path: "ferries.csv" });
      return `Saved: ${hand.read(/Saved as (\S+)/)}.`;
    },
    *mail() {
      const hand = createHand();
      yield* hand.open(`${zoo.url}/mail`);
      yield* hand.click("Compose", "button");
      yield* hand.type({ To: "grace@example.test", Subject: "Nanoseconds" });
      yield* hand.type({ "Message body": "Please bring a foot of wire." });
      yield* hand.click("Send", "button");
      hand.read(/Message sent to grace@example\.test/);
      yield* hand.click(/^Sent/, "link");
      return `Sent: ${hand.read(/(Nanoseconds)/)}.`;
    },
    *login() {
      const hand = createHand();
      yield* hand.open(`${zoo.url}/login`);
      yield* hand.use("browser_wait", { text: "Your account", timeout_s: 60 });
      yield* hand.use("browser_extract_text", {});
      return `The balance is ${hand.read(/Balance:\D*(€[\d,.]+)/)}.`;
    },
    *download() {
      const hand = createHand();
      yield* hand.open(`${zoo.url}/downloads`);
      const element = yield* hand.number("Download the report", "link");
      yield* hand.use("browser_download", { element });
      const path = hand.read(/Saved as (\S+\.csv)/);
      yield* hand.use("read_file", { path });
      return `March brought ${hand.read(/March,\d+,([\d.]+)/)}.`;
    },
    *upload() {
      const hand = createHand();
      yield* hand.open(`${zoo.url}/upload`);
      const element = yield* hand.number("One file");
      yield* hand.use("browser_upload", { element, paths: ["letter.txt"] });
      yield* hand.click("Send the file", "button");
      return `It has ${hand.read(/letter\.txt: (\d+ bytes)/)}.`;
    },
    *obstacles() {
      const hand = createHand();
      yield* hand.open(`${zoo.url}/banner/frame`);
      yield* hand.use("browser_dismiss_banner", {});
      yield* hand.click("Show the week", "button");
      yield* hand.open(`${zoo.url}/modal`);
      yield* hand.click("Close", "button");
      yield* hand.click("Read the letter", "button");
      hand.read(/(the bees are back)/);
      yield* hand.open(`${zoo.url}/scroll`);
      for (let at = 0; at < 5; at += 1) yield* hand.use("browser_scroll", { to: "bottom" });
      yield* hand.use("browser_look", { find: "The lighthouse keeper" });
      yield* hand.click("Save story 67", "button");
      return "The story of the lighthouse keeper is saved.";
    },
    *frames() {
      const hand = createHand();
      yield* hand.open(`${zoo.url}/frames`);
      yield* hand.click("Press the nest", "button");
      yield* hand.type({ "Nickname deep": "mole" });
      yield* hand.click("Send deep", "button");
      yield* hand.open(`${zoo.url}/shadow`);
      yield* hand.type({ "Shadow name": "Ada", Town: "London" });
      yield* hand.click("Save shadow", "button");
      return hand.read(/(Saved Ada of London)/);
    },
    *tabs() {
      const hand = createHand();
      yield* hand.open(`${zoo.url}/dialogs`);
      yield* hand.click("Prompt", "button");
      yield* hand.use("browser_dialog", { accept: true, text: "Grace" });
      yield* hand.use("browser_look", { find: "name:" });
      hand.read(/name: (Grace)/);
      yield* hand.open(`${zoo.url}/popups`);
      yield* hand.click("Open a window", "button");
      yield* hand.use("browser_wait", { text: "Opened by window" });
      yield* hand.type({ Word: "heron" });
      yield* hand.click("Tell and close", "button");
      yield* hand.use("browser_tabs", { action: "list" });
      yield* hand.use("browser_wait", { text: "The popup said" });
      const said = hand.read(/The popup said: (\w+)/);
      yield* hand.open(`${zoo.url}/wiki`);
      yield* hand.use("browser_back", {});
      return `The popup said ${said}, and this is ${hand.read(/# (Popups)/)} again.`;
    },
  };
}
