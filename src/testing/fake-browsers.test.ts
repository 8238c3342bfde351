import { createFakeBrowsers, type FakeBrowser } from "./fake-browsers.ts";
import { describeBrowsers, suiteCookie, suiteFile, suitePages } from "./browsers-suite.ts";

const url = "http://127.0.0.1:4321";

describeBrowsers("the fake browsers", () => {
  const { name, text } = suiteFile;
  const browsers = createFakeBrowsers({
    pages: suitePages(url),
    attributes: {},
    cookies: [{ host: "127.0.0.1", name: suiteCookie, expires: null }],
    download: () =>
      Promise.resolve({ downloadId: "d1", path: "/held/d1", name, sizeBytes: text.length }),
  });
  return Promise.resolve({
    ...{ browsers, url },
    valueOf(browser, label) {
      const { typed, number } = browser as FakeBrowser;
      return Promise.resolve(typed.get(number(label)) ?? "");
    },
    end: (session) => Promise.resolve(browsers.browser(session).close()),
    close: () => Promise.resolve(),
  });
});
