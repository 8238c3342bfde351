// The web family: reading public pages and searching for them. Refuses to connect by itself; the egress
// room's fetch and the reading in a browser are handed in.
import type { Tool } from "../../../core/ports.ts";
import { webFetchTool, type WebToolsSetup } from "./web-fetch.ts";
import { webSearchTool, type WebSearchSetup } from "./web-search.ts";

export type { ReadDocument, WebToolsSetup } from "./web-fetch.ts";
export type { WebSearchSetup } from "./web-search.ts";

export function createWebTools(setup: WebToolsSetup, search: WebSearchSetup): Tool[] {
  return [webFetchTool(setup), webSearchTool(search)];
}
