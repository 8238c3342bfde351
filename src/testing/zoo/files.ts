// Files that come out of the zoo and go into it: small, with a hostile name, without end, slow.
import { pdfOf } from "./pdf.ts";
import { escape, sendHtml, type Answer, type Visit } from "./visit.ts";

const months = ["January", "February", "March", "April", "May", "June"];
export const reportCsv = [
  "month,orders,revenue",
  ...months.map((month, at) => `${month},${310 + at * 17},${(42_000 + at * 1_350.5).toFixed(2)}`),
  "",
].join("\n");

function attach({ response }: Visit, disposition: string, type: string, more: object = {}): void {
  response.writeHead(200, { "content-type": type, "content-disposition": disposition, ...more });
}

function sendReport(visit: Visit): void {
  attach(visit, 'attachment; filename="report.csv"', "text/csv; charset=utf-8");
  visit.response.end(reportCsv);
}

function sendHostile(visit: Visit): void {
  const name = "..%2F..%2F..%2Fetc%2Fcron.d%2Fboot%E2%80%AEfdp.exe";
  attach(visit, `attachment; filename*=UTF-8''${name}`, "application/octet-stream");
  visit.response.end("MZ this is no program");
}

/** As fast as it is read, until nobody reads it. */
function sendForEver(visit: Visit): void {
  attach(visit, 'attachment; filename="endless.bin"', "application/octet-stream");
  const piece = Buffer.alloc(256 * 1024, "x");
  const more = () => {
    while (!visit.response.destroyed && visit.response.write(piece));
  };
  visit.response.on("drain", more);
  more();
}

/** Its first half at once; the rest never comes. */
function sendSlow(visit: Visit): void {
  attach(visit, 'attachment; filename="slow.bin"', "application/octet-stream", {
    "content-length": 20_000,
  });
  visit.response.write(Buffer.alloc(10_000, "s"));
}

function sendPdf(visit: Visit): void {
  visit.response.writeHead(200, { "content-type": "application/pdf" });
  const pages = [
    ["Annual report of the harbour", "Ships that came in: 1,482", "Cargo in tonnes: 96,310"],
    ["Outlook", "The second crane is ordered for May."],
  ];
  visit.response.end(pdfOf(pages));
}

/** Says the name and the size of each file of a multipart form. */
function takeUpload(visit: Visit): void {
  const text = visit.body.toString("latin1");
  const boundary = /boundary=([^;]+)/.exec(visit.headers["content-type"] ?? "")?.[1] ?? "";
  const parts = boundary === "" ? [] : text.split(`--${boundary}`);
  const files = parts.flatMap((part) => {
    const [head = "", ...rest] = part.split("\r\n\r\n");
    const name = /filename="([^"]*)"/.exec(head)?.[1];
    return name === undefined ? [] : [{ name, size: rest.join("\r\n\r\n").length - 2 }];
  });
  const items = files.map(({ name, size }) => {
    const shown = escape(Buffer.from(name, "latin1").toString("utf8"));
    return `<li>${shown}: ${size} bytes</li>`;
  });
  sendHtml(visit, "Received", `<h1>Received</h1><ul>${items.join("")}</ul>`);
}

export const fileRoutes: Readonly<Record<string, Answer>> = {
  "/files/report.csv": sendReport,
  "/files/hostile": sendHostile,
  "/files/endless": sendForEver,
  "/files/slow": sendSlow,
  "/files/document.pdf": sendPdf,
  "POST /upload": takeUpload,
};
