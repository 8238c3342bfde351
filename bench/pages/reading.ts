// Saved pages that people read.
import { documentOf } from "./chrome.ts";
import { createSite, icon, photo, times, type Site } from "./site.ts";

const sections = [
  "World",
  "Politics",
  "Business",
  "Science",
  "Culture",
  "Sport",
  "Opinion",
  "Weather",
];

function news(): string {
  const site = createSite("The Morning Courier", "modules", 21);
  const { cls, int } = site;
  const story = (at: number, size: "big" | "small") =>
    `<article${cls("Story")} data-story-id="${9_000 + at}"><div${cls("Story", size)}>${size === "big" || at % 3 === 0 ? `<figure${cls("Story", "figure")}><a href="/a/${at}" tabindex="-1">${photo(site.sentence(), 320, 240, at * 13)}</a><figcaption class="sr-only">${site.sentence()}</figcaption></figure>` : ""}<div${cls("Story", "text")}><div${cls("Kicker")}><a href="/${site.pick(sections).toLowerCase()}">${site.pick(sections)}</a></div><h3${cls("Story", "headline")}><a href="/a/${at}"><span>${site.title()}</span></a></h3>${size === "big" ? `<p${cls("Story", "summary")}>${site.text(2)}</p>` : ""}<div${cls("Story", "meta")}><span>${site.person()}</span><time datetime="2026-03-0${int(1, 9)}T08:00">${int(1, 12)} hours ago</time><span>${int(2, 9)} min read</span><button type="button" aria-label="Save article">${icon("heart", 14)}</button></div></div></div></article>`;
  const block = (name: string, at: number) =>
    `<section${cls("Block")} aria-labelledby="block-${at}"><header class="row"><h2 id="block-${at}" class="grow">${name}</h2><a href="/${name.toLowerCase()}">More ${name.toLowerCase()}</a></header><div class="grid">${story(at * 10, "big")}${times(7, (one) => story(at * 10 + one + 1, "small"))}</div></section>`;
  return documentOf(
    site,
    {
      title: "The Morning Courier - Breaking news",
      menus: sections,
      perMenu: 10,
      search: "",
      banner: true,
      stateItems: 220,
    },
    `<main id="content" class="wrap"><div role="region" aria-label="Breaking"><strong>Breaking</strong> <a href="/live/1">${site.title()}</a></div><h1 class="sr-only">Today</h1>${sections.map(block).join("\n")}<aside><h2>Most read</h2><ol>${times(10, (at) => `<li><a href="/a/${at}">${site.title()}</a></li>`)}</ol></aside></main>`,
  );
}

function paragraphs(site: Site, count: number): string {
  return times(count, (at) => {
    const quote =
      at % 9 === 5
        ? `<blockquote><p>“${site.sentence()}”</p><cite>${site.person()}</cite></blockquote>`
        : "";
    const ad =
      at % 8 === 7
        ? `<div class="ad" aria-hidden="true" data-slot="mid-${at}"><iframe title="Advertisement" srcdoc="" width="300" height="50" style="border:0"></iframe></div>`
        : "";
    return `<p${site.cls("Article", "p")}>${site.text(site.int(3, 6))} <a href="/topic/${at}">${site.title()}</a> ${site.sentence()}</p>${quote}${ad}`;
  });
}

function article(): string {
  const site = createSite("The Morning Courier", "modules", 22);
  const { cls, int } = site;
  const comment = (at: number): string =>
    `<li id="c${at}"><div${cls("Comment")}><div class="row"><b>${site.person()}</b><time>${int(1, 23)} h</time></div><p>${site.text(int(1, 4))}</p><div class="row"><button type="button" aria-label="Recommend, ${at} so far">${icon("heart", 14)} ${at}</button><button type="button">Reply</button></div></div></li>`;
  return documentOf(
    site,
    { title: "How a river town rebuilt its bridge", menus: sections, perMenu: 6, stateItems: 90 },
    `<main id="content" class="wrap"><article><header><h1>How a river town rebuilt its bridge</h1><p>${site.text(2)}</p><div class="row"><span>By <a href="/by/ingrid">${site.person()}</a></span><time datetime="2026-03-04">4 March 2026</time>${["Share", "Save", "Print"].map((one) => `<button type="button">${icon("share", 16)} ${one}</button>`).join("")}</div>${photo("The bridge at dawn", 800, 450, 210)}</header>${times(6, (at) => `<h2 id="part-${at}">${site.title()}</h2>${paragraphs(site, 11)}${at === 2 ? `<figure>${photo("A crane over the water", 700, 400, 30)}<figcaption>${site.sentence()}</figcaption></figure>` : ""}`)}</article><section aria-label="Comments"><h2>Comments (214)</h2><label for="say">Your comment</label><textarea id="say"></textarea><button type="button">Post</button><ol class="plain">${times(40, comment)}</ol></section><aside><h2>Read next</h2><ul>${times(12, (at) => `<li><a href="/a/${at}">${site.title()}</a></li>`)}</ul></aside></main>`,
  );
}

function wiki(): string {
  const site = createSite("Openpedia", "bem", 23);
  const { int } = site;
  const link = () => {
    const name = site.title();
    return `<a href="/wiki/${name.replaceAll(" ", "_")}" title="${name}">${name.toLowerCase()}</a>`;
  };
  const cite = () =>
    `<sup class="reference"><a href="#cite_note-${int(1, 120)}"><span class="cite-bracket">[</span>${int(1, 120)}<span class="cite-bracket">]</span></a></sup>`;
  const paragraph = () =>
    `<p>${times(5, () => `${site.sentence()} ${site.chance(0.6) ? `See also ${link()}.` : ""}${cite()}`)}</p>`;
  const heading = (at: number) =>
    `<div class="mw-heading mw-heading2"><h2 id="S${at}">${site.title()}</h2><span class="mw-editsection"><span>[</span><a href="/edit/${at}" title="Edit section"><span>edit</span></a><span>]</span></span></div>`;
  const facts =
    "Country|Norway,County|Vestland,Established|1 January 1838,Centre|Nordvik,Area|384.12 km²,Water|12.4 km²,Area rank|219th,Population (2024)|3,142,Density|8.5/km²,Demonym|Nordvikar,Time zone|UTC+01:00,Official form|Nynorsk,Website|nordvik.example".split(
      ",",
    );
  const table = (at: number) =>
    `<table class="wikitable sortable"><caption>Population by decade, part ${at + 1}</caption><thead><tr><th scope="col">Year</th><th scope="col">People</th><th scope="col">±%</th><th scope="col">Source</th></tr></thead><tbody>${times(14, (row) => `<tr><th scope="row">${1850 + row * 10}</th><td>${int(900, 4000).toLocaleString("en-US")}</td><td>${int(-9, 19)}.${int(0, 9)}%</td><td>${link()}</td></tr>`)}</tbody></table>`;
  const reference = (at: number) =>
    `<li id="cite_note-${at + 1}"><span class="mw-cite-backlink"><b><a href="#cite_ref-${at + 1}" aria-label="Jump up">^</a></b></span> <span class="reference-text"><cite class="citation journal">${site.person()} (${int(1930, 2025)}). <a rel="nofollow" class="external text" href="https://archive.example/${at}">"${site.title()}"</a>. <i>${site.title()}</i>. <b>${int(1, 60)}</b>: ${int(1, 300)}–${int(301, 500)}.</cite></span></li>`;
  const navbox = `<div role="navigation" class="navbox" aria-labelledby="nb"><table class="navbox-inner"><tbody><tr><th colspan="2" id="nb">Municipalities of Vestland</th></tr>${times(6, (at) => `<tr><th scope="row">Group ${at + 1}</th><td><div><ul class="plain row" style="flex-wrap:wrap">${times(18, () => `<li>${link()}</li>`)}</ul></div></td></tr>`)}</tbody></table></div>`;
  return documentOf(
    site,
    { title: "Nordvik - Openpedia", search: "", footer: "small", stateItems: 4 },
    `<div class="wrap cols"><nav class="side" aria-label="Contents"><ul class="plain">${["Main page", "Contents", "Current events", "Random article", "About", "Contact", "Donate", "Help", "Learn to edit", "Recent changes", "Upload file"].map((one) => `<li><a href="/wiki/${one.replaceAll(" ", "_")}"><span>${one}</span></a></li>`).join("")}</ul><h2>Contents</h2><ul class="plain">${times(14, (at) => `<li><a href="#S${at}"><div><span>${at + 1}</span><span>${site.title()}</span></div></a></li>`)}</ul></nav><main class="main" id="content"><header><h1 id="firstHeading"><span>Nordvik</span></h1><div class="row"><a href="/talk">Talk</a><a href="/edit">Edit</a><a href="/history">View history</a><details><summary>68 languages</summary><ul>${times(68, (at) => `<li lang="x${at}"><a href="https://x${at}.example/wiki/Nordvik" hreflang="x${at}"><span>Language ${at + 1}</span></a></li>`)}</ul></details></div></header><table class="infobox vcard" style="float:right;width:280px"><tbody><tr><th colspan="2" class="infobox-above">Nordvik</th></tr><tr><td colspan="2">${photo("View of Nordvik from the south", 260, 180, 190)}</td></tr>${facts.map((fact) => `<tr><th scope="row" class="infobox-label">${fact.split("|")[0]}</th><td class="infobox-data">${fact.split("|")[1]}</td></tr>`).join("")}</tbody></table><p><b>Nordvik</b> is a municipality in ${link()}. ${site.text(3)}${cite()}</p>${times(14, (at) => `${heading(at)}${times(5, paragraph)}${at % 4 === 1 ? table(at) : ""}`)}<h2 id="References">References</h2><div class="reflist"><ol class="references">${times(120, reference)}</ol></div>${navbox}<div id="catlinks"><a href="/Categories">Categories</a>: <ul class="plain row">${times(9, () => `<li>${link()}</li>`)}</ul></div></main></div>`,
  );
}

function docs(): string {
  const site = createSite("Fluent SDK", "utility", 24);
  const { cls, int } = site;
  const code = (at: number) =>
    `<div${cls("code")}><div class="row"><span class="grow">client-${at}.ts</span><button type="button" aria-label="Copy code">Copy</button></div><pre><code class="language-ts">${times(int(5, 14), (line) => `<span class="line"><span style="color:#8250df">const</span> <span style="color:#0550ae">value${line}</span> = <span style="color:#cf222e">await</span> client.<span style="color:#8250df">call</span>(<span style="color:#0a3069">"item.${line}"</span>, { retry: ${line} });</span>`)}</code></pre></div>`;
  const parameter = (at: number) =>
    `<tr><td><code>option${at}</code></td><td><code>${site.pick(["string", "number", "boolean", "AbortSignal"])}</code></td><td>${site.sentence()}</td></tr>`;
  const group = (at: number) =>
    `<li><button type="button" aria-expanded="${at < 2}">${site.pick(["Guides", "Concepts", "API", "Recipes"])} ${at + 1}</button><ul class="plain"${at < 2 ? "" : ' style="display:none"'}>${times(12, (one) => `<li><a href="/docs/${at}/${one}"${at === 0 && one === 2 ? ' aria-current="page"' : ""}>${site.title()}</a></li>`)}</ul></li>`;
  return documentOf(
    site,
    { title: "Making requests | Fluent SDK", search: "", footer: "small", stateItems: 30 },
    `<div class="wrap cols"><nav class="side" aria-label="Docs"><ul class="plain">${times(8, group)}</ul></nav><main class="main" id="content"><nav aria-label="Breadcrumbs"><a href="/docs">Docs</a> / <a href="/docs/guides">Guides</a></nav><h1>Making requests</h1><p>${site.text(3)}</p>${times(9, (at) => `<h2 id="h${at}">${site.title()}<a href="#h${at}" aria-label="Direct link to heading">#</a></h2><p>${site.text(4)} Use <code>client.call()</code> for that.</p><div role="tablist"><button role="tab" aria-selected="true">TypeScript</button><button role="tab" aria-selected="false">Python</button><button role="tab" aria-selected="false">curl</button></div>${code(at)}<div role="note" class="card"><p><b>Note</b> ${site.text(2)}</p></div>${at % 3 === 0 ? `<table><thead><tr><th>Option</th><th>Type</th><th>What it does</th></tr></thead><tbody>${times(8, parameter)}</tbody></table>` : ""}`)}<nav aria-label="Pages"><a href="/docs/0/1">Previous: Install</a> <a href="/docs/0/3">Next: Errors</a></nav><p>Was this page helpful? <button type="button">Yes</button><button type="button">No</button></p></main><nav class="side" aria-label="On this page"><ul class="plain">${times(9, (at) => `<li><a href="#h${at}">${site.title()}</a></li>`)}</ul></nav></div>`,
  );
}

function recipe(): string {
  const site = createSite("Spoon & Salt", "bem", 25);
  const { cls, int } = site;
  const ingredients =
    "500 g bread flour|340 g water|10 g salt|7 g dried yeast|2 tbsp olive oil|1 tsp honey|60 g sunflower seeds|1 egg, for the glaze|30 g rolled oats|a little semolina".split(
      "|",
    );
  return documentOf(
    site,
    {
      title: "Overnight seed bread - Spoon & Salt",
      menus: ["Dinners", "Baking", "Vegetarian", "Quick", "Seasonal"],
      perMenu: 10,
      search: "",
      banner: true,
      stateItems: 20,
    },
    `<main id="content" class="wrap"><h1>Overnight seed bread</h1><div class="row"><span role="img" aria-label="4.8 of 5">${times(5, () => icon("star", 16))}</span><a href="#comments">421 ratings</a><a href="#recipe"><button type="button">Jump to recipe</button></a><button type="button">Print</button><button type="button">Save</button></div>${photo("A dark loaf with seeds", 720, 480, 35)}${times(9, () => `<p>${site.text(5)}</p>`)}<section id="recipe"${cls("recipe")} itemscope itemtype="https://schema.org/Recipe"><h2 itemprop="name">Overnight seed bread</h2><dl class="row"><div><dt>Prep</dt><dd>20 min</dd></div><div><dt>Rest</dt><dd>12 h</dd></div><div><dt>Bake</dt><dd>45 min</dd></div><div><dt>Makes</dt><dd>1 loaf</dd></div></dl><div class="row"><button type="button" aria-label="Fewer servings">−</button><output>12 slices</output><button type="button" aria-label="More servings">+</button><button type="button" aria-pressed="true">Metric</button><button type="button" aria-pressed="false">US cups</button></div><h3>Ingredients</h3><ul class="plain">${ingredients.map((one, at) => `<li><label><input type="checkbox" id="i${at}"> <span itemprop="recipeIngredient">${one}</span></label></li>`).join("")}</ul><h3>Method</h3><ol>${times(9, () => `<li itemprop="recipeInstructions"><p>${site.text(3)}</p></li>`)}</ol><h3>Nutrition per slice</h3><table><tbody>${["Energy|212 kcal", "Fat|5.1 g", "Carbohydrate|33 g", "Protein|7.4 g", "Salt|0.8 g"].map((line) => `<tr><th scope="row">${line.split("|")[0]}</th><td>${line.split("|")[1]}</td></tr>`).join("")}</tbody></table></section><section id="comments"><h2>Comments</h2>${times(22, () => `<div class="card"><b>${site.person()}</b> <time>${int(1, 28)} Feb</time><p>${site.text(2)}</p><button type="button">Reply</button></div>`)}</section></main>`,
  );
}

function weather(): string {
  const site = createSite("SkyCast", "utility", 26);
  const { int } = site;
  const sky = () => site.pick(["Cloudy", "Light rain", "Sunny", "Showers", "Snow", "Clear"]);
  return documentOf(
    site,
    { title: "Bergen weather, hour by hour", search: "Bergen", footer: "big", stateItems: 8 },
    `<main id="content" class="wrap"><h1>Bergen, Norway</h1><section aria-label="Now" class="card"><div style="font-size:48px">7°</div><div>Light rain. Feels like 4°.</div><dl class="row">${["Wind|6 m/s SW", "Humidity|88 %", "Pressure|1009 hPa", "UV index|1", "Sunrise|06:52", "Sunset|18:11"].map((line) => `<div><dt>${line.split("|")[0]}</dt><dd>${line.split("|")[1]}</dd></div>`).join("")}</dl></section><section aria-label="Hourly"><h2>Next 24 hours</h2><div class="row" role="list" style="overflow-x:auto">${times(24, (at) => `<div role="listitem" class="card"><time>${(at + 9) % 24}:00</time>${icon("star", 24, sky())}<div>${int(1, 9)}°</div><div>${int(0, 90)} %</div></div>`)}</div></section><section><h2>10 days</h2><table><thead><tr><th>Day</th><th>Sky</th><th>High</th><th>Low</th><th>Rain</th><th>Wind</th></tr></thead><tbody>${times(10, (at) => `<tr><th scope="row">${["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][at % 7]} ${at + 4}</th><td>${sky()}</td><td>${int(6, 13)}°</td><td>${int(-2, 5)}°</td><td>${int(0, 18)} mm</td><td>${int(1, 14)} m/s</td></tr>`)}</tbody></table></section><section><h2>Rain over the day</h2><svg viewBox="0 0 480 120" width="480" height="120" role="img" aria-label="Rain by hour">${times(24, (at) => `<rect x="${at * 20}" y="${120 - at * 3}" width="16" height="${at * 3}"></rect>`)}</svg><canvas width="480" height="200" aria-label="Radar"></canvas></section><section><h2>Nearby</h2><ul class="grid plain">${times(12, () => `<li class="card"><a href="/place/${int(1, 99)}">${site.pick(["Os", "Voss", "Askøy", "Stord", "Florø"])} <span>${int(0, 9)}°</span></a></li>`)}</ul></section></main>`,
  );
}

export const reading: Readonly<Record<string, () => string>> = {
  "news-front": news,
  article,
  "wiki-article": wiki,
  docs,
  recipe,
  weather,
};
