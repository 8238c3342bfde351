// The page the markdown bench drives: shows one answer at once, or from pieces that come over a
// channel and are shown once per frame, as the app does.
import { mount, unmount } from "svelte";
import "../../src/renderer/ui/ui.css";
import Page from "./Page.svelte";

const target = document.querySelector("#app");
const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
let page;

async function settled() {
  // Colours come from a worker: the page is done when no block waits for them and two frames passed.
  const isColoured = () =>
    [...target.querySelectorAll("figure code")].every((code) => code.childElementCount > 0);
  do await frame();
  while (!isColoured());
  await frame();
}

window.bench = {
  html: () => target.innerHTML.replace(/<!--.*?-->/g, ""),
  nodes: () => target.getElementsByTagName("*").length,
  empty() {
    if (page) void unmount(page);
    target.replaceChildren();
    page = mount(Page, { target });
    return frame().then(frame);
  },
  async atOnce(text) {
    page.show(text, false);
    await settled();
  },
  /** Every piece is a message of its own; a frame shows all that have come. */
  async fromChannel(pieces) {
    const { port1, port2 } = new MessageChannel();
    let text = "";
    let waiting = 0;
    await new Promise((resolve) => {
      port2.onmessage = ({ data }) => {
        text += data.piece;
        if (data.isLast) {
          cancelAnimationFrame(waiting);
          page.show(text, false);
          resolve();
        } else
          waiting ||= requestAnimationFrame(() => {
            waiting = 0;
            page.show(text, true);
          });
      };
      pieces.forEach((piece, at) => port1.postMessage({ piece, isLast: at === pieces.length - 1 }));
    });
    port2.close();
    await settled();
  },
  /** `perFrame` pieces in each frame; returns how long each frame's script and layout took. */
  async byFrames(pieces, perFrame) {
    let text = "";
    const times = [];
    for (let at = 0; at < pieces.length; at += perFrame) {
      await frame();
      const started = performance.now();
      text += pieces.slice(at, at + perFrame).join("");
      page.show(text, true);
      await Promise.resolve();
      void target.offsetHeight;
      times.push(performance.now() - started);
    }
    page.show(text, false);
    await settled();
    return times;
  },
};
