// Before the first paint: the look that this device remembers, so that nothing flashes. After it: the
// app, whose address the build puts here (scripts/app-after-paint.ts).
try {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's look.
}

const { app } = document.currentScript.dataset;
if (app !== undefined) {
  const start = () => {
    const script = document.createElement("script");
    script.type = "module";
    script.crossOrigin = "";
    script.src = app;
    document.head.append(script);
  };
  // A page that nobody sees is not painted.
  if (document.hidden) start();
  else requestAnimationFrame(() => setTimeout(start));
}
