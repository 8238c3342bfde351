// browser_download: a file from a link, an address or among those held, into the workspace. It is never
// opened, run or put over another file.
import { basename } from "node:path";
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Browser, HeldFile } from "../../../core/browser-ports.ts";
import type { Tool, ToolContext } from "../../../core/ports.ts";
import { sizeText } from "../amounts.ts";
import { oneLine } from "../untrusted-page.ts";
import { elementNumber } from "./act-tools.ts";
import { plainFileName } from "./file-name.ts";
import { isPage, parsePageAddress } from "./page-address.ts";
import { called, hostHere, listed, openDeed, pressDeed, type Deed } from "./plan.ts";
import { labelsOf, viewOf } from "./results.ts";
import type { BrowserToolsSetup } from "./setup.ts";
import { defineVerb } from "./verb.ts";

const input = z.object({
  element: elementNumber.optional().describe("A link or button that brings the file"),
  url: z.string().min(1).max(8_000).optional(),
  download_id: z.string().max(100).optional().describe("One that is held"),
  path: z
    .string()
    .min(1)
    .max(4_000)
    .optional()
    .describe("Where to; a folder ends in /. downloads/"),
});
type Input = z.output<typeof input>;

const usualFolder = "downloads/";

export function downloadTool(setup: BrowserToolsSetup): Tool {
  return defineVerb(setup, {
    name: "browser_download",
    title: "Download a file",
    description:
      "Saves a file in the workspace: from a link, an address, or a held download. Never opens or runs it.",
    effect: "write_workspace",
    input,
    async deed(given, browser, { workspace }) {
      const { name, deed } = await wanted(given, browser);
      const place = await setup.files.placeFor(workspace, pathFor(given.path, name), {
        exact: isExact(given.path),
      });
      return {
        ...deed,
        action: `download ${oneLine(name, 80)}`,
        on: null,
        effect: deed.effect === "leaves_machine" ? "leaves_machine" : "write_workspace",
        paths: [place.real],
        fields: [...(deed.fields ?? []), { name: "path", value: place.real }],
      };
    },
    async run(given, { browser, action }, context) {
      const held = await browser.download(sourceOf(given), context.signal);
      const shown = await takeIn(held, given.path, context);
      await browser.downloadSaved(held.downloadId);
      const text = `Saved as ${shown} (${sizeText(held.sizeBytes)}). It is untrusted, and was not opened.`;
      const seen = browser.place() ?? { url: "", title: "" };
      return { text, view: viewOf(action, seen, text), labels: labelsOf(browser) };
    },
  });

  async function takeIn(
    held: HeldFile,
    path: string | undefined,
    context: ToolContext,
  ): Promise<string> {
    const to = pathFor(path, plainFileName(held.name));
    const { shown } = await setup.files.takeIn(
      { from: held.path },
      to,
      { exact: isExact(path) },
      context,
    );
    return shown;
  }
}

/** A name of one's own is meant; a server's may get a number. */
const isExact = (path: string | undefined) => path !== undefined && !path.endsWith("/");

function pathFor(path: string | undefined, name: string): string {
  if (path === undefined) return `${usualFolder}${name}`;
  return path.endsWith("/") ? `${path}${name}` : path;
}

function sourceOf({ element, url, download_id }: Input): Parameters<Browser["download"]>[0] {
  const given = [element, url, download_id].filter((one) => one !== undefined);
  if (given.length === 1) {
    if (element !== undefined) return { element };
    if (url !== undefined) return { url: parsePageAddress(url).href };
    if (download_id !== undefined) return { downloadId: download_id };
  }
  throw new AetheriaError("bad_input", "browser_download needs one of element, url, download_id.", {
    hint: "browser_status lists the downloads that are held.",
  });
}

/** What is known of it before it comes: a server may name it otherwise. */
async function wanted(given: Input, browser: Browser): Promise<{ name: string; deed: Deed }> {
  const source = sourceOf(given);
  if ("downloadId" in source) {
    const { downloadId } = source;
    const held = browser.downloads().find((one) => one.downloadId === downloadId);
    if (!held) throw notHeld(downloadId);
    const size = { name: "size", value: sizeText(held.sizeBytes) };
    return { name: plainFileName(held.name), deed: { action: "", fields: [size] } };
  }
  if ("url" in source) {
    const url = new URL(source.url);
    return { name: nameIn(url), deed: openDeed("", url) };
  }
  const facts = await browser.facts(source.element);
  const here = hostHere(browser);
  const name =
    facts.href !== null && isPage(facts.href) ? nameIn(new URL(facts.href)) : called(facts);
  return { name: plainFileName(name), deed: { ...pressDeed("", facts, here), hosts: hostsOf() } };

  function hostsOf(): string[] {
    const { hosts = [] } = pressDeed("", facts, here);
    return hosts.length > 0 ? hosts : listed(here);
  }
}

const notHeld = (downloadId: string) =>
  new AetheriaError("not_found", `No download ${oneLine(downloadId, 60)} is held.`, {
    hint: "browser_status lists those that are.",
  });

function nameIn(url: URL): string {
  const last = basename(url.pathname);
  try {
    return plainFileName(decodeURIComponent(last) || url.hostname);
  } catch (_malformed) {
    return plainFileName(last);
  }
}
