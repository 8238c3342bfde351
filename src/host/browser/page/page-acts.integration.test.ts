// What a hand does on pages, and what it is told when it cannot, in a real Chromium.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AetheriaError } from "../../../contract/errors.ts";
import { startPageViews, type PageViews } from "../../../testing/page-views.ts";

let views: PageViews;
const folder = mkdtempSync(join(tmpdir(), "aetheria-page-"));
beforeAll(async () => {
  views = await startPageViews();
});
afterAll(async () => {
  await views?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AetheriaError)
      return `${error.code}: ${error.message} ${error.hint ?? ""}`;
    throw error;
  }
  throw new Error("It was done.");
}

test("a press tells what it changed, and nothing when nothing did", async () => {
  const { click } = await views.open(`<h2>Cart</h2><p id=n>0 things</p>
    <button onclick="n.textContent='1 thing'">Add</button><button>Idle</button>`);
  expect(await click('button "Add"')).toBe('In "Cart":\n~ 1 thing');
  expect(await click('button "Idle"')).toBe("Nothing changed on the page.");
});

test("fields are filled in order, added to, and sent with Enter", async () => {
  const { act, number, look } =
    await views.open(`<form onsubmit="event.preventDefault(); out.textContent='sent ' + a.value + b.value">
    <input id=a aria-label=First value=old><input id=b aria-label=Second><button>Go</button></form><p id=out></p>
    <div contenteditable aria-label=Note>rich</div>`);
  const [first, second] = [await number('textbox "First"'), await number('textbox "Second"')];
  const fields = [
    { element: first, text: "Ann" },
    { element: second, text: "Lee" },
  ];
  expect(await act({ kind: "type", fields, submit: true })).toContain("+ sent AnnLee");
  await act({ kind: "type", fields: [{ element: first, text: "!" }], append: true });
  expect(await look()).toContain('"First" = "Ann!"');
  const note = await number('textbox "Note"');
  await act({ kind: "type", fields: [{ element: note, text: " text" }], append: true });
  expect(await look()).toContain('"Note" = "rich text"');
  await act({ kind: "type", fields: [{ element: note, text: "anew" }] });
  expect(await look()).toContain('"Note" = "anew"');
});

test("what is covered by a dialog says so, and what closes it", async () => {
  const { act, number } = await views.open(`<button>Buy</button>
    <div role=dialog aria-label=Subscribe style="position:fixed;inset:0;background:#fff"><h2>News</h2><button aria-label=Close
    onclick="this.parentElement.remove()">x</button></div>`);
  const buy = await number('button "Buy"');
  const close = await number('button "Close"');
  expect(await refusal(act({ kind: "click", element: buy }))).toBe(
    `refused: [${buy}] button "Buy" is covered by the dialog "Subscribe". Close that first: [${close}] button "Close".`,
  );
  await act({ kind: "click", element: close });
  expect(await act({ kind: "click", element: buy })).toBe("Nothing changed on the page.");
});

test("what is disabled, hidden, gone, no field or unknown says so at once", async () => {
  const { act, number, page } =
    await views.open(`<button disabled>Off</button><button id=h>Hide</button>
    <button id=g>Gone</button><p><a href="#x">Link</a>`);
  const [off, hide, gone, link] = [
    await number('button "Off"'),
    await number('button "Hide"'),
    await number('button "Gone"'),
    await number('link "Link"'),
  ];
  await page.evaluate("h.style.display = 'none'; g.remove()");
  expect(await refusal(act({ kind: "click", element: off }))).toContain("is disabled");
  expect(await refusal(act({ kind: "click", element: hide }))).toContain("is not visible now");
  expect(await refusal(act({ kind: "click", element: gone }))).toContain(
    "is no longer on the page",
  );
  expect(await refusal(act({ kind: "click", element: 999 }))).toContain(
    "no element with the number 999",
  );
  expect(await refusal(act({ kind: "type", fields: [{ element: link, text: "x" }] }))).toContain(
    "Nothing can be typed into",
  );
});

test("a number of a former document is refused", async () => {
  const { act, number, page } = await views.open("<button>Old</button>");
  const old = await number('button "Old"');
  await page.goto("data:text/html,<button>New</button>");
  expect(await refusal(act({ kind: "click", element: old }))).toContain("no longer on the page");
});

test("options are chosen by what is shown or by value; an unknown one names those there are", async () => {
  const { act, number, look } = await views.open(
    `<select aria-label=Size><option value=s>Small<option value=l>Large</select><div role=combobox tabindex=0 aria-label=Own>x</div>`,
  );
  const size = await number('select "Size"');
  expect(await act({ kind: "select", element: size, options: ["l"] })).toContain('= "Large"');
  await act({ kind: "select", element: size, options: ["small"] });
  expect(await look()).toContain('= "Small"');
  expect(await refusal(act({ kind: "select", element: size, options: ["Huge"] }))).toContain(
    'has no option "Huge". It has "Small", "Large".',
  );
  const own = await number('combobox "Own"');
  expect(await refusal(act({ kind: "select", element: own, options: ["x"] }))).toContain(
    "Click on it",
  );
});

test("files are handed to a chooser, hidden or not", async () => {
  const path = join(folder, "a.txt");
  writeFileSync(path, "hello");
  const { act, number } = await views.open(`<label>Report <input type=file></label>`);
  const chooser = await number('file chooser "Report"');
  expect(await act({ kind: "upload", element: chooser, paths: [path] })).toContain('= "a.txt"');
});

test("scrolling says where one is, and shows what came into view", async () => {
  const lines = Array.from(
    { length: 400 },
    (_, at) => `<p>Line ${at} of a page that is so long that it cannot be told at once</p>`,
  ).join("");
  const { act, look } = await views.open(lines);
  await look();
  const text = await act({ kind: "scroll", scroll: { to: "bottom" } });
  expect(text).toContain("(at 100 % of the page)");
  expect(text).toContain("Line 399");
  expect(await act({ kind: "scroll", scroll: { to: "down" } })).toContain(
    "does not scroll further down",
  );
});

test("keys are pressed one after another; an unknown one is named", async () => {
  const { act, number } = await views.open("<input aria-label=F>");
  const element = await number('textbox "F"');
  expect(await act({ kind: "press", keys: ["a", "b", "Backspace"], element })).toContain('= "a"');
  expect(await refusal(act({ kind: "press", keys: ["Nope"] }))).toContain('There is no key "Nope"');
});

test("hover opens what opens under a mouse; double and right presses are told apart", async () => {
  const { act, number } =
    await views.open(`<style>#m{display:none} #o:hover + #m{display:block}</style>
    <button id=o>Menu</button><p id=m>Opened</p><p id=t></p><button ondblclick="t.textContent='twice'"
    oncontextmenu="t.textContent='right'; return false">Both</button>`);
  expect(await act({ kind: "hover", element: await number('button "Menu"') })).toContain(
    "+ Opened",
  );
  const element = await number('button "Both"');
  expect(await act({ kind: "click", element, double: true })).toContain("twice");
  expect(await act({ kind: "click", element, button: "right" })).toContain("right");
});

test("a cookie banner is refused in one step, also in a frame; without one it says so", async () => {
  const banner = `<div class=cookie-banner style="position:fixed;bottom:0">Wir verwenden Cookies.
    <button>Alle akzeptieren</button><button onclick="this.parentElement.remove()">Ablehnen</button></div>`;
  const plain = await views.open(`<p>Text</p>${banner}`);
  await plain.look();
  expect(await plain.act({ kind: "dismiss_banner" })).toContain(
    'Pressed "Ablehnen" of the banner.',
  );
  expect(await plain.look()).not.toContain("Cookies");
  expect(await refusal(plain.act({ kind: "dismiss_banner" }))).toContain("no banner about cookies");
  const framed = await views.open(
    `<p>Text</p><iframe id=f style="position:fixed;bottom:0;width:600px;height:200px"></iframe>`,
  );
  await framed.page
    .evaluate((inside) => `f.srcdoc = ${JSON.stringify(inside)}`, banner)
    .then((code) => framed.page.evaluate(code));
  await framed.page.frameLocator("iframe").getByText("Ablehnen").waitFor();
  expect(await framed.act({ kind: "dismiss_banner" })).toContain('Pressed "Ablehnen"');
});

test("a dialog of the page does not hang the press that opened it", async () => {
  const { page, view, number } = await views.open(`<button onclick="alert('Stop')">Ask</button>`);
  const asked = new Promise<string>((resolve) => {
    page.on("dialog", (dialog) => {
      resolve(dialog.message());
      setImmediate(() => void dialog.dismiss());
    });
  });
  const element = await number('button "Ask"');
  await view.act({ kind: "click", element }, new AbortController().signal);
  expect(await asked).toBe("Stop");
});

test("a part that moves is pressed where it comes to rest", async () => {
  const { click } =
    await views.open(`<style>@keyframes in{from,90%{margin-left:600px}to{margin-left:0}}
    @keyframes sway{to{transform:rotate(1deg)}} button{animation:in .4s} p{animation:sway 9s infinite}
    </style><button onclick="this.textContent=getAnimations().length?'Early':'Caught'">Run</button>
    <p><button onclick="this.textContent='Turned'" style="animation:none">Turn</button></p>`);
  expect(await click('button "Run"')).toContain("Caught");
  expect(await click('button "Turn"')).toContain("Turned");
});
