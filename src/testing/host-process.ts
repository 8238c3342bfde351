// A host in a process of its own, for tests that kill it: it talks over Node's IPC channel and knows
// no model. Its one argument is the data folder.
import type { Channel } from "../rpc/channel.ts";
import { createHost } from "../host/host.ts";
import { noModels } from "./real-host.ts";

const [dataDir = ""] = process.argv.slice(2);
const host = await createHost({ dataDir, env: noModels, log: console.error });
const channel: Channel = {
  post: (message) => void process.send?.(message as object),
  onMessage: (listener) => void process.on("message", listener),
  onClose: (listener) => void process.on("disconnect", () => listener()),
  close: () => process.disconnect(),
};
host.connect(channel);
process.on("disconnect", () => process.exit(0));
process.send?.({ type: "up" });
