// Where Ollama answers, from what the person typed or OLLAMA_HOST, which is also the address the
// server listens on and may therefore be `0.0.0.0`, a bare port or a name without a scheme.

export const defaultOllamaUrl = "http://127.0.0.1:11434";

/** A base URL without a slash at its end. Unreadable input comes back as it is, to be named in the
 * error that follows. */
export function ollamaUrl(given: string | null | undefined): string {
  const text = given?.trim() ?? "";
  if (text === "") return defaultOllamaUrl;
  const hasScheme = text.includes("://");
  const full = hasScheme ? text : `http://${text.startsWith(":") ? `127.0.0.1${text}` : text}`;
  if (!URL.canParse(full)) return text;
  const url = new URL(full);
  if (url.hostname === "0.0.0.0" || url.hostname === "[::]") url.hostname = "127.0.0.1";
  if (url.port === "" && !hasScheme) url.port = "11434";
  return `${url.protocol}//${url.host}${url.pathname}`.replace(/\/+$/, "");
}
