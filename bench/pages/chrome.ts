// What stands around the content of a saved page: head, header with menus, footer, scripts.
import { icon, times, type Site } from "./site.ts";

export type Chrome = {
  title: string;
  menus?: readonly string[];
  /** Links in each menu's panel; the panels are closed. */
  perMenu?: number;
  search?: string;
  footer?: "big" | "small" | "none";
  banner?: boolean;
  css?: string;
  /** The page's data as frameworks leave it in a script. */
  stateItems?: number;
};

export function documentOf(site: Site, chrome: Chrome, main: string): string {
  const { title, css = "" } = chrome;
  return `<!DOCTYPE html>
<html lang="${site.lang}" data-theme="light" class="no-js">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="description" content="${site.text(2)}">
<meta property="og:title" content="${title}">
<meta property="og:site_name" content="${site.brand}">
<meta name="theme-color" content="#ffffff">
<style>${baseCss}${css}</style>
</head>
<body>
<div id="__root">
<div${site.cls("app")}>
${header(site, chrome)}
${main}
${chrome.footer === "none" ? "" : footer(site, chrome.footer === "small" ? 8 : 60)}
</div>
</div>
${chrome.banner ? banner(site) : ""}
<div aria-live="polite" aria-atomic="true" class="sr-only" id="announcer"></div>
<div id="portal-root"></div>
<script id="__STATE__" type="application/json">${state(site, chrome.stateItems ?? 20)}</script>
<script>document.documentElement.className = document.documentElement.className.replace("no-js", "js");</script>
</body>
</html>
`;
}

const baseCss = `
*,*::before,*::after{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#1c1c1e;background:#fff}
a{color:#0b57d0;text-decoration:none}a:hover{text-decoration:underline}button{font:inherit;cursor:pointer;border:1px solid #c7c7cc;border-radius:6px;background:#f2f2f7;padding:6px 12px}
img,svg{vertical-align:middle;max-width:100%}ul.plain{list-style:none;margin:0;padding:0}
.sr-only{position:absolute;width:1px;height:1px;padding:0;margin:-1px;overflow:hidden;clip:rect(0,0,0,0);white-space:nowrap;border:0}
.skip{position:absolute;left:-999px;top:0}.skip:focus{left:0}
.bar{display:flex;gap:16px;align-items:center;padding:10px 24px;border-bottom:1px solid #e5e5ea}.grow{flex:1}
.menus{display:flex;gap:4px;padding:0 24px;border-bottom:1px solid #e5e5ea}.menus>li{position:relative}.panel{display:none;position:absolute;background:#fff;border:1px solid #ccc;padding:16px;width:320px;z-index:5}.panel.open{display:block}
.wrap{max-width:1200px;margin:0 auto;padding:24px}.cols{display:flex;gap:32px;align-items:flex-start}.side{width:260px;flex:none}.main{flex:1;min-width:0}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:20px}.row{display:flex;gap:12px;align-items:center}.card{border:1px solid #e5e5ea;border-radius:10px;padding:14px}
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #e5e5ea;padding:6px 10px;text-align:left}
footer.site{background:#f6f6f8;margin-top:48px;padding:32px 24px}footer .fcols{display:grid;grid-template-columns:repeat(6,1fr);gap:24px}footer li{margin:6px 0;font-size:14px}
.consent{position:fixed;left:0;right:0;bottom:0;background:#fff;border-top:2px solid #1c1c1e;padding:20px;z-index:20}
input,select,textarea{font:inherit;padding:6px 10px;border:1px solid #c7c7cc;border-radius:6px}`;

function header(site: Site, { menus = [], perMenu = 8, search }: Chrome): string {
  const { cls, brand } = site;
  return `<a class="skip" href="#content">Skip to main content</a>
<header${cls("header")}>
<div class="bar"><div${cls("header", "brand")}><a href="/" aria-label="${brand} home"><span${cls("logo")}>${icon("star", 28)}<span${cls("logo", "word")}>${brand}</span></span></a></div>
<div class="grow">${search === undefined ? "" : `<form role="search" action="/search" method="get"${cls("search")}><div${cls("search", "field")}><label class="sr-only" for="q">Search ${brand}</label><input id="q" type="search" name="q" value="${search}" placeholder="Search" autocomplete="off" aria-autocomplete="list"><button type="submit" aria-label="Search">${icon("search")}</button></div></form>`}</div>
<div${cls("header", "actions")}><div class="row"><button type="button" aria-label="Notifications" aria-haspopup="true">${icon("bell")}</button><div${cls("account")}><a href="/account"><span${cls("account", "icon")}>${icon("user")}</span><span${cls("account", "label")}>Account</span></a></div></div></div></div>
${menus.length === 0 ? "" : `<nav aria-label="Main"><ul class="menus plain">${menus.map((menu, at) => oneMenu(site, menu, at, perMenu)).join("\n")}</ul></nav>`}
</header>`;
}

function oneMenu(site: Site, menu: string, at: number, links: number): string {
  const { cls } = site;
  const path = menu.toLowerCase().replace(/[^a-z]+/g, "-");
  return `<li${cls("menu", "item")}><button type="button" aria-expanded="false" aria-controls="panel-${at}" style="border:0;background:none"><span>${menu}</span>${icon("chevron", 14)}</button><div class="panel" id="panel-${at}"><div${cls("menu", "panel")}><ul class="plain">${times(links, (link) => `<li${cls("menu", "entry")}><a href="/${path}/${link + 1}"><span${cls("menu", "link")}>${site.title()}</span></a></li>`)}</ul></div></div></li>`;
}

const columns = ["Company", "Help", "Products", "Community", "Legal", "More"];
const linkWords =
  "About us|Careers|Press|Investors|Blog|Contact|Help centre|Returns|Delivery|Gift cards|Status|Developers|Partners|Affiliates|Accessibility|Privacy notice|Terms of use|Cookie settings|Imprint|Security|Forum|Events|Newsletter|Mobile apps|Store finder|Sustainability|Research|Brand|Advertise|Site map".split(
    "|",
  );

function footer(site: Site, links: number): string {
  const { cls, brand } = site;
  const perColumn = Math.ceil(links / columns.length);
  const column = (name: string, at: number) =>
    `<div${cls("footer", "column")}><h2 style="font-size:15px">${name}</h2><ul class="plain">${times(perColumn, (link) => `<li><a${cls("footer", "link")} href="/${name.toLowerCase()}/${link}">${linkWords[(at * perColumn + link) % linkWords.length]}</a></li>`)}</ul></div>`;
  return `<footer class="site"><div${cls("footer")}><div class="fcols">${columns
    .slice(0, links < 20 ? 2 : 6)
    .map(column)
    .join("\n")}</div>
<div class="row">${["Facebook", "Instagram", "YouTube", "LinkedIn"].map((one) => `<a href="https://social.example/${one.toLowerCase()}" aria-label="${brand} on ${one}">${icon("share")}</a>`).join("")}<span class="grow"></span><label>Language <select name="language"><option selected>English</option><option>Deutsch</option><option>Français</option><option>日本語</option></select></label></div>
<p><small>© 2026 ${brand}. All rights reserved.</small></p></div></footer>`;
}

const banner = ({ brand }: Site): string =>
  `<div class="consent" role="dialog" aria-labelledby="consent-title" aria-describedby="consent-text"><h2 id="consent-title">Your privacy matters</h2><p id="consent-text">${brand} and its 147 partners store and access information on a device, such as cookies, and process personal data to show personalised content and measure its performance.</p><div class="row"><button type="button" id="accept">Accept all</button><button type="button">Reject all</button><button type="button">Manage choices</button><a href="/privacy">Cookie policy</a></div></div>`;

const state = (site: Site, items: number): string =>
  JSON.stringify({
    buildId: "b7f29c01",
    locale: site.lang,
    flags: { newHeader: true, lazyImages: true, experiment: "C" },
    items: Array.from({ length: items }, (_, id) => ({
      id,
      slug: site.title().toLowerCase().replaceAll(" ", "-"),
      text: site.sentence(),
    })),
  });
