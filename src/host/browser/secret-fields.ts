// What a page is asked for its secret fields. A field that once hid what is typed stays secret when a
// button of the page shows it.

/** Gives `{ id, value }[]`. Runs in the page, so what it says is untrusted: it can only add values. */
export const secretFields = `(() => {
  const mark = Symbol.for("aetheria.field");
  const kinds = /(^|\\s)(current-password|new-password|one-time-code|cc-(number|csc|exp|exp-month|exp-year))(\\s|$)/i;
  const names = /passw|passphrase|passcode|\\bpwd\\b|(^|[^a-z])(otp|totp|2fa|mfa|cvv|cvc|csc|pin)([^a-z]|$)|one.?time|verification.?code|card.?(number|no)\\b|secret/i;
  const found = [];
  const look = (root) => {
    const boxes = [];
    for (const field of root.querySelectorAll("input, textarea")) {
      if (/^(hidden|submit|button|reset|image|file|checkbox|radio|range|color)$/.test(field.type)) continue;
      if (field.maxLength === 1) boxes.push(field.value);
      const said = [field.name, field.id, field.getAttribute("aria-label"), field.placeholder].join(" ");
      const isSecret = field.type === "password" || field[mark] !== undefined ||
        kinds.test(field.autocomplete || field.getAttribute("autocomplete") || "") || names.test(said) ||
        getComputedStyle(field).webkitTextSecurity !== "none";
      if (!isSecret) continue;
      if (field[mark] === undefined)
        Object.defineProperty(field, mark, { value: Math.random().toString(36).slice(2) });
      if (field.value !== "") found.push({ id: String(field[mark]), value: String(field.value) });
    }
    // A code that is typed into a box for each of its digits.
    if (boxes.length >= 4) found.push({ id: "boxes", value: boxes.join("") });
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) look(element.shadowRoot);
  };
  look(document);
  return found.slice(0, 100);
})()`;
