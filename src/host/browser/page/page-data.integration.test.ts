// What is read of pages beside looking: facts for the policy, text, tables, attributes, pictures.
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPageViews, type PageViews } from "../../../testing/page-views.ts";

const never = new AbortController().signal;
let views: PageViews;
beforeAll(async () => {
  views = await startPageViews();
});
afterAll(() => views?.close());

test("a form's button says what it sends and where, secrets masked", async () => {
  const { view, number } =
    await views.open(`<base href="https://shop.test/a/"><form action=pay method=post>
    <label>Name <input name=n value=Ann></label><label>PIN <input type=password name=p value=1234></label>
    <input type=hidden name=token value=t><select name=s aria-label=Size><option>S</select>
    <button>Pay</button></form>`);
  const facts = await view.facts(await number('button "Pay"'));
  expect(facts.title).toBe("button “Pay”");
  const sends = {
    ...{ host: "shop.test", url: "https://shop.test/a/pay", method: "post" },
    fields: [
      { name: "Name", value: "Ann" },
      { name: "PIN", value: "••••••" },
      { name: "Size", value: "S" },
    ],
  };
  expect(facts.sends).toEqual(sends);
  const pin = await number('textbox "PIN"');
  expect((await view.facts(pin)).secret).toBe(true);
  expect(await view.pressSends(["Enter"], pin)).toEqual(sends);
  expect(await view.pressSends(["Tab"], pin)).toBeNull();
});

test("a button outside of forms sends what was typed on the page", async () => {
  const { view, number, act } = await views.open(
    `<base href="https://chat.test/"><input aria-label=Message><button>Send</button>`,
  );
  const send = await number('button "Send"');
  expect((await view.facts(send)).sends).toBeNull();
  await act({ kind: "type", fields: [{ element: await number('textbox "Message"'), text: "hi" }] });
  expect((await view.facts(send)).sends?.fields).toEqual([{ name: "Message", value: "hi" }]);
});

test("a link says where it leads", async () => {
  const { view, number } = await views.open(
    `<base href="https://a.test/x/"><a href="../y?q=1">Go</a>`,
  );
  const facts = await view.facts(await number('link "Go"'));
  expect(facts.href).toBe("https://a.test/y?q=1");
  expect(await view.attributes(await number('link "Go"'))).toEqual({ href: "../y?q=1" });
});

test("the text is Markdown of what is visible, through frames and shadow roots", async () => {
  const { view } =
    await views.open(`<base href="https://a.test/"><h1>Title</h1><p>One <b>bold</b> and
    <a href=/l>a link</a>.<p style="display:none">hidden</p><ul><li>first<li>second<ul><li>deep</ul></ul>
    <table><tr><th>A<th>B<tr><td>1<td>2</table><pre>x  y</pre><div id=h></div>
    <iframe srcdoc="<p>framed"></iframe><script>h.attachShadow({mode:'open'}).innerHTML='<p>shadowed'</script>`);
  expect(await view.text(undefined, never)).toBe(
    [
      "# Title",
      "One **bold** and [a link](https://a.test/l).",
      "- first\n- second\n  - deep",
      "| A | B |\n| --- | --- |\n| 1 | 2 |",
      "```\nx  y\n```",
      "shadowed",
      "framed",
    ].join("\n\n"),
  );
});

test("tables are read with merged cells, grids and lists of like entries too", async () => {
  const { view } =
    await views.open(`<table><caption>T</caption><thead><tr><th>A<th colspan=2>B</thead>
    <tr><td rowspan=2>1<td>2<td>3<tr><td>4<td>5</table>
    <div role=grid aria-label=G><div role=row><span role=columnheader>X</span><span role=columnheader>Y</span></div>
    <div role=row><span role=gridcell>7</span><span role=gridcell>8</span></div></div>
    <dl><dt>Weight<dd>1 kg<dt>Colour<dd>red</dl>
    <ul>${["a", "b", "c"].map((name) => `<li><b>${name}</b><i>${name}1</i></li>`).join("")}</ul>`);
  expect(await view.tables(undefined, never)).toEqual([
    {
      caption: "T",
      header: ["A", "B", "B"],
      rows: [
        ["1", "2", "3"],
        ["1", "4", "5"],
      ],
    },
    { caption: "G", header: ["X", "Y"], rows: [["7", "8"]] },
    {
      caption: "",
      header: [],
      rows: [
        ["Weight", "1 kg"],
        ["Colour", "red"],
      ],
    },
    {
      caption: "",
      header: [],
      rows: [
        ["a", "a1"],
        ["b", "b1"],
        ["c", "c1"],
      ],
    },
  ]);
});

test("pictures have numbers drawn on them, and the page does not know", async () => {
  const { view, page, number } =
    await views.open(`<button>Here</button><div style="height:9000px"></div>
    <script>new MutationObserver(() => { document.title = "touched" }).observe(document, { subtree: true, childList: true, attributes: true })</script>`);
  const element = await number('button "Here"');
  const bare = await view.screenshot({ numbers: false, wholePage: false }, never);
  const drawn = await view.screenshot({ numbers: true, wholePage: false }, never);
  expect([drawn.width, drawn.height, drawn.mime]).toEqual([1280, 800, "image/jpeg"]);
  expect(Buffer.compare(Buffer.from(bare.bytes), Buffer.from(drawn.bytes))).not.toBe(0);
  expect((await view.screenshot({ numbers: false, wholePage: true }, never)).height).toBe(6_000);
  const small = await view.screenshot({ numbers: false, wholePage: false, element }, never);
  expect(small.height).toBeLessThan(40);
  expect(await page.title()).toBe("");
  expect(await view.boxOf(element)).toMatchObject({ x: 8, y: 8 });
});
