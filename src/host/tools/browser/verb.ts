// One verb of the browser as a tool: needs a browser that is open, is held to what its plan said, and
// lets no page speak through an error.
import type * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Effect } from "../../../contract/tool.ts";
import type { Browser } from "../../../core/browser-ports.ts";
import type { CallPlan, Tool, ToolContext, ToolResult } from "../../../core/ports.ts";
import { defineTool } from "../define-tool.ts";
import { oneLine } from "../untrusted-page.ts";
import { knownHosts } from "./known-hosts.ts";
import { planOf, type Deed } from "./plan.ts";
import type { BrowserToolsSetup } from "./setup.ts";

export type Verb<Input extends z.ZodObject> = {
  name: string;
  title: string;
  description: string;
  /** The most that a call may be. Left out: `leaves_machine`, for a press of anything may send. What is
   * not `read` runs one after another, and is not done again by itself after a crash. */
  effect?: Effect;
  input: Input;
  deed(input: z.output<Input>, browser: Browser, context: ToolContext): Deed | Promise<Deed>;
  run(
    input: z.output<Input>,
    parts: { browser: Browser; action: string },
    context: ToolContext,
  ): Promise<ToolResult>;
};

export function defineVerb<Input extends z.ZodObject>(
  { browsers }: Pick<BrowserToolsSetup, "browsers">,
  verb: Verb<Input>,
): Tool {
  const planned = new WeakMap<ToolContext, CallPlan>();
  const current = ({ sessionId }: ToolContext): Browser => {
    const browser = browsers.current(sessionId);
    if (browser) return browser;
    throw noBrowserOpen();
  };
  const planNow = async (deed: Deed, { sessionId }: ToolContext): Promise<CallPlan> => {
    const goesNowhere = (deed.hosts ?? []).length === 0;
    return planOf(deed, goesNowhere ? [] : await knownHosts(browsers.current(sessionId)));
  };
  return defineTool({
    ...{ name: verb.name, title: verb.title, description: verb.description, input: verb.input },
    family: "browser",
    effect: verb.effect ?? "leaves_machine",
    plan: (input, context) =>
      plainly(async () => {
        const plan = await planNow(await verb.deed(input, current(context), context), context);
        planned.set(context, plan);
        return plan;
      }),
    run: (input, context) =>
      plainly(async () => {
        const browser = current(context);
        const deed = await verb.deed(input, browser, context);
        const before = planned.get(context);
        if (before && reachesFurther(await planNow(deed, context), before))
          throw changedMeanwhile();
        return verb.run(input, { browser, action: deed.action }, context);
      }),
  });
}

export const noBrowserOpen = () =>
  new AetheriaError("not_found", "No browser is open in this session.", {
    hint: "Open a page with browser_open.",
  });

const changedMeanwhile = () =>
  new AetheriaError("conflict", "The page changed meanwhile: this would now send something else.", {
    hint: "Look at it with browser_look, then call again.",
  });

/** The page is another one than what was decided on: it sends more, or elsewhere. */
function reachesFurther(now: CallPlan, before: CallPlan): boolean {
  if (now.effect !== before.effect) return true;
  if (now.leaving && now.leaving.to !== before.leaving?.to) return true;
  return now.hosts.some((host) => !before.hosts.includes(host));
}

/** Errors quote names that a page gave: on one line, and without the page's frame. */
export async function plainly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AetheriaError)) throw error;
    const { code, message, hint, retryable, retryAfterMs } = error;
    throw new AetheriaError(code, oneLine(message, 500), {
      ...{ retryable, cause: error },
      ...(hint === undefined ? {} : { hint: oneLine(hint, 500) }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
}
