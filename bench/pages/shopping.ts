// Saved pages of search and shops.
import { documentOf } from "./chrome.ts";
import { createSite, icon, photo, times, type Site } from "./site.ts";

const departments = [
  "Electronics",
  "Home & Kitchen",
  "Garden",
  "Toys",
  "Sports",
  "Books",
  "Fashion",
  "Deals",
];

function searchResults(): string {
  const site = createSite("Seekly", "modules", 11);
  const { cls, int } = site;
  const result = (at: number) => {
    const host = `www.${site.pick(["harbournews", "bridgewiki", "cityguide", "railfacts", "openmaps"])}.example`;
    return `<div${cls("Result")} data-hveid="CAEQ${at}" jscontroller="x${at}k"><div><div${cls("Result", "head")}><a href="https://${host}/a/${int(100, 999)}" ping="/url?sa=t&amp;ved=2ahUKE${at}"><h3>${site.title()}</h3><div${cls("Result", "cite")}><span><img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" alt="" width="18" height="18"></span><div><span>${host}</span><cite>https://${host}<span> › guides › ${at}</span></cite></div></div></a><div><div role="button" tabindex="0" aria-label="About this result" aria-haspopup="dialog">${icon("more", 18)}</div></div></div><div${cls("Result", "text")}><span><span>${int(1, 28)} Mar 2026 — </span></span><span>${site.text(2)} <em>bridge</em> ${site.sentence()}</span></div>${at % 3 === 0 ? `<table><tbody><tr>${times(3, () => `<td><a href="/more/${int(1, 99)}">${site.title()}</a></td>`)}</tr></tbody></table>` : ""}</div></div>`;
  };
  const questions = times(
    6,
    (at) =>
      `<div${cls("Ask")}><div role="button" aria-expanded="false" tabindex="0" aria-controls="ask-${at}"><span>Why ${site.pick(["is", "was", "will"])} ${site.sentence().toLowerCase().replace(".", "?")}</span>${icon("chevron", 16)}</div><div id="ask-${at}" style="display:none"><p>${site.text(3)}</p></div></div>`,
  );
  return documentOf(
    site,
    {
      title: "new river bridge opening - Seekly Search",
      search: "new river bridge opening",
      footer: "small",
      stateItems: 60,
    },
    `<div role="navigation" aria-label="Search modes" class="bar">${["All", "Images", "News", "Maps", "Videos", "Shopping", "More"].map((one, at) => (at === 0 ? `<span aria-current="page">${one}</span>` : `<a href="/search?tbm=${at}">${one}</a>`)).join("")}<button type="button" aria-expanded="false">Tools</button></div>
<div class="wrap cols"><div class="main" id="content" role="main"><h1 class="sr-only">Search results</h1><div${cls("Stats")}>About 4,230,000 results (0.42 seconds)</div><div id="rso">${times(5, result)}<div${cls("AskBox")}><div role="heading" aria-level="2">People also ask</div>${questions}</div>${times(7, (at) => result(at + 5))}</div>
<div role="navigation"><h2 class="sr-only">Page navigation</h2><table role="presentation"><tr>${times(10, (at) => `<td>${at === 0 ? `<span>1</span>` : `<a aria-label="Page ${at + 1}" href="/search?start=${at * 10}">${at + 1}</a>`}</td>`)}<td><a id="pnnext" href="/search?start=10">Next</a></td></tr></table></div></div>
<aside class="side" role="complementary"><div class="card"><h2>River Bridge</h2><div>Bridge</div><p>${site.text(3)} <a href="https://bridgewiki.example/River">Bridgewiki</a></p>${["Opened: 2026", "Length: 1,210 m", "Clearance: 34 m", "Toll: no"].map((fact) => `<div><span>${fact}</span></div>`).join("")}</div></aside></div>`,
  );
}

const price = (site: Site) => `${site.int(8, 480)}.${site.pick(["00", "49", "90", "99"])}`;

function listing(): string {
  const site = createSite("Marktplatz24", "bem", 12);
  const { cls, int } = site;
  const facet = (name: string, at: number) =>
    `<fieldset${cls("facet")}><legend><button type="button" aria-expanded="true">${name} ${icon("chevron", 14)}</button></legend><ul class="plain">${times(8, (entry) => `<li${cls("facet", "item")}><label><input type="checkbox" name="f${at}" value="${entry}"> <span${cls("facet", "label")}>${site.pick(["Nordlys", "Alba", "Tessera", "Kiruna", "Halden", "Vela", "Orion", "Baltic"])} ${entry + 1}</span> <span${cls("facet", "count")}>(${int(3, 420)})</span></label></li>`)}</ul><button type="button">Show more</button></fieldset>`;
  const tile = (at: number) =>
    `<li${cls("tile")} data-sku="A${10_000 + at}" data-position="${at}"><div${cls("tile", "inner")}><div${cls("tile", "media")}><a href="/p/${at}" tabindex="-1" aria-hidden="true">${photo("", 220, 165, at * 9)}</a><button type="button" aria-pressed="false" aria-label="Add to wish list" style="position:absolute">${icon("heart", 18)}</button>${at % 5 === 0 ? `<span${cls("badge")}>Bestseller</span>` : ""}</div><div${cls("tile", "body")}><h3${cls("tile", "title")}><a href="/p/${at}"><span>${site.title()}, ${int(10, 90)} cm, ${site.pick(["oak", "white", "graphite"])}</span></a></h3><div${cls("rating")}><span role="img" aria-label="${int(30, 50) / 10} out of 5 stars">${times(5, () => icon("star", 14))}</span><a href="/p/${at}#reviews"><span>${int(2, 3200)}</span></a></div><div${cls("price")}><span${cls("price", "now")}>€${price(site)}</span>${at % 4 === 1 ? ` <s><span class="sr-only">was </span>€${price(site)}</s>` : ""}</div><div${cls("tile", "delivery")}><span>FREE delivery <b>${site.pick(["Mon", "Tue", "Fri"])}, ${int(3, 27)} April</b></span></div><div${cls("swatches")}>${times(4, (swatch) => `<a href="/p/${at}?colour=${swatch}" aria-label="Colour ${swatch + 1}"><span style="display:inline-block;width:14px;height:14px;border-radius:7px;background:hsl(${swatch * 80} 50% 60%)"></span></a>`)}</div><button type="button"${cls("btn", "add")}>Add to basket</button></div></div></li>`;
  return documentOf(
    site,
    {
      title: "Desks and tables | Marktplatz24",
      menus: departments,
      perMenu: 18,
      search: "desk",
      banner: true,
      stateItems: 300,
    },
    `<main id="content" class="wrap"><nav aria-label="Breadcrumb"><ol class="plain row"><li><a href="/">Home</a></li><li><a href="/furniture">Furniture</a></li><li aria-current="page">Desks</li></ol></nav><h1>Desks and tables <small>(1,284 items)</small></h1><div class="cols"><aside class="side" aria-label="Filters"><form>${["Brand", "Price", "Width", "Material", "Colour", "Delivery", "Rating"].map(facet).join("")}<label>from <input type="number" name="from" size="4"></label><label>to <input type="number" name="to" size="4"></label><button>Go</button></form></aside><div class="main"><div class="row"><span class="grow">1–96 of 1,284</span><label>Sort by <select><option>Featured</option><option>Price: low to high</option><option>Price: high to low</option><option>Newest</option></select></label></div><ul class="grid plain">${times(96, tile)}</ul><nav aria-label="Pagination">${times(7, (at) => `<a href="?page=${at + 1}"${at === 0 ? ' aria-current="page"' : ""}>${at + 1}</a>`)}<a href="?page=2" rel="next">Next</a></nav></div></div></main>`,
  );
}

function product(): string {
  const site = createSite("Northlight", "utility", 13);
  const { cls, int } = site;
  const review = (at: number) =>
    `<li${cls("review")} id="review-${at}"><div${cls("review", "head")}><div${cls("avatar")}>${icon("user", 32)}</div><div><span>${site.person()}</span><div>Reviewed on ${int(1, 28)} February 2026 · Verified purchase</div></div></div><div><span role="img" aria-label="${int(1, 5)} out of 5">${times(5, () => icon("star", 14))}</span> <strong>${site.title()}</strong></div><div${cls("review", "text")}><p>${site.text(int(2, 6))}</p></div><div class="row"><button type="button">Helpful (${int(0, 80)})</button><button type="button">Report</button></div></li>`;
  return documentOf(
    site,
    {
      title: "Ridge 45 trekking backpack – Northlight",
      menus: ["Women", "Men", "Kids", "Packs", "Tents", "Sale"],
      perMenu: 12,
      search: "",
      stateItems: 60,
    },
    `<main id="content" class="wrap"><div class="cols"><section class="main" aria-label="Pictures"><div role="group" aria-roledescription="carousel">${photo("Ridge 45 backpack, front", 560, 420, 140)}<div class="row">${times(7, (at) => `<button type="button" aria-label="Show picture ${at + 1} of 7">${photo("", 64, 48, at * 40)}</button>`)}</div></div></section>
<section class="main"><h1>Ridge 45 trekking backpack</h1><div class="row"><span role="img" aria-label="4.6 out of 5">${times(5, () => icon("star", 16))}</span><a href="#reviews">312 reviews</a></div><p><strong>€189.95</strong> <small>incl. VAT, plus shipping</small></p><form action="/cart/add" method="post"><fieldset><legend>Colour: Moss</legend>${["Moss", "Slate", "Rust", "Ink"].map((colour, at) => `<label><input type="radio" name="colour" value="${colour}"${at === 0 ? " checked" : ""} class="sr-only"><span style="display:inline-block;width:28px;height:28px;background:hsl(${at * 70} 30% 50%)"></span><span class="sr-only">${colour}</span></label>`).join("")}</fieldset><fieldset><legend>Back length</legend>${["S", "M", "L", "XL"].map((size) => `<label><input type="radio" name="size" value="${size}"${size === "XL" ? " disabled" : ""}>${size}</label>`).join("")} <a href="/size-guide">Size guide</a></fieldset><label>Quantity <select name="quantity">${times(10, (at) => `<option>${at + 1}</option>`)}</select></label><div class="row"><button type="submit">Add to bag</button><button type="button" aria-pressed="false">${icon("heart")} Save</button></div></form><ul><li>Free delivery over €50</li><li>30 days to return</li><li>In stock: arrives Thursday</li></ul>${["Description", "Materials and care", "Delivery and returns"].map((name) => `<details${name === "Description" ? " open" : ""}><summary>${name}</summary><div><p>${site.text(7)}</p></div></details>`).join("")}</section></div>
<section><h2>Specifications</h2><table><tbody>${["Volume|45 l", "Weight|1,480 g", "Fabric|210D recycled nylon", "Back system|Adjustable, 42–52 cm", "Rain cover|Included", "Hydration|Up to 3 l", "Made in|Portugal", "Warranty|5 years"].map((line) => `<tr><th scope="row">${line.split("|")[0]}</th><td>${line.split("|")[1]}</td></tr>`).join("")}</tbody></table></section>
<section id="reviews"><h2>Reviews</h2><div>${times(5, (at) => `<a href="?stars=${5 - at}" aria-label="${5 - at} stars, ${int(2, 60)} percent">${5 - at} stars</a>`)}</div><ul class="plain">${times(24, review)}</ul><button type="button">Show more reviews</button></section>
<section><h2>You may also like</h2><div class="grid">${times(8, (at) => `<div class="card"><a href="/p/${at}">${photo("", 200, 150, at * 33)}<span>${site.title()}</span></a><p>€${price(site)}</p></div>`)}</div></section></main>`,
  );
}

function cart(): string {
  const site = createSite("Northlight", "utility", 14);
  const { cls, int } = site;
  const line = (at: number) =>
    `<li${cls("line")}><div class="row"><a href="/p/${at}">${photo("", 96, 72, at * 50)}</a><div class="grow"><h2 style="font-size:16px"><a href="/p/${at}">${site.title()}</a></h2><div>Colour: ${site.pick(["Moss", "Slate", "Rust"])}, size ${site.pick(["S", "M", "L"])}</div><div>In stock</div><div class="row"><label><span class="sr-only">Quantity</span><select name="quantity-${at}">${times(9, (number) => `<option${number === at % 3 ? " selected" : ""}>${number + 1}</option>`)}</select></label><button type="button" aria-label="Remove item ${at + 1}">Remove</button><button type="button">Save for later</button></div></div><strong>€${price(site)}</strong></div></li>`;
  return documentOf(
    site,
    {
      title: "Your bag – Northlight",
      menus: ["Women", "Men", "Kids", "Packs", "Tents", "Sale"],
      perMenu: 6,
      search: "",
      stateItems: 12,
    },
    `<main id="content" class="wrap"><h1>Your bag (6)</h1><div class="cols"><div class="main"><ul class="plain">${times(6, line)}</ul></div><aside class="side card"><h2>Summary</h2><dl>${["Subtotal|€612.40", "Delivery|€0.00", "VAT included|€97.78", "Total|€612.40"].map((row) => `<div class="row"><dt class="grow">${row.split("|")[0]}</dt><dd>${row.split("|")[1]}</dd></div>`).join("")}</dl><form><label for="code">Discount code</label><input id="code" name="code"><button>Apply</button></form><a href="/checkout" role="button">Checkout</a><p><small>${site.text(2)} ${int(2, 9)} points.</small></p></aside></div><section><h2>Often bought together</h2><div class="grid">${times(5, (at) => `<div class="card"><a href="/p/${at}">${site.title()}</a><button type="button">Add</button></div>`)}</div></section></main>`,
  );
}

function checkout(): string {
  const site = createSite("Marktplatz24", "bem", 15);
  const { cls } = site;
  const field = (id: string, label: string, type = "text", more = "") =>
    `<div${cls("field")}><label${cls("field", "label")} for="${id}">${label} <span aria-hidden="true">*</span></label><div${cls("field", "control")}><input${cls("field", "input")} id="${id}" name="${id}" type="${type}" required aria-required="true" aria-describedby="${id}-help" ${more}></div><div${cls("field", "help")} id="${id}-help"></div></div>`;
  const countries =
    "Austria,Belgium,Bulgaria,Croatia,Cyprus,Czechia,Denmark,Estonia,Finland,France,Germany,Greece,Hungary,Iceland,Ireland,Italy,Latvia,Lithuania,Luxembourg,Malta,Netherlands,Norway,Poland,Portugal,Romania,Slovakia,Slovenia,Spain,Sweden,Switzerland".split(
      ",",
    );
  return documentOf(
    site,
    { title: "Checkout | Marktplatz24", footer: "small", stateItems: 10 },
    `<main id="content" class="wrap"><h1>Secure checkout</h1><ol class="plain row" aria-label="Progress"><li aria-current="step">1 Address</li><li>2 Payment</li><li>3 Review</li></ol><div class="cols"><form class="main" action="/checkout" method="post" novalidate><input type="hidden" name="_csrf" value="c2a8f1"><section><h2>Contact</h2>${field("email", "E-mail", "email", 'autocomplete="email"')}${field("phone", "Phone", "tel", 'autocomplete="tel"')}<label><input type="checkbox" name="news"> Send me offers</label></section><section><h2>Delivery address</h2><div class="row"><label><input type="radio" name="salutation" value="ms">Ms</label><label><input type="radio" name="salutation" value="mr">Mr</label><label><input type="radio" name="salutation" value="none">No salutation</label></div>${field("first", "First name")}${field("last", "Last name")}${field("street", "Street and number")}${field("extra", "Flat, floor")}${field("zip", "Postcode", "text", 'inputmode="numeric"')}${field("town", "Town")}<label for="country">Country</label><select id="country" name="country">${countries.map((one) => `<option value="${one.slice(0, 2)}"${one === "Germany" ? " selected" : ""}>${one}</option>`).join("")}</select><label><input type="checkbox" name="same" checked> Billing address is the same</label></section><section><h2>Delivery method</h2>${["Standard, 2–4 days, free", "Express, tomorrow, €9.90", "Pick-up point, free"].map((one, at) => `<div class="card"><label><input type="radio" name="delivery" value="${at}"${at === 0 ? " checked" : ""}> ${one}</label></div>`).join("")}</section><section><h2>Payment</h2>${["Card", "Invoice", "Bank transfer", "PayNow"].map((one, at) => `<div class="card"><label><input type="radio" name="payment" value="${at}"${at === 0 ? " checked" : ""}> ${one}</label></div>`).join("")}<div>${field("card", "Card number", "text", 'inputmode="numeric" autocomplete="cc-number"')}${field("exp", "Expiry (MM/YY)", "text", 'autocomplete="cc-exp"')}${field("cvc", "Security code", "password", 'autocomplete="cc-csc"')}</div></section><label><input type="checkbox" name="terms" required> I accept the <a href="/terms">terms</a> and the <a href="/privacy">privacy notice</a></label><button type="submit">Buy now</button></form><aside class="side card" aria-label="Order summary"><h2>Your order</h2><ul class="plain">${times(3, (at) => `<li class="row">${photo("", 48, 36, at * 80)}<span class="grow">${site.title()}</span><span>€${price(site)}</span></li>`)}</ul><p>Total <strong>€284.17</strong></p></aside></div></main>`,
  );
}

export const shopping: Readonly<Record<string, () => string>> = {
  "search-results": searchResults,
  "shop-listing": listing,
  product,
  cart,
  checkout,
};
