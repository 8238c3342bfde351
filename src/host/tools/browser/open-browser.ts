// The session's browser for one call, started where there is none, with what that says on the way.
import type { ToolContext } from "../../../core/ports.ts";
import type { Browser, Browsers } from "../../../core/browser-ports.ts";

/** Yields lines of progress. Throws what Browsers.open throws. */
export async function* openBrowser(
  browsers: Browsers,
  { sessionId, signal }: Pick<ToolContext, "sessionId" | "signal">,
): AsyncGenerator<string, Browser, void> {
  const lines: string[] = [];
  let wake: (() => void) | null = null;
  const onProgress = (line: string) => {
    lines.push(`${line}\n`);
    wake?.();
  };
  let isOver = false;
  const opening = browsers.open(sessionId, { signal, onProgress }).finally(() => {
    isOver = true;
    wake?.();
  });
  // Awaited below; a failure meanwhile must not count as nobody's.
  opening.catch(() => undefined);
  while (!isOver) {
    if (lines.length > 0) yield lines.splice(0).join("");
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  const browser = await opening;
  if (lines.length > 0) yield lines.join("");
  return browser;
}
