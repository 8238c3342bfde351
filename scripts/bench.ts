// `npm run bench [name] [--table]`: runs bench/*.bench.ts one at a time, each in a fresh Node,
// collects what they promise and measured, and shows it as a table.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { z } from "zod";
import { projectEnv } from "./steps.ts";

const benchResult = z.object({
  name: z.string(),
  promise: z.string(),
  value: z.number(),
  limit: z.number(),
  unit: z.string(),
  yardstick: z.string(),
  ok: z.boolean(),
});
type BenchResult = z.infer<typeof benchResult>;

const resultsFile = "bench/results.json";
const tableFile = "docs/performance.md";
const tableStart = "<!-- table: npm run bench -- --table -->";
const tableEnd = "<!-- end of table -->";

export async function main(args: string[]): Promise<number> {
  const name = args.find((arg) => !arg.startsWith("--"));
  const files = readdirSync("bench").filter((file) => file.endsWith(".bench.ts"));
  const chosen = files.filter((file) => !name || file.startsWith(name)).sort();
  if (chosen.length === 0) {
    console.error(`No bench is named "${name ?? ""}". There are: ${files.join(", ")}.`);
    return 2;
  }
  const outcomes = chosen.map(runBench);
  const results = keepOthers(outcomes.flatMap((outcome) => outcome.results));
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\n${asTable(results)}`);
  if (args.includes("--table")) await writeTable(asTable(results));
  return outcomes.every((outcome) => outcome.isOk) ? 0 : 1;
}

function runBench(file: string): { isOk: boolean; results: BenchResult[] } {
  console.log(`bench: ${file}`);
  const run = spawnSync(process.execPath, ["--expose-gc", `bench/${file}`], {
    env: projectEnv(),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.stdout.write(run.stdout);
  const results = run.stdout.split("\n").flatMap(parseLine);
  const isDone = run.status === 0 && results.length > 0;
  if (!isDone)
    console.error(`bench: ${file} ended with ${run.status} and ${results.length} results`);
  return { isOk: isDone && results.every((result) => result.ok), results };
}

function parseLine(line: string): BenchResult[] {
  return line.startsWith("{") ? [benchResult.parse(JSON.parse(line))] : [];
}

/** Results of benches that did not run this time stay, so one bench can be repeated alone. */
function keepOthers(fresh: BenchResult[]): BenchResult[] {
  const known = existsSync(resultsFile)
    ? z.array(benchResult).parse(JSON.parse(readFileSync(resultsFile, "utf8")))
    : [];
  const names = new Set(fresh.map((result) => result.name));
  return [...known.filter((result) => !names.has(result.name)), ...fresh];
}

function asTable(results: BenchResult[]): string {
  const rows = results.map(({ promise, value, limit, unit, yardstick, ok }) => {
    const measured = `${Number(value.toPrecision(4))} ${unit}`;
    return `| ${promise} | ${yardstick} | ${measured} | ${limit} ${unit} | ${ok ? "yes" : "**no**"} |`;
  });
  return [
    "| promise | yardstick in the same run | measured | at most | kept |",
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

async function writeTable(table: string): Promise<void> {
  const section = `${tableStart}\n\n${table}\n\n${tableEnd}`;
  const text = existsSync(tableFile) ? readFileSync(tableFile, "utf8") : "# Performance\n";
  const from = text.indexOf(tableStart);
  const to = text.indexOf(tableEnd);
  const next =
    from >= 0 && to > from
      ? text.slice(0, from) + section + text.slice(to + tableEnd.length)
      : `${text.trimEnd()}\n\n${section}\n`;
  mkdirSync("docs", { recursive: true });
  const style = await resolveConfig(tableFile);
  writeFileSync(tableFile, await format(next, { ...style, filepath: tableFile }));
  console.log(`bench: wrote the table in ${tableFile}`);
}
