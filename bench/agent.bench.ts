// Making an agent with 40 tools: it must cost nothing until it runs.
import { createAgent } from "../src/core/agent/run.ts";
import type { RunPorts } from "../src/core/agent/run-ports.ts";
import * as z from "zod";
import { defineTool } from "../src/host/tools/define-tool.ts";
import { quantile, report } from "./report.ts";

const tools = new Map(
  Array.from({ length: 40 }, (_, index) => {
    const tool = defineTool({
      name: `tool_${index}`,
      family: "bench",
      title: `Tool ${index}`,
      description: "A tool with an input of the usual size.",
      effect: "read",
      input: z.object({
        path: z.string(),
        from: z.optional(z.number()),
        to: z.optional(z.number()),
      }),
      plan: async () => ({
        summary: "",
        effect: "read",
        paths: [],
        hosts: [],
        sentence: "",
        fields: [],
      }),
      // eslint-disable-next-line require-yield
      async *run() {
        return { text: "", labels: [] };
      },
    });
    return [tool.description.name, tool] as const;
  }),
);
// The bench makes agents and never runs one: only the tools are looked at.
const ports = { tools } as unknown as RunPorts;

const batch = 1_000;
const microseconds: number[] = [];
for (let round = 0; round < 50; round++) {
  const startedAt = performance.now();
  for (let n = 0; n < batch; n++) createAgent(ports);
  microseconds.push(((performance.now() - startedAt) * 1000) / batch);
}
report({
  name: "agent-time",
  promise: "creating an agent with 40 tools",
  value: quantile(microseconds, 0.5),
  limit: 50,
  unit: "µs",
  yardstick: "–",
});

const kept: unknown[] = [];
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
for (let n = 0; n < batch; n++) kept.push(createAgent(ports));
globalThis.gc?.();
const bytes = (process.memoryUsage().heapUsed - before) / batch;
report({
  name: "agent-memory",
  promise: "memory of an agent with 40 tools",
  value: bytes / 1024,
  limit: 20,
  unit: "KiB",
  yardstick: `– (${kept.length} kept)`,
});
