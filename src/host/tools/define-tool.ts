// Makes a Tool of core/ports.ts from one readable definition: names, a zod schema, plan and run.
// Owns parsing and the JSON Schema (made once, when first asked for); refuses to throw on bad input.
import * as z from "zod";
import { AetheriaError } from "../../contract/errors.ts";
import type { Effect, FileEffect, ToolDescription } from "../../contract/tool.ts";
import type { CallPlan, Tool, ToolContext, ToolResult } from "../../core/ports.ts";
import { parseInput } from "./parse-input.ts";

export type ToolDefinition<Input extends z.ZodObject> = {
  name: string;
  family: string;
  /** One short line for people. */
  title: string;
  /** For the model: what it does, when to use it, what it will not do. */
  description: string;
  effect: Effect;
  input: Input;
  /** Looks, never touches. */
  plan(input: z.output<Input>, context: ToolContext): CallPlan | Promise<CallPlan>;
  /** Where files change: what will change, with the content as it is now kept. */
  foresee?(input: z.output<Input>, context: ToolContext): Promise<FileEffect[]>;
  /** A generator when there is output on the way, a plain async function when there is not. */
  run(
    input: z.output<Input>,
    context: ToolContext,
  ): AsyncGenerator<string, ToolResult, void> | Promise<ToolResult>;
};

export function defineTool<Input extends z.ZodObject>(definition: ToolDefinition<Input>): Tool {
  const input = (value: unknown): z.output<Input> => {
    const parsed = parseInput(definition.input, value);
    if (!parsed.ok) throw new AetheriaError("bad_input", parsed.problem);
    return parsed.input;
  };
  const { foresee } = definition;
  return {
    description: describe(definition),
    parse: (value) => parseInput(definition.input, value),
    plan: async (value, context) => definition.plan(input(value), context),
    ...(foresee ? { foresee: async (value, context) => foresee(input(value), context) } : {}),
    async *run(value, context) {
      const running = definition.run(input(value), context);
      return Symbol.asyncIterator in running ? yield* running : await running;
    },
  };
}

function describe<Input extends z.ZodObject>(definition: ToolDefinition<Input>): ToolDescription {
  const { name, family, title, description, effect } = definition;
  let schema: Record<string, unknown> | undefined;
  return {
    name,
    family,
    title,
    description,
    effect,
    get inputSchema() {
      schema ??= inputSchemaOf(definition.input);
      return schema;
    },
  };
}

/** `$schema` is left out: it costs tokens in every request and tells a model nothing. */
function inputSchemaOf(input: z.ZodObject): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(input, { io: "input" });
  return schema;
}
