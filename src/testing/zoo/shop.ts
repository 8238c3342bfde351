// The shop: search and filters by GET, a cart by cookie, a checkout by POST.
import { categories, euros, findProducts, products, type Product } from "./products.ts";
import { cookieOf, escape, formOf, redirect, sendHtml, type Answer, type Visit } from "./visit.ts";

const perPage = 24;

type Orders = { carts: Map<string, number[]>; placed: Map<string, URLSearchParams> };

/** Carts and orders live as long as this shop. */
export function createShop(): Answer {
  const orders: Orders = { carts: new Map(), placed: new Map() };
  return (visit) => {
    const [, , place = "", id = ""] = visit.url.pathname.split("/");
    const product = products.find((one) => String(one.id) === id);
    if (place === "item" && product) return showProduct(visit, product);
    if (place === "cart") return visit.method === "POST" ? add(visit, orders) : cart(visit, orders);
    if (place === "checkout")
      return visit.method === "POST" ? placeOrder(visit, orders) : checkout(visit, orders);
    if (place === "order") return showOrder(visit, id, orders);
    return list(visit);
  };
}

function page(visit: Visit, title: string, body: string, cookie?: string): void {
  const words = visit.url.searchParams.get("q") ?? "";
  const head = `<header><a href="/shop">Fjord &amp; Field</a>
<form role="search" action="/shop/search" method="get"><input type="search" name="q" aria-label="Search products" placeholder="Search products" value="${escape(words)}"> <button>Search</button></form>
<nav aria-label="Categories">${categories.map((one) => `<a href="/shop/search?category=${one}">${one}</a>`).join(" ")}</nav>
<a href="/shop/cart">Cart</a></header>`;
  const foot = `<footer>${["Delivery", "Returns", "Gift cards", "Stores", "Careers", "Privacy", "Terms"].map((one) => `<a href="/shop/about?page=${one}">${one}</a>`).join(" ")}<small>© Fjord &amp; Field</small></footer>`;
  sendHtml(visit, `${title} · Fjord & Field`, `${head}<main>${body}</main>${foot}`, cookie);
}

function list(visit: Visit): void {
  const asked = visit.url.searchParams;
  const most = Number(asked.get("max") ?? "");
  const found = findProducts({
    words: asked.get("q") ?? "",
    category: asked.get("category") ?? "",
    mostEuros: most > 0 ? most : null,
    inStock: asked.has("stock"),
    sort: asked.get("sort") ?? "",
  });
  const at = Math.max(1, Number(asked.get("page") ?? "1"));
  const shown = found.slice((at - 1) * perPage, at * perPage);
  const words = asked.get("q") ?? "";
  const title = words === "" ? "All products" : `Results for “${words}”`;
  const body = `<h1>${escape(title)}</h1><p role="status">${found.length} products</p>${filters(asked)}
<ul class="items">${shown.map(card).join("")}</ul>${pager(asked, at, Math.ceil(found.length / perPage))}`;
  page(visit, title, body);
}

const card = (one: Product): string =>
  `<li><article><h2><a href="/shop/item/${one.id}">${one.name}</a></h2><p>${euros(one.priceCents)}</p><p><span role="img" aria-label="Rated ${one.rating.toFixed(1)} of 5">★</span> ${one.stock > 0 ? `${one.stock} in stock` : "Sold out"}</p></article></li>`;

function filters(asked: URLSearchParams): string {
  const option = (value: string, label: string, name: string) =>
    `<option value="${value}"${asked.get(name) === value ? " selected" : ""}>${label}</option>`;
  return `<form action="/shop/search" method="get" aria-label="Filters">
<input type="hidden" name="q" value="${escape(asked.get("q") ?? "")}">
<label>Category <select name="category"><option value="">All</option>${categories.map((one) => option(one, one, "category")).join("")}</select></label>
<label>Highest price <input type="number" name="max" min="1" value="${escape(asked.get("max") ?? "")}"></label>
<label><input type="checkbox" name="stock" value="1"${asked.has("stock") ? " checked" : ""}> In stock only</label>
<label>Sort by <select name="sort">${option("", "Best match", "sort")}${option("price", "Price, low to high", "sort")}${option("-price", "Price, high to low", "sort")}${option("rating", "Rating", "sort")}</select></label>
<button>Apply filters</button></form>`;
}

function pager(asked: URLSearchParams, at: number, pages: number): string {
  const to = (page: number) => {
    const query = new URLSearchParams(asked);
    query.set("page", String(page));
    return `/shop/search?${escape(query.toString())}`;
  };
  const numbers = Array.from({ length: pages }, (_, index) => index + 1).map((page) =>
    page === at ? `<b aria-current="page">${page}</b>` : `<a href="${to(page)}">${page}</a>`,
  );
  const next = at < pages ? `<a rel="next" href="${to(at + 1)}">Next page</a>` : "";
  return `<nav aria-label="Pages">${numbers.join(" ")} ${next}</nav>`;
}

function showProduct(visit: Visit, one: Product): void {
  const similar = products.filter(({ category }) => category === one.category).slice(0, 6);
  const rows = [
    ["Material", one.material],
    ["Category", one.category],
    ["Rating", `${one.rating.toFixed(1)} of 5`],
    ["Weight", `${((one.id % 9) + 0.4).toFixed(1)} kg`],
  ];
  page(
    visit,
    one.name,
    `<h1>${one.name}</h1><p id="price">Price: <strong>${euros(one.priceCents)}</strong></p>
<p>${one.stock > 0 ? `${one.stock} in stock` : "Sold out"}</p>
<table><caption>Details</caption>${rows.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`).join("")}</table>
<form action="/shop/cart" method="post"><input type="hidden" name="id" value="${one.id}"><label>Quantity <input type="number" name="quantity" value="1" min="1" max="9"></label>
<button${one.stock > 0 ? "" : " disabled"}>Add to cart</button></form>
<h2>Others look at</h2><ul class="items">${similar.map(card).join("")}</ul>`,
  );
}

function add(visit: Visit, { carts }: Orders): void {
  const form = formOf(visit);
  const owner = cookieOf(visit, "cart") ?? `cart-${carts.size + 1}`;
  const quantity = Math.min(9, Math.max(1, Number(form.get("quantity")) || 1));
  const ids = Array.from({ length: quantity }, () => Number(form.get("id")));
  carts.set(owner, [...(carts.get(owner) ?? []), ...ids]);
  redirect(visit, "/shop/cart", `cart=${owner}; Path=/`);
}

const inCart = (visit: Visit, { carts }: Orders): Product[] =>
  (carts.get(cookieOf(visit, "cart") ?? "") ?? []).map((id) => products[id - 1]!);
const sum = (items: Product[]): string =>
  euros(items.reduce((all, { priceCents }) => all + priceCents, 0));

function cart(visit: Visit, orders: Orders): void {
  const items = inCart(visit, orders);
  if (items.length === 0) return page(visit, "Cart", "<h1>Cart</h1><p>Your cart is empty.</p>");
  const rows = items.map((one) => `<tr><td>${one.name}</td><td>${euros(one.priceCents)}</td></tr>`);
  page(
    visit,
    "Cart",
    `<h1>Cart</h1><table><thead><tr><th>Product</th><th>Price</th></tr></thead><tbody>${rows.join("")}</tbody></table><p>Total: <strong>${sum(items)}</strong></p><p><a href="/shop/checkout">Go to checkout</a></p>`,
  );
}

function checkout(visit: Visit, orders: Orders): void {
  const field = (label: string, name: string, more = "") =>
    `<label>${label} <input name="${name}" required ${more}></label>`;
  page(
    visit,
    "Checkout",
    `<h1>Checkout</h1><p>Total: <strong>${sum(inCart(visit, orders))}</strong></p>
<form action="/shop/checkout" method="post">
<input type="hidden" name="token" value="7f3a9c">
<fieldset><legend>Address</legend>${field("Full name", "name", 'autocomplete="name"')}${field("Street", "street", 'autocomplete="street-address"')}${field("Postcode", "postcode", 'autocomplete="postal-code"')}${field("City", "city")}
<label>Country <select name="country"><option>Austria</option><option>Germany</option><option>Norway</option><option>Portugal</option></select></label>
${field("E-mail", "email", 'type="email" autocomplete="email"')}</fieldset>
<fieldset><legend>Delivery</legend><label><input type="radio" name="delivery" value="standard" checked> Standard, 3 to 5 days</label><label><input type="radio" name="delivery" value="express"> Express, tomorrow</label></fieldset>
<fieldset><legend>Payment</legend>${field("Card number", "card", 'inputmode="numeric" autocomplete="cc-number"')}${field("Expires", "expires", 'placeholder="MM/YY" autocomplete="cc-exp"')}${field("Security code", "cvc", 'type="password" autocomplete="cc-csc"')}</fieldset>
<fieldset><legend>Account</legend>${field("Choose a password", "password", 'type="password" autocomplete="new-password"')}</fieldset>
<label><input type="checkbox" name="terms" value="yes" required> I agree to the terms</label>
<button>Place order</button></form>`,
  );
}

function placeOrder(visit: Visit, { placed }: Orders): void {
  const id = `F${1000 + placed.size + 1}`;
  placed.set(id, formOf(visit));
  redirect(visit, `/shop/order/${id}`);
}

function showOrder(visit: Visit, id: string, { placed }: Orders): void {
  const form = placed.get(id);
  if (!form) return page(visit, "Order", "<h1>There is no such order</h1>");
  page(
    visit,
    `Order ${id}`,
    `<h1>Thank you, ${escape(form.get("name") ?? "")}</h1><p role="status">Order ${id} is placed. It goes to ${escape(form.get("city") ?? "")}, ${escape(form.get("country") ?? "")}.</p><a href="/shop">Back to the shop</a>`,
  );
}
