// Rules for everything that shows a page: it stays on its address, opens no window, embeds nothing,
// gets no permission. Electron's security checklist: https://www.electronjs.org/docs/latest/tutorial/security
import { app, session, type WebContents } from "electron";
import { fateOf } from "./link-policy.ts";
import { isOurPage, pageOrigin } from "./page-policy.ts";

/** What a page may do without asking: put text it made on the clipboard. */
const granted = new Set<string>(["clipboard-sanitized-write"]);

/** `follow`: somebody clicked a link that leads out. Before the first window. */
export function hardenPages(follow: (url: string) => void): void {
  app.on("web-contents-created", (_event, contents) => hardenContents(contents, follow));
}

/** After the app is ready, and before the first window. */
export function hardenSession(): void {
  const own = session.defaultSession;
  own.setPermissionCheckHandler(
    (_contents, permission, origin) => granted.has(permission) && isOurPage(origin),
  );
  own.setPermissionRequestHandler((contents, permission, answer) =>
    answer(granted.has(permission) && isOurPage(contents.getURL())),
  );
  own.setDevicePermissionHandler(() => false);
  // Dictionaries would come from Google's servers, whether or not the person is online.
  own.setSpellCheckerDictionaryDownloadURL(`${pageOrigin}/dictionaries/`);
}

function hardenContents(contents: WebContents, follow: (url: string) => void): void {
  const staysHere = (event: { url: string; preventDefault(): void }) => {
    // Loading the page again is all the moving about there is.
    if (event.url !== contents.getURL() || !isOurPage(event.url)) event.preventDefault();
  };
  contents.on("will-navigate", staysHere);
  contents.on("will-redirect", staysHere);
  contents.on("will-frame-navigate", staysHere);
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (fateOf(url) !== "never") follow(url);
    return { action: "deny" };
  });
}
