// The service worker: keeps the app so that it opens without a net, takes in what other apps share, and
// shows push messages. It never keeps what came from a host or a server.
import { openShares } from "./shares.ts";

declare const self: ServiceWorkerGlobalScope & {
  __WB_MANIFEST: readonly { url: string; revision: string | null }[];
};

const files = self.__WB_MANIFEST;
/** Another build is another list, and another cache. */
const cacheName = `aetheria-app-${hashOf(JSON.stringify(files))}`;
/** Files of the app that carry a hash of what they hold. */
const lasting = /\/(?:assets|late)\/[^/]+-[\w-]{8,}\.\w+$/;
const known = new Set(files.map(({ url }) => new URL(url, self.registration.scope).pathname));

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  const scope = new URL(self.registration.scope).pathname;
  if (request.method === "POST" && url.pathname === `${scope}share`) {
    event.respondWith(takeShare(request, scope));
    return;
  }
  if (request.method !== "GET" || !url.pathname.startsWith(scope)) return;
  if (request.mode === "navigate") event.respondWith(appPage(request, scope));
  else if (known.has(url.pathname)) event.respondWith(keptOr(request));
  else if (lasting.test(url.pathname)) event.respondWith(keptFromNowOn(request));
});

async function keepAll(): Promise<void> {
  const cache = await caches.open(cacheName);
  // The list names some twice, which a cache refuses. What carries a hash in its name may come from the
  // browser's own cache.
  const each = new Map(files.map((file) => [file.url, file]));
  const requests = [...each.values()].map(
    ({ url, revision }) => new Request(url, revision === null ? {} : { cache: "reload" }),
  );
  await cache.addAll(requests);
  await self.skipWaiting();
}

async function forgetOlder(): Promise<void> {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("aetheria-app-") && name !== cacheName);
  await Promise.all(older.map((name) => caches.delete(name)));
}

/** From the cache at once: a phone on a slow net opens as quickly as one without. */
async function appPage(request: Request, scope: string): Promise<Response> {
  const kept = await caches.match(`${scope}index.html`, { cacheName });
  return kept ?? fetch(request);
}

async function keptOr(request: Request): Promise<Response> {
  const kept = await caches.match(request, { cacheName, ignoreSearch: true });
  return kept ?? fetch(request);
}

async function keptFromNowOn(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

/** Kept until the page asks for it, which is where the person says to which session it goes. */
async function takeShare(request: Request, scope: string): Promise<Response> {
  const form = await request.formData();
  const text = ["title", "text", "url"]
    .map((name) => form.get(name))
    .filter((part): part is string => typeof part === "string" && part !== "");
  const shared = form.getAll("files").filter((part): part is File => part instanceof File);
  const shares = await openShares();
  await shares.put({ text: [...new Set(text)].join("\n"), files: shared });
  return Response.redirect(`${scope}#chat`, 303);
}

self.addEventListener("push", (event) => {
  event.waitUntil(showPush(event.data));
});

/** Sealed: without the key, which only the page has, the person learns that something waits. */
async function showPush(data: PushMessageData | null): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window" });
  if (windows.some((one) => one.visibilityState === "visible")) return;
  const told = readPush(data);
  await self.registration.showNotification(told.title, {
    body: told.body,
    tag: told.tag,
    icon: "./icons/icon-256.png",
    badge: "./icons/icon-256.png",
    data: { address: told.address },
  });
}

/** The host's PushMessage, opened by the browser. What is no such message says that something waits. */
function readPush(data: PushMessageData | null) {
  const { kind, sessionId, title } = messageOf(data);
  const isGerman = self.navigator.language.startsWith("de");
  const said = isGerman
    ? {
        ...{ question: "wartet auf deine Antwort.", ended: "ist fertig." },
        other: "Dein Rechner hat etwas für dich.",
      }
    : {
        ...{ question: "waits for your answer.", ended: "is done." },
        other: "Your desktop has something for you.",
      };
  const isKnown = kind === "question" || kind === "ended";
  return {
    title: isKnown && title !== "" ? title : "Aetheria",
    body: isKnown ? said[kind] : said.other,
    tag: sessionId === "" ? "aetheria" : sessionId,
    address: sessionId === "" ? "#chat" : `#chat/${encodeURIComponent(sessionId)}`,
  };
}

function messageOf(data: PushMessageData | null) {
  const read = (name: string): string => {
    const value: unknown = typeof said === "object" && said !== null && Reflect.get(said, name);
    return typeof value === "string" ? value : "";
  };
  let said: unknown = null;
  try {
    said = data?.json();
  } catch {
    // Another version's.
  }
  return { kind: read("kind"), sessionId: read("sessionId"), title: read("title") };
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const data: unknown = event.notification.data;
  const address =
    typeof data === "object" && data !== null && "address" in data ? String(data.address) : "#chat";
  event.waitUntil(openAt(address));
});

async function openAt(address: string): Promise<void> {
  const url = new URL(address, self.registration.scope).href;
  const [open] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!open) {
    await self.clients.openWindow(url);
    return;
  }
  await open.focus();
  open.postMessage({ type: "go", address });
}

function hashOf(text: string): string {
  let hash = 0;
  for (const sign of text) hash = (Math.imul(hash, 31) + (sign.codePointAt(0) ?? 0)) | 0;
  return (hash >>> 0).toString(36);
}
