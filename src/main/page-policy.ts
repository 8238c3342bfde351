// The headers of everything under app://aetheria/. The same strictness as the gateway's
// (host/gateway/security-headers.ts); the page reaches its host through a port, so it connects to
// nothing but its own files. No Cross-Origin-Opener-Policy: nothing opens this page or is opened by it,
// and the header alone would have Chromium start a second process for the window's first page.

export const pageOrigin = "app://aetheria";

export const pageHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    "default-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "worker-src 'self' blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
};

/** Whether an address is of our own page: no other host, user or port of the scheme counts. */
export function isOurPage(url: string): boolean {
  return url === pageOrigin || url.startsWith(`${pageOrigin}/`);
}
