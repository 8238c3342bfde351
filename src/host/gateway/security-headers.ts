// The headers of everything the gateway serves: only our own files run, nobody frames the page, and
// no address leaks. There is no `unsafe-inline` or `unsafe-eval` in it; a page that needs one is wrong.

/** `companion`: it also speaks to a Supabase project, whose address only the person knows, and makes a
 * key of a passphrase in WebAssembly. */
export type ServedPage = "page" | "companion";

export function securityHeaders(host: string, served: ServedPage = "page"): Record<string, string> {
  // Some browsers do not count WebSockets to the same host as 'self'.
  const here = `'self' ws://${host} wss://${host}`;
  const policy = [
    "default-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "worker-src 'self' blob:",
    ...(served === "page"
      ? [`connect-src ${here}`]
      : [
          `connect-src ${here} https: wss: ${onThisMachine}`,
          "script-src 'self' 'wasm-unsafe-eval'",
        ]),
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
  };
}

/** `npx supabase start` answers without TLS on loopback. */
const onThisMachine = ["http", "ws"]
  .flatMap((scheme) => [`${scheme}://localhost:*`, `${scheme}://127.0.0.1:*`])
  .join(" ");
