// The door for the page: one handler per verb of contract/desktop.ts. Only our own pages are heard,
// only what fits the schema gets through, and what fails comes back as data.
import type { IpcMain, IpcMainInvokeEvent, WebContents } from "electron";
import {
  desktopVerbs,
  type DesktopVerb,
  type VerbInput,
  type VerbOutput,
} from "../contract/desktop.ts";
import { AetheriaError, type ErrorData } from "../contract/errors.ts";
import { isOurPage } from "./page-policy.ts";

export type VerbHandlers = {
  readonly [Name in DesktopVerb]: (
    input: VerbInput<Name>,
    page: WebContents,
  ) => Promise<VerbOutput<Name>> | VerbOutput<Name>;
};

export type VerbAnswer = { ok: true; output: unknown } | { ok: false; error: ErrorData };

export function answerVerbs(
  ipc: Pick<IpcMain, "handle">,
  handlers: VerbHandlers,
  log: (message: string, error?: unknown) => void,
): void {
  for (const name of Object.keys(desktopVerbs) as DesktopVerb[])
    ipc.handle(`aetheria:${name}`, (event, input: unknown) =>
      answer(name, input, event, handlers, log),
    );
}

async function answer<Name extends DesktopVerb>(
  name: Name,
  input: unknown,
  event: IpcMainInvokeEvent,
  handlers: VerbHandlers,
  log: (message: string, error?: unknown) => void,
): Promise<VerbAnswer> {
  try {
    if (!isFromOurPage(event)) throw refused();
    const parsed = desktopVerbs[name].input.safeParse(input);
    if (!parsed.success || !isPlain(input))
      throw new AetheriaError("bad_input", `That is no input for ${name}.`);
    return { ok: true, output: await handlers[name](parsed.data as VerbInput<Name>, event.sender) };
  } catch (error) {
    if (!(error instanceof AetheriaError)) log(`unexpected in ${name}`, error);
    return { ok: false, error: AetheriaError.toData(error) };
  }
}

/** Schemas take any object for one without fields: a date, a map. */
const isPlain = (input: unknown): boolean => Object.getPrototypeOf(input) === Object.prototype;

/** The top frame of one of our pages: no frame inside it, and nothing that came after it left. */
const isFromOurPage = ({ senderFrame }: IpcMainInvokeEvent): boolean =>
  senderFrame !== null && senderFrame.parent === null && isOurPage(senderFrame.url);

const refused = () => new AetheriaError("refused", "Only Aetheria's own page may ask for this.");
