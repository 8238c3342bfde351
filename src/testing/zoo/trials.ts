// What goes wrong on the web: pages too big, without end, in a circle, or that never come.
import { sendData, sendHtml, type Answer, type Visit } from "./visit.ts";

/** 100 MB of paragraphs, as fast as they are read. */
function sendHuge({ response }: Visit): void {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.write("<!doctype html><title>A long page</title><h1>A long page</h1>");
  const line = `<p>${"All work and no play makes a long page. ".repeat(25)}</p>\n`;
  const piece = Buffer.from(line.repeat(100));
  let left = Math.ceil(100_000_000 / piece.length);
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(piece)) return;
    }
    if (left === 0) response.end("<button>The end</button>");
  };
  response.on("drain", more);
  more();
}

/** 50,000 elements in the document as it comes. */
function sendNodes(visit: Visit): void {
  const row = (at: number) =>
    `<li><div><span>Row ${at}</span> <a href="/nodes?row=${at}">Open ${at}</a></div></li>`;
  const rows = Array.from({ length: 12_500 }, (_, at) => row(at + 1));
  sendHtml(visit, "50,000 nodes", `<h1>50,000 nodes</h1><ul>${rows.join("")}</ul>`);
}

function sendItems(visit: Visit): void {
  const page = Number(visit.url.searchParams.get("page") ?? "1");
  const items = Array.from({ length: 20 }, (_, at) => {
    const number = (page - 1) * 20 + at + 1;
    return { number, title: number === 67 ? "The lighthouse keeper" : `Story number ${number}` };
  });
  sendData(visit, { items, more: page < 10 });
}

/** Its head comes, its end never does. */
function sendHalf({ response }: Visit): void {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.write("<!doctype html><title>Half a page</title><h1>Half a page</h1><p>There is more");
}

const bounce =
  (to: string): Answer =>
  ({ response }) => {
    response.writeHead(302, { location: to });
    response.end();
  };

export const trialRoutes: Readonly<Record<string, Answer>> = {
  "/huge": sendHuge,
  "/nodes": sendNodes,
  "/scroll/items": sendItems,
  /** Not a byte. */
  "/never": () => undefined,
  "/half": sendHalf,
  "/loop": bounce("/loop/a"),
  "/loop/a": bounce("/loop/b"),
  "/loop/b": bounce("/loop/a"),
  "/to-private": bounce("http://169.254.169.254/latest/meta-data/"),
  "/to-file": bounce("file:///etc/passwd"),
  "/error": ({ response }) => {
    response.writeHead(500, { "content-type": "text/html" });
    response.end("<!doctype html><title>Broken</title><h1>Something broke</h1>");
  },
};
