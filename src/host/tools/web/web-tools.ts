// The web family: reading public pages. Refuses to connect by itself; the egress room's fetch is
// handed in.
import type { Tool } from "../../../core/ports.ts";
import { webFetchTool, type WebToolsSetup } from "./web-fetch.ts";

export type { ReadDocument, WebToolsSetup } from "./web-fetch.ts";

export function createWebTools(setup: WebToolsSetup): Tool[] {
  return [webFetchTool(setup)];
}
