// Puts the TeX of a formula on the clipboard, where a plain copy would give its drawing twice over.

/** Handles `copy` inside a text; leaves a selection without maths to the browser. */
export function copyWithMath(event: ClipboardEvent): void {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !event.clipboardData) return;
  const copied = document.createElement("div");
  for (let at = 0; at < selection.rangeCount; at += 1) {
    copied.append(selection.getRangeAt(at).cloneContents());
  }
  const formulas = copied.querySelectorAll(".math");
  if (formulas.length === 0) return;
  for (const formula of formulas) {
    const tex = formula.querySelector("annotation")?.textContent;
    if (tex == null) continue;
    formula.textContent = formula.classList.contains("math-display") ? `$$${tex}$$` : `$${tex}$`;
  }
  event.clipboardData.setData("text/plain", textOf(copied));
  event.preventDefault();
}

function textOf(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? "";
  const inner = [...node.childNodes].map(textOf).join("");
  const isBlock =
    node instanceof Element && /^(?:P|LI|H\d|TR|PRE|BLOCKQUOTE|BR)$/.test(node.tagName);
  return isBlock ? `${inner.trim()}\n` : inner;
}
