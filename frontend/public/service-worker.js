// Keeps the application itself for when there is no connection: the page and its hashed files. Answers of the API are
// never kept here; what was read is in the page's memory and edits wait in its queue.
const SHELL = "muster-shell-v1";
const ASSETS = "muster-assets-v1";
const MOST_ASSETS = 200;
const NOT_PAGES = ["/api", "/problems", "/.well-known", "/healthz", "/readyz", "/metrics"];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((shell) => shell.addAll(["/", "/theme.js", "/muster.svg", "/manifest.webmanifest"]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== SHELL && name !== ASSETS).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

/** The newest from the server; the kept one when nobody answers. Only whole, good answers are kept. */
async function newest(request, key) {
  const shell = await caches.open(SHELL);
  try {
    const answer = await fetch(request);
    if (answer.ok) await shell.put(key, answer.clone());
    return answer;
  } catch (error) {
    const kept = await shell.match(key);
    if (kept) return kept;
    throw error;
  }
}

/** A file whose name holds its digest never changes. */
async function unchanging(request) {
  const assets = await caches.open(ASSETS);
  const kept = await assets.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    await assets.put(request, answer.clone());
    const names = await assets.keys();
    await Promise.all(names.slice(0, Math.max(0, names.length - MOST_ASSETS)).map((name) => assets.delete(name)));
  }
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (NOT_PAGES.some((path) => url.pathname.startsWith(path))) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(unchanging(request));
  else if (request.mode === "navigate") event.respondWith(newest(request, "/"));
  else if (["/theme.js", "/muster.svg", "/manifest.webmanifest"].includes(url.pathname)) event.respondWith(newest(request, url.pathname));
});
