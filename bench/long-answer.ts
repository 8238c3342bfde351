// A long answer with prose, lists, code and tables, the same in every run.
import { seeded } from "./seeded.ts";

const words =
  "the system reads every region and writes what changed into a table so that nobody waits for numbers while growth of revenue stays clear in each quarter".split(
    " ",
  );

export function longAnswer(characters: number, seed: number): string {
  const random = seeded(seed);
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const sentence = (count: number) =>
    Array.from({ length: count }, () => {
      const word = pick(words) ?? "";
      const dice = random();
      if (dice < 0.03) return `**${word}**`;
      if (dice < 0.05) return `\`${word}()\``;
      return dice < 0.06 ? `[${word}](https://example.com/${word})` : word;
    }).join(" ");
  const makers = [
    () => `## ${sentence(4)}\n`,
    () => `${sentence(60)}.\n`,
    () => `${sentence(40)}:\n`,
    () => Array.from({ length: 5 }, () => `- ${sentence(12)}`).join("\n") + "\n",
    () => Array.from({ length: 4 }, (_, at) => `${at + 1}. ${sentence(9)}`).join("\n") + "\n",
    () =>
      "| Region | Q2 | Q3 | Note |\n| :-- | --: | --: | :-- |\n" +
      Array.from(
        { length: 12 },
        () =>
          `| ${pick(words)} | ${(random() * 10).toFixed(2)} | ${(random() * 10).toFixed(2)} | ${sentence(4)} |`,
      ).join("\n") +
      "\n",
    () =>
      "```ts\n" +
      Array.from(
        { length: 18 },
        (_, at) =>
          `export const ${pick(words)}${at} = load("${pick(words)}", ${at}); // ${sentence(3)}`,
      ).join("\n") +
      "\n```\n",
    () => `> ${sentence(25)}\n`,
  ];
  let text = "";
  for (let at = 0; text.length < characters; at += 1) {
    text += `${makers[at % makers.length]?.() ?? ""}\n`;
  }
  return text.slice(0, text.lastIndexOf("\n\n") + 1);
}
