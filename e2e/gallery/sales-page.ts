// A page as a browser would show it, drawn by hand: the gallery starts no second browser.
const rows = [
  ["EMEA", "4.10 M", "5.37 M", "+31 %"],
  ["Americas", "6.80 M", "7.72 M", "+13.5 %"],
  ["APAC", "3.22 M", "3.64 M", "+13 %"],
  ["LATAM", "1.05 M", "1.24 M", "+18 %"],
  ["Nordics", "0.88 M", "1.02 M", "+16 %"],
];

/** A JPEG of the page, at most that large; `step` changes what it shows. */
export async function salesPage(
  maxWidth: number,
  maxHeight: number,
  step = 0,
): Promise<Uint8Array<ArrayBuffer>> {
  const scale = Math.min(maxWidth / 1280, maxHeight / 800, 2);
  const canvas = new OffscreenCanvas(Math.round(1280 * scale), Math.round(800 * scale));
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("There is no canvas here.");
  pen.scale(scale, scale);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, 1280, 800);
  pen.fillStyle = "#14120f";
  pen.font = "700 38px 'Space Grotesk', sans-serif";
  pen.fillText(step === 0 ? "Revenue by region" : `Sales, part ${step}`, 80, 120);
  pen.strokeStyle = "#14120f";
  pen.lineWidth = 2;
  pen.strokeRect(80, 160, 480, 52);
  pen.strokeRect(584, 160, 140, 52);
  pen.font = "500 22px 'Space Grotesk', sans-serif";
  pen.fillText(step === 0 ? "Quarter 3" : "", 100, 194);
  pen.fillText("Search", 618, 194);
  rows.slice(step).forEach((row, line) => {
    const y = 290 + line * 64;
    row.forEach((text, column) => {
      pen.fillStyle = column === 3 ? "#0a7d55" : "#14120f";
      pen.fillText(text, 80 + column * 280, y);
    });
    pen.fillStyle = "#d9d9d9";
    pen.fillRect(80, y + 22, 1120, 2);
  });
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  return new Uint8Array(await blob.arrayBuffer());
}
