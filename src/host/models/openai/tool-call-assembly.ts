// Puts tool calls together from the pieces of a Chat Completions stream. OpenAI sends an index with
// every piece and the id once; compatible servers leave out either, repeat the name, send every call
// as index 0, or send the arguments as an object. All of those come out as whole calls, in order.
import { randomUUID } from "node:crypto";
import type { ModelToolCall } from "../../../core/ports.ts";
import { field, numberField, textField } from "../loose-json.ts";

type OpenCall = {
  index: number | undefined;
  id: string;
  name: string;
  text: string;
  extra: unknown;
};

export interface ToolCallAssembly {
  add(piece: unknown): void;
  calls(): ModelToolCall[];
  /** What a provider wants back with a call (Gemini's thought signatures), by call id. */
  extras(): Record<string, unknown>;
}

export function createToolCallAssembly(): ToolCallAssembly {
  const open: OpenCall[] = [];
  const callFor = (index: number | undefined, id: string | undefined, hasName: boolean) => {
    const byId = id === undefined ? undefined : open.find((call) => call.id === id);
    if (byId) return byId;
    const last = index === undefined ? open.at(-1) : open.findLast((call) => call.index === index);
    const isNew = last === undefined || (id !== undefined && last.id !== "" && last.id !== id);
    const isNextWithoutIds =
      index === undefined && id === undefined && hasName && last?.text !== "";
    if (!isNew && !isNextWithoutIds) return last;
    const call: OpenCall = { index, id: "", name: "", text: "", extra: undefined };
    open.push(call);
    return call;
  };
  return {
    add(piece) {
      const id = textField(piece, "id") || undefined;
      const name = textField(piece, "function", "name") ?? "";
      const call = callFor(numberField(piece, "index"), id, name !== "");
      if (id !== undefined) call.id = id;
      if (call.name === "") call.name = name;
      call.text += argumentsIn(piece);
      call.extra = field(piece, "extra_content") ?? call.extra;
    },
    calls() {
      for (const call of open) call.id ||= `call_${randomUUID()}`;
      return open.map(({ id, name, text }) => ({ id, name, argumentsText: text || "{}" }));
    },
    extras() {
      const kept = open.filter((call) => call.extra !== undefined);
      return Object.fromEntries(kept.map((call) => [call.id, call.extra]));
    },
  };
}

function argumentsIn(piece: unknown): string {
  const given = field(piece, "function", "arguments");
  if (typeof given === "string") return given;
  return given === undefined || given === null ? "" : JSON.stringify(given);
}
