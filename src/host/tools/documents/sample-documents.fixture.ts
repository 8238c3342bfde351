// For tests: small real documents, written byte by byte.
import { crc32, deflateRawSync, deflateSync } from "node:zlib";

/** One page per text. */
export function pdfBytes(pages: string[], extra = ""): Buffer {
  const kids = pages.map((_, i) => `${4 + i * 2} 0 R`).join(" ");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...pages.flatMap((text, i) => {
      const stream = text === "" ? "" : `BT /F1 24 Tf 72 700 Td (${text}) Tj ET`;
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + i * 2} 0 R >>`,
        `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
      ];
    }),
  ];
  let body = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const offset = body.length;
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${rows}`;
  const end = `trailer\n<< /Size ${size} /Root 1 0 R ${extra} >>\nstartxref\n${body.length}\n%%EOF`;
  return Buffer.from(body + table + end, "latin1");
}

/** What a reader needs to believe that it is locked. */
export function lockedPdfBytes(): Buffer {
  const key = "00".repeat(32);
  const lock = `/Encrypt << /Filter /Standard /V 1 /R 2 /O <${key}> /U <${key}> /P -4 >> /ID [<00> <00>]`;
  return pdfBytes(["Secret"], lock);
}

type ZipOptions = { locked?: boolean; declaredSize?: number };

export function zipBytes(
  files: Record<string, string | Uint8Array>,
  options: ZipOptions = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(options.locked ? 1 : 0, 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(options.declaredSize ?? data.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    parts.push(Buffer.from("504b0304", "hex"), fields, Buffer.from(name), packed);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("504b01021400", "hex"), fields, rest, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + packed.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(files).length, 4);
  end.writeUInt16LE(Object.keys(files).length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from("504b0506", "hex"), end]);
}

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const openXml = "http://schemas.openxmlformats.org";

/** A heading, bold text, a list and a table. */
export function docxBytes(body = docxBody, options: ZipOptions = {}): Buffer {
  const word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
  return zipBytes(
    {
      "[Content_Types].xml": `${xml}<Types xmlns="${openXml}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${word}"/></Types>`,
      "_rels/.rels": relations(["officeDocument", "word/document.xml"]),
      "word/document.xml": `${xml}<w:document xmlns:w="${openXml}/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
    },
    options,
  );
}

const run = (text: string, style = "") =>
  `<w:r>${style}<w:t xml:space="preserve">${text}</w:t></w:r>`;
const cell = (text: string) => `<w:tc><w:p>${run(text)}</w:p></w:tc>`;
const docxBody =
  `<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>${run("Plan")}</w:p>` +
  `<w:p>${run("Buy ")}${run("bread", "<w:rPr><w:b/></w:rPr>")}</w:p>` +
  `<w:tbl><w:tr>${cell("name")}${cell("amount")}</w:tr><w:tr>${cell("a|b")}${cell("3")}</w:tr></w:tbl>`;

function relations(...targets: [type: string, target: string][]): string {
  const rows = targets.map(
    ([type, target], i) =>
      `<Relationship Id="rId${i + 1}" Type="${openXml}/officeDocument/2006/relationships/${type}" Target="${target}"/>`,
  );
  return `${xml}<Relationships xmlns="${openXml}/package/2006/relationships">${rows.join("")}</Relationships>`;
}

type Cell = string | number;

export function xlsxBytes(sheets: Record<string, Cell[][]> = { Stock: stock }): Buffer {
  const names = Object.keys(sheets);
  const main = `${openXml}/spreadsheetml/2006/main`;
  const sheetTags = names.map(
    (name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`,
  );
  const files: Record<string, string> = {
    "_rels/.rels": relations(["officeDocument", "xl/workbook.xml"]),
    "xl/workbook.xml": `${xml}<workbook xmlns="${main}" xmlns:r="${openXml}/officeDocument/2006/relationships"><sheets>${sheetTags.join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relations(
      ...names.map((_, i): [string, string] => ["worksheet", `worksheets/sheet${i + 1}.xml`]),
    ),
  };
  Object.values(sheets).forEach((rows, i) => {
    const data = rows.map(
      (row, r) =>
        `<row r="${r + 1}">${row.map((value, c) => xlsxCell(value, r, c)).join("")}</row>`,
    );
    files[`xl/worksheets/sheet${i + 1}.xml`] =
      `${xml}<worksheet xmlns="${main}"><sheetData>${data.join("")}</sheetData></worksheet>`;
  });
  return zipBytes(files);
}

const stock: Cell[][] = [
  ["name", "amount"],
  ["Apples", 3],
  ["Pears, ripe", 4.5],
];

function xlsxCell(value: Cell, row: number, column: number): string {
  const at = `${String.fromCharCode(65 + column)}${row + 1}`;
  if (typeof value === "number") return `<c r="${at}"><v>${value}</v></c>`;
  return `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`;
}

/** A single dark pixel. */
export function pngBytes(): Buffer {
  const header = Buffer.from("00000001000000010800000000", "hex");
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    pngChunk("IHDR", header),
    pngChunk("IDAT", deflateSync(Buffer.from([0, 0]))),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  const check = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
