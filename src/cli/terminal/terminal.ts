// How a command speaks: results on stdout, everything about getting there on stderr. In JSON mode
// stdout carries one JSON value per line and stderr stays for errors.
import { once } from "node:events";
import type { Io, OutStream } from "../io.ts";
import { coloursFor, type Colours } from "./colours.ts";
import { printable } from "./printable.ts";

export interface Terminal {
  readonly out: Colours;
  readonly err: Colours;
  /** Width of stdout in characters. */
  readonly width: number;
  /** A piece of the result, as it is; on a terminal without what could trick it. */
  write(text: string): void;
  /** A line of the result. */
  print(line: string): void;
  /** A line about the work, on stderr; not in JSON mode. */
  note(line: string): void;
  /** A line on stderr in every mode: errors, questions. */
  tell(line: string): void;
  /** One JSON value on stdout. */
  json(value: unknown): void;
  /** Resolves when everything written has left. */
  flushed(): Promise<void>;
}

export function createTerminal(io: Io, json: boolean): Terminal {
  const out = coloursFor(io.stdout, io.env);
  const err = coloursFor(io.stderr, io.env);
  const safe = (text: string) => (io.stdout.isTTY ? printable(text) : text);
  const tell = (line: string) => void io.stderr.write(`${line}\n`);
  return {
    out,
    err,
    width: Math.max(40, io.stdout.columns ?? 100),
    write: (text) => void io.stdout.write(safe(text)),
    print: (line) => void io.stdout.write(`${line}\n`),
    note: (line) => (json ? undefined : tell(line)),
    tell,
    json: (value) => void io.stdout.write(`${JSON.stringify(value)}\n`),
    flushed: async () => {
      await drained(io.stdout);
      await drained(io.stderr);
    },
  };
}

async function drained(stream: OutStream): Promise<void> {
  if (stream.writableNeedDrain && !stream.destroyed) await once(stream, "drain");
}
