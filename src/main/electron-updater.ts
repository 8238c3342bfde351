// The Updater over electron-updater, loaded when first needed: it is heavy and most starts never ask.
import type { Updater } from "./updates.ts";

/** Signatures and hashes are checked by electron-updater before it installs anything. */
export async function openElectronUpdater(log: (line: string) => void): Promise<Updater> {
  const { default: electronUpdater } = await import("electron-updater");
  const { autoUpdater } = electronUpdater;
  autoUpdater.autoDownload = false;
  autoUpdater.autoInstallOnAppQuit = true;
  autoUpdater.logger = { info: log, warn: log, error: log };
  return {
    async look() {
      const result = await autoUpdater.checkForUpdates();
      return result?.isUpdateAvailable ? result.updateInfo.version : null;
    },
    async download(onPercent) {
      const report = ({ percent }: { percent: number }) => onPercent(Math.round(percent));
      autoUpdater.on("download-progress", report);
      try {
        await autoUpdater.downloadUpdate();
      } finally {
        autoUpdater.off("download-progress", report);
      }
    },
    install: () => autoUpdater.quitAndInstall(),
  };
}
