// The browser family: what an agent or a person can do with web pages. Add a verb: one file, one line.
import type { Tool } from "../../../core/ports.ts";
import { actTools } from "./act-tools.ts";
import { cookiesTool } from "./cookies.ts";
import { downloadTool } from "./download.ts";
import { extractTableTool } from "./extract-table.ts";
import { extractTextTool } from "./extract-text.ts";
import { lookTools } from "./look-tools.ts";
import { openTools } from "./open-tools.ts";
import { createResults } from "./results.ts";
import { screenshotTool } from "./screenshot.ts";
import type { BrowserToolsSetup } from "./setup.ts";
import { tabAndDialogTools } from "./tab-and-dialog.ts";
import { typeTool } from "./type-tool.ts";
import { uploadTool } from "./upload.ts";

export function createBrowserTools(setup: BrowserToolsSetup): Tool[] {
  const results = createResults(setup.attachments);
  return [
    ...openTools(setup, results),
    ...lookTools(setup, results),
    ...actTools(setup, results),
    typeTool(setup, results),
    ...tabAndDialogTools(setup, results),
    extractTextTool(setup),
    extractTableTool(setup),
    screenshotTool(setup),
    downloadTool(setup),
    uploadTool(setup, results),
    cookiesTool(setup),
  ];
}
