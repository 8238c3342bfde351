// Reads what a caller hands to fetch (address, URL or Request, with or without init) into one step.
import { AetheriaError } from "../../contract/errors.ts";
import type { Step } from "./redirect.ts";

export type Asked = {
  step: Step;
  signal: AbortSignal | null;
  redirect: "follow" | "manual" | "error";
};

type Body = NonNullable<RequestInit["body"]>;
type FetchArguments = Parameters<typeof globalThis.fetch>;

export async function readRequest(
  input: FetchArguments[0],
  init: FetchArguments[1],
): Promise<Asked> {
  const request = input instanceof Request ? input : null;
  const address = input instanceof Request ? input.url : String(input);
  if (!URL.canParse(address)) throw new AetheriaError("bad_input", "That is not a web address.");
  const headers = new Headers(init?.headers ?? request?.headers);
  const given = init?.body ?? request?.body ?? null;
  return {
    step: {
      url: new URL(address),
      method: (init?.method ?? request?.method ?? "GET").toUpperCase(),
      headers,
      body: await readBody(given, headers),
    },
    signal: init?.signal ?? request?.signal ?? null,
    redirect: init?.redirect ?? request?.redirect ?? "follow",
  };
}

/** Forms are encoded here: the connection's own package knows only its own kind of form. */
async function readBody(body: Body | null, headers: Headers): Promise<Step["body"]> {
  if (body === null || typeof body === "string") return body;
  if (body instanceof URLSearchParams || body instanceof Blob) return body;
  if (body instanceof ReadableStream) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body))
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  const encoded = new Response(body);
  const type = encoded.headers.get("content-type");
  if (type !== null && !headers.has("content-type")) headers.set("content-type", type);
  return new Uint8Array(await encoded.arrayBuffer());
}
