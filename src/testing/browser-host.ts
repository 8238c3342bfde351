// A program that opens a session's browser with a page, says `up` and stays: for tests that kill it.
// `node browser-host.ts DATA_FOLDER`
import { openTestBrowsers, sessionId, waiter } from "./browser-fixture.ts";

const [dataDir = ""] = process.argv.slice(2);
const { browsers } = openTestBrowsers({ dataDir });
const browser = await browsers.open(sessionId, waiter);
await browser.open("about:blank", new AbortController().signal);
console.log("up");
setInterval(() => undefined, 60_000);
