// Could `aetheria serve` have its usual port?
import { createServer } from "node:net";
import type { Finding } from "./finding.ts";

export async function checkPort(
  port: number,
  servingAt: () => Promise<string | null>,
): Promise<Finding> {
  const url = await servingAt();
  if (url !== null) return { state: "ok", found: `Aetheria answers at ${url}.` };
  if (await isFree(port)) return { state: "ok", found: `Port ${port} is free.` };
  return {
    state: "warning",
    found: `Port ${port} is used by another program; the next free one is taken.`,
    fix: `Choose one yourself: aetheria serve --port N.`,
  };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1" }, () => server.close(() => resolve(true)));
  });
}
