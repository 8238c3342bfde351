// How many tokens an Ollama model is asked to keep in mind. Ollama starts models with a small window
// and cuts longer prompts without a word, so the window is always set, and what is set is what is
// reported.

export type Window = {
  /** null: left to Ollama (models that run elsewhere). */
  numCtx: number | null;
  contextTokens: number | null;
};

const gib = 1024 ** 3;

/** What memory affords: the cache of an 8B model takes about 1 GiB for 8k tokens. */
export function affordableTokens(memoryBytes: number): number {
  if (memoryBytes < 7 * gib) return 8_192;
  if (memoryBytes < 15 * gib) return 16_384;
  return 32_768;
}

/** `chosen` is the `num_ctx` of the person's own Modelfile: theirs to decide. */
export function windowFor(
  model: { maxTokens: number | undefined; chosen: number | undefined; remote: boolean },
  memoryBytes: number,
): Window {
  const { maxTokens, chosen, remote } = model;
  if (remote) return { numCtx: null, contextTokens: maxTokens ?? null };
  const wanted = chosen ?? affordableTokens(memoryBytes);
  const numCtx = Math.min(wanted, maxTokens ?? wanted);
  return { numCtx, contextTokens: numCtx };
}

/** `num_ctx  16384` in the parameters of /api/show. */
export function chosenWindow(parameters: string | undefined): number | undefined {
  const found = /^\s*num_ctx\s+(\d+)\s*$/m.exec(parameters ?? "");
  return found?.[1] === undefined ? undefined : Number(found[1]);
}
