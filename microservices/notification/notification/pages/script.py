"""What a page does more where JavaScript runs: the place one is at, the time zone, and this browser as a channel."""

from __future__ import annotations

SCRIPT = """"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const zone = $("timezone");
  if (zone && (zone.value === "" || zone.value === "UTC") && document.querySelector("form#subscribe"))
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value;
  const here = $("here");
  if (here && navigator.geolocation) {
    here.hidden = false;
    here.addEventListener("click", () => navigator.geolocation.getCurrentPosition(({ coords }) => {
      $("coordinates").value = `${coords.latitude.toFixed(4)}, ${coords.longitude.toFixed(4)}`;
    }));
  }
  const form = $("subscribe"), key = form && form.dataset.pushKey;
  if (!key || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const push = $("push"), button = $("push-button");
  push.hidden = false;
  const bytes = Uint8Array.from(atob(key.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const worker = await navigator.serviceWorker.register("/subscribe/worker.js", { scope: "/subscribe" });
      await navigator.serviceWorker.ready.catch(() => worker);
      const got = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes });
      $("web_push").value = JSON.stringify(got);
      button.textContent = push.dataset.on;
    } catch {
      button.disabled = false;
    }
  });
})();
"""

# Shows what is pushed. Its words are the message's own; an address outside this site is never opened.
WORKER = """"use strict";
self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data.json(); } catch { told = { title: event.data ? event.data.text() : "" }; }
  event.waitUntil(self.registration.showNotification(told.title || told.subject || "", {
    body: told.body || told.text || "", lang: told.language, tag: told.thread, renotify: Boolean(told.thread),
    requireInteraction: told.severity === "Extreme" || told.severity === "Severe", data: { url: told.url },
  }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = event.notification.data && event.notification.data.url;
  if (url && new URL(url, self.location).origin === self.location.origin) event.waitUntil(self.clients.openWindow(url));
});
"""
