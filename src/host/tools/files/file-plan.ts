// What a files call will touch, for the policy and for the approval card.
import type { Effect } from "../../../contract/tool.ts";
import type { CallPlan } from "../../../core/ports.ts";

type Words = {
  effect: Effect;
  summary: string;
  sentence: string;
  /** Absolute real paths. */
  paths: string[];
  fields?: Record<string, string | undefined>;
  diff?: string;
};

export function filePlan({ effect, summary, sentence, paths, fields = {}, diff }: Words): CallPlan {
  return {
    summary,
    effect,
    paths,
    hosts: [],
    sentence,
    fields: Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value }],
    ),
    ...(diff === undefined ? {} : { diff }),
  };
}
