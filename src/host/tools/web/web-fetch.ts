// web_fetch: one public page as clean text. What it brings is untrusted; the address it sends leaves
// this machine, and the plan says so.
import { basename } from "node:path";
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { SessionId } from "../../../contract/ids.ts";
import { isLoopbackHost } from "../../../core/permission/hosts.ts";
import type { CallPlan, ReadableAttachment, Tool, ToolResult } from "../../../core/ports.ts";
import { defineTool } from "../define-tool.ts";
import { readCapped, type CappedBody } from "./capped-body.ts";
import { decodeBytes } from "./charset.ts";
import { openAddress, parseAddress, type Fetch } from "./open-address.ts";
import { pagePart } from "./page-part.ts";
import { readPage } from "./read-page.ts";
import { connectionProblem, tooSlow } from "./web-problem.ts";

/** Reads PDF, Word, Excel and the like; never throws. */
export type ReadDocument = (
  bytes: Uint8Array,
  name: string,
  mime: string,
  maxChars: number,
) => Promise<ReadableAttachment>;

export type WebToolsSetup = {
  /** The egress room's fetch for this session. */
  fetch(sessionId: SessionId): Fetch;
  readDocument: ReadDocument;
  limits?: { timeoutMs?: number; maxBytes?: number };
};

const defaultLimits = { timeoutMs: 30_000, maxBytes: 10_000_000 };
const maxDocumentChars = 5_000_000;

const input = z.object({
  url: z.string().min(1).max(8_000).describe("Address of the page, http or https"),
  max_chars: z.int().min(100).max(200_000).default(20_000).describe("Most characters to return"),
  start: z.int().min(0).max(1e9).default(0).describe("Character to start at, to read on"),
});

export function webFetchTool(setup: WebToolsSetup): Tool {
  return defineTool({
    name: "web_fetch",
    family: "web",
    title: "Read a web page",
    description:
      "Reads one public web page, text file, JSON or PDF and returns it as Markdown with its links. " +
      "No sign-in, no scripts, no searching. Long pages come in parts.",
    effect: "read",
    input,
    plan: ({ url }) => planFor(parseAddress(url)),
    async run({ url, max_chars, start }, context) {
      const fetch = setup.fetch(context.sessionId);
      const page = await load(parseAddress(url), fetch, setup, context.signal);
      if (typeof page === "string") return { text: page, labels: ["untrusted"] };
      return resultOf(page, { start, maxChars: max_chars });
    },
  });
}

function planFor(url: URL): CallPlan {
  const host = url.host.replace(/\.(?=$|:)/, "");
  const sent = new URL(url);
  sent.hash = "";
  const address = { name: "address", value: sent.href };
  return {
    summary: `read ${host}${url.pathname === "/" ? "" : url.pathname}`,
    effect: "read",
    paths: [],
    hosts: [host],
    ...(isLoopbackHost(host) ? {} : { leaving: { to: host, what: [address] } }),
    sentence: `Read the page at ${host}.`,
    fields: [address],
  };
}

type Page = {
  url: string;
  title: string;
  canonicalUrl: string | null;
  text: string;
  isWhole: boolean;
};

function resultOf(page: Page, part: { start: number; maxChars: number }): ToolResult {
  return {
    text: pagePart(page, part),
    view: { kind: "page", url: page.url, title: page.title || page.url },
    labels: ["untrusted"],
  };
}

/** A page, or a sentence that says where it moved. */
async function load(
  url: URL,
  fetch: Fetch,
  setup: WebToolsSetup,
  stop: AbortSignal,
): Promise<Page | string> {
  const { timeoutMs, maxBytes } = { ...defaultLimits, ...setup.limits };
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(), timeoutMs);
  const signal = AbortSignal.any([stop, slow.signal]);
  try {
    const opened = await openAddress(fetch, url, signal);
    if ("movedTo" in opened)
      return `${url.host} sends readers on to another host: ${opened.movedTo.href}\nTo read it, call web_fetch with that address.`;
    const body = await readCapped(opened.response, maxBytes);
    return await readBody(opened.url, opened.response, body, setup, signal);
  } catch (error) {
    stop.throwIfAborted();
    throw slow.signal.aborted ? tooSlow(url.host, error) : connectionProblem(url.host, error);
  } finally {
    clearTimeout(timer);
  }
}

async function readBody(
  url: URL,
  response: Response,
  body: CappedBody,
  setup: WebToolsSetup,
  signal: AbortSignal,
): Promise<Page> {
  const type = response.headers.get("content-type") ?? "";
  const kind = kindOf(type, body.bytes);
  const page = { url: url.href, title: "", canonicalUrl: null, isWhole: body.isWhole };
  if (kind === "text") return { ...page, text: decodeBytes(body.bytes, type) };
  if (kind === "html") {
    const { markdown, ...about } = await readPage(decodeBytes(body.bytes, type), url.href, signal);
    return { ...page, ...about, text: markdown };
  }
  if (!body.isWhole)
    throw new AetheriaError("too_large", `The file at ${url.host} is larger than 10 MB.`, {
      hint: "Download it into the workspace and read it there.",
    });
  const name = fileName(url);
  const mime = type.split(";")[0]?.trim() ?? "";
  const document = await setup.readDocument(body.bytes, name, mime, maxDocumentChars);
  if (document.kind === "text") return { ...page, title: name, text: document.text };
  const why = document.kind === "none" ? document.why : `${name} is a picture, which has no text.`;
  throw new AetheriaError("bad_input", why);
}

const textTypes =
  /^(text\/|application\/([\w.-]+\+)?(json|xml|yaml|x-yaml|toml|javascript|ecmascript|x-ndjson|jsonl?|sql|x-sh)\b)/i;

function kindOf(type: string, bytes: Uint8Array): "html" | "text" | "document" {
  if (/^(text\/html|application\/xhtml\+xml)\b/i.test(type)) return "html";
  if (textTypes.test(type)) return "text";
  if (type !== "" && !/^application\/octet-stream\b/i.test(type)) return "document";
  const head = new TextDecoder("windows-1252").decode(bytes.subarray(0, 1024));
  if (/^\s*(<!doctype html|<html)/i.test(head)) return "html";
  return /^%PDF-|\u0000/.test(head) ? "document" : "text";
}

function fileName(url: URL): string {
  const last = basename(url.pathname);
  try {
    return decodeURIComponent(last) || url.hostname;
  } catch (_malformed) {
    return last;
  }
}
