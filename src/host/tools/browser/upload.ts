// browser_upload: files of the workspace, and no others, into a page. They leave this machine.
import * as z from "zod";
import type { Tool, ToolContext } from "../../../core/ports.ts";
import { count, sizeText } from "../amounts.ts";
import { elementNumber as element } from "./act-tools.ts";
import { called, hostHere, listed } from "./plan.ts";
import { labelsOf, type Results } from "./results.ts";
import type { BrowserToolsSetup } from "./setup.ts";
import { defineVerb } from "./verb.ts";

export function uploadTool(setup: BrowserToolsSetup, results: Results): Tool {
  const filesAt = (paths: string[], { workspace }: ToolContext) =>
    Promise.all(paths.map((path) => setup.files.fileAt(workspace, path)));

  return defineVerb(setup, {
    name: "browser_upload",
    title: "Upload files",
    description:
      "Gives files of the workspace to a file field of the page, or the button that asks for them.",
    input: z.object({
      element,
      paths: z.array(z.string().min(1).max(4_000)).min(1).max(20),
    }),
    async deed({ element, paths }, browser, context) {
      const [facts, files] = await Promise.all([browser.facts(element), filesAt(paths, context)]);
      const here = hostHere(browser);
      const [first] = files;
      const what = files.map(({ shown, sizeBytes }) => ({
        name: shown,
        value: sizeText(sizeBytes),
      }));
      const names = files.length === 1 && first ? first.shown : count(files.length, "file");
      return {
        ...{ action: `upload ${names} into ${called(facts)}`, on: here },
        ...{ effect: "leaves_machine" as const, paths: files.map(({ real }) => real) },
        ...{ hosts: listed(here), leaving: { to: here ?? "a page without a host", what } },
      };
    },
    async run({ element, paths }, { browser, action }, context) {
      const files = await filesAt(paths, context);
      const real = files.map((file) => file.real);
      const acted = await browser.act({ kind: "upload", element, paths: real }, context.signal);
      const result = await results.acted(browser, action, acted);
      // The page may show what is in them from now on.
      return { ...result, labels: [...new Set([...labelsOf(browser), "private" as const])] };
    },
  });
}
