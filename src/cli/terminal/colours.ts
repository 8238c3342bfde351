// Colours for one stream: only on a terminal, and never when NO_COLOR is set.
import type { Environment, OutStream } from "../io.ts";

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, mark: 7 } as const;
export type Colours = { readonly [Name in keyof typeof codes]: (text: string) => string };

export function coloursFor(stream: OutStream, env: Environment): Colours {
  const wanted = coloured(stream, env);
  const paint = (code: number) => (text: string) =>
    wanted && text !== "" ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    bold: paint(codes.bold),
    dim: paint(codes.dim),
    red: paint(codes.red),
    green: paint(codes.green),
    yellow: paint(codes.yellow),
    blue: paint(codes.blue),
    mark: paint(codes.mark),
  };
}

function coloured(stream: OutStream, env: Environment): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}
