// The yardstick of the desktop's start: an Electron app with one window and a page that does nothing.
import { fileURLToPath } from "node:url";
import { app, BrowserWindow } from "electron";

app.setPath("userData", process.env.BARE_DATA);
void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 860, show: false });
  window.once("ready-to-show", () => window.show());
  void window.loadFile(fileURLToPath(new URL("index.html", import.meta.url)));
});
app.on("window-all-closed", () => app.quit());
