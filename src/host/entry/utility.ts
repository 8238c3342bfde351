// A host in a process of its own, started by the desktop's main process and talking to it over the
// parent port; each window gets its own line. Ends when it is told to, or when it cannot begin.
import { MainMessage, type HostMessage } from "../../contract/desktop.ts";
import { AetheriaError } from "../../contract/errors.ts";
import { portChannel } from "../../rpc/port-channel.ts";
import type { Host } from "../host.ts";
import { openLog } from "./log-file.ts";
import { createMainKeychain } from "./main-keychain.ts";
import { openHost } from "./open-host.ts";
import { parentPort, type ParentPort } from "./parent-port.ts";
import { watchForDesktop } from "./watch-for-desktop.ts";

serveDesktop(parentPort());

function serveDesktop(desktop: ParentPort): void {
  const tell = (message: HostMessage) => desktop.postMessage(message);
  const keychain = createMainKeychain(tell);
  let host: Host | null = null;

  const start = async ({ dataDir, keychain: kind, hasLinks }: MainMessage & { type: "start" }) => {
    try {
      const restart = () => tell({ type: "restart" });
      const sealed = kind === "none" ? {} : { keychain };
      host = await openHost(dataDir, process.env, { restart, hasLinks, ...sealed });
      tell({ type: "ready" });
      await watchForDesktop(host, tell);
    } catch (error) {
      openLog(dataDir)("the host cannot start", error);
      tell({ type: "failed", error: AetheriaError.toData(error) });
      process.exit(1);
    }
  };
  const close = async () => {
    await host?.close();
    tell({ type: "closed" });
    process.exit(0);
  };

  desktop.on("message", ({ data, ports }) => {
    const message = MainMessage.safeParse(data).data;
    if (message?.type === "start") void start(message);
    if (message?.type === "port")
      for (const port of ports) host?.connect(portChannel(port), { isHere: true });
    if (message?.type === "secret") keychain.answer(message.id, message.text);
    if (message?.type === "power" && message.state === "resume") host?.wake();
    if (message?.type === "close") void close();
  });
}
