// Before the first paint: the look that this device remembers, so that nothing flashes. After it: the
// app, whose files the build names here (scripts/app-after-paint.ts).
try {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's look.
}

const { app } = document.currentScript.dataset;
if (app !== undefined) {
  const [entry, ...parts] = app.split(" ");
  const add = (tag, attributes) =>
    document.head.append(Object.assign(document.createElement(tag), attributes));
  const fetchFiles = (files) => {
    for (const href of files) add("link", { rel: "modulepreload", crossOrigin: "", href });
  };
  let isStarted = false;
  const start = () => {
    if (isStarted) return;
    isStarted = true;
    fetchFiles(parts);
    add("script", { type: "module", crossOrigin: "", src: entry });
  };
  // A network takes its time, which the first paint can use; from the desktop's own disk the files are
  // there at once, and reading and compiling them would hold up the paint.
  if (location.protocol !== "app:") fetchFiles([entry, ...parts]);
  // A page that nobody sees is not painted.
  if (document.hidden) start();
  else {
    new PerformanceObserver(start).observe({ type: "paint", buffered: true });
    document.addEventListener("visibilitychange", start, { once: true });
  }
}
