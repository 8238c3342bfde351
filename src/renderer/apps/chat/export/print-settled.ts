// When what is laid out stands still: code gets its colours, formulas and pictures their size a moment
// after they are drawn.

const quietMs = 250;
const mostMs = 10_000;

/** Resolves once nothing has changed below the root for a moment and its pictures are there. */
export async function printSettled(root: Element): Promise<void> {
  await document.fonts.ready;
  await quiet(root);
  const pictures = [...root.querySelectorAll("img")].map((picture) =>
    picture.decode().catch(() => undefined),
  );
  await Promise.all(pictures);
}

function quiet(root: Element): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      observer.disconnect();
      clearTimeout(most);
      clearTimeout(timer);
      resolve();
    };
    let timer = setTimeout(end, quietMs);
    const most = setTimeout(end, mostMs);
    const observer = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(end, quietMs);
    });
    observer.observe(root, {
      childList: true,
      subtree: true,
      characterData: true,
      attributes: true,
    });
  });
}
