// Runs before the first paint, so that a dark room never sees a white flash.
// A file of its own, because the content security policy allows no inline script.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("muster.theme");
  } catch {
    // Storage may be blocked; the system's theme then decides.
  }
  var dark =
    chosen === "dark" ||
    (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
