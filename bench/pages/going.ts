// Saved pages of journeys, money and offices.
import { documentOf } from "./chrome.ts";
import { createSite, icon, photo, times } from "./site.ts";

function flights(): string {
  const site = createSite("Jetways", "modules", 51);
  const { cls, int } = site;
  const airline = () => site.pick(["Nordair", "Iberwing", "Lufthorn", "Baltic Wings", "Skyline"]);
  const flight = (at: number) => {
    const [from, to, stops] = [int(6, 20), int(9, 23), int(0, 2)];
    const name = airline();
    return `<li${cls("Flight")}><div role="link" tabindex="0" aria-label="From ${int(70, 620)} euros round trip total. ${stops} stop flight with ${name}. Leaves Bergen Airport at ${from}:15 on Friday, 3 April and arrives at Lisbon Airport at ${to}:40. Select flight"></div><div class="row"><div>${photo("", 32, 32, at * 30)}</div><div class="grow"><div${cls("Times")}><span><span aria-label="Departure time: ${from}:15."><span role="text">${from}:15</span></span> – <span aria-label="Arrival time: ${to}:40."><span role="text">${to}:40</span></span></span></div><div><span>${name}</span></div></div><div><div aria-label="Total duration ${int(4, 14)} hr ${int(5, 55)} min.">${int(4, 14)} hr ${int(5, 55)} min</div><span><span>BGO</span>–<span>LIS</span></span></div><div><div aria-label="${stops} stop flight.">${stops === 0 ? "Non-stop" : `${stops} stop`}</div><div>${stops === 0 ? "" : `${int(1, 5)} hr ${site.pick(["AMS", "FRA", "CPH"])}`}</div></div><div><div>${int(90, 460)} kg CO2e</div></div><div><span data-gs="CjR${at}" aria-label="${int(70, 620)} euros" role="text">€${int(70, 620)}</span><div>round trip</div></div><button type="button" aria-expanded="false" aria-label="Flight details. ${name}">${icon("chevron", 18)}</button></div></li>`;
  };
  return documentOf(
    site,
    { title: "Bergen to Lisbon | Jetways", footer: "small", stateItems: 200 },
    `<main id="content" class="wrap" role="main"><h1 class="sr-only">Flight search</h1><div role="search"><div class="row"><div role="combobox" aria-haspopup="listbox" aria-expanded="false" tabindex="0" aria-label="Change ticket type">Round trip</div><button type="button" aria-label="1 passenger, change number of passengers">1</button><div role="combobox" aria-haspopup="listbox" aria-expanded="false" tabindex="0">Economy</div></div><div class="row"><input aria-label="Where from?" role="combobox" value="Bergen"><button type="button" aria-label="Swap origin and destination">${icon("share", 16)}</button><input aria-label="Where to?" role="combobox" value="Lisbon"><input aria-label="Departure" value="Fri, 3 Apr"><input aria-label="Return" value="Fri, 10 Apr"></div></div><div class="row" role="region" aria-label="Filters">${["All filters", "Stops", "Airlines", "Bags", "Price", "Times", "Emissions", "Connecting airports", "Duration"].map((one) => `<button type="button" aria-haspopup="dialog">${one} ${icon("chevron", 12)}</button>`).join("")}</div><div class="row"><a href="?sort=best" aria-current="true">Best</a><a href="?sort=cheap">Cheapest from €${int(60, 90)}</a><button type="button" role="switch" aria-checked="false">Track prices</button><button type="button">Date grid</button><button type="button">Price graph</button></div><h2>Top departing flights</h2><ul class="plain">${times(6, flight)}</ul><h2>Other departing flights</h2><ul class="plain">${times(48, flight)}</ul><button type="button">View more flights</button></main>`,
  );
}

function hotel(): string {
  const site = createSite("Stayfinder", "bem", 52);
  const { cls, int } = site;
  const room = (at: number) =>
    `<tr><th scope="row"><a href="#room-${at}"><span>${site.pick(["Double", "Twin", "Family", "Single"])} room ${at + 1}</span></a><div>1 large double bed ${icon("user", 14)}</div><ul class="plain">${["Private bathroom", "Flat-screen TV", "Free Wi-Fi", "Sea view"].map((one) => `<li>${icon("star", 12)} ${one}</li>`).join("")}</ul></th><td><span role="img" aria-label="Sleeps ${int(1, 4)}">${icon("user", 14)}</span></td><td><div>€${int(90, 320)}</div><div>+€${int(4, 19)} taxes and charges</div></td><td><ul><li>Breakfast €${int(9, 18)}</li><li>${site.pick(["Free cancellation", "Non-refundable"])} before 1 April</li><li>No prepayment needed</li></ul></td><td><select aria-label="Number of rooms" name="r${at}">${times(6, (number) => `<option value="${number}">${number}${number ? ` (€${number * int(90, 320)})` : ""}</option>`)}</select></td></tr>`;
  const review = (at: number) =>
    `<li class="card" data-review="${at}"><div class="row">${icon("user", 28)}<div><div>${site.person()}</div><div>${site.pick(["Norway", "Germany", "Japan", "Spain"])}</div></div><span class="grow"></span><div aria-label="Scored ${int(5, 10)}">${int(5, 10)}</div></div><h4>${site.title()}</h4><p><span class="sr-only">Liked</span> ${site.text(2)}</p><p><span class="sr-only">Disliked</span> ${site.sentence()}</p></li>`;
  return documentOf(
    site,
    {
      title: "Harbour Hotel, Bergen – Stayfinder",
      menus: ["Stays", "Flights", "Car hire", "Attractions", "Airport taxis"],
      perMenu: 8,
      banner: true,
      stateItems: 80,
    },
    `<main id="content" class="wrap"><form role="search" class="row"><input aria-label="Where are you going?" value="Bergen"><button type="button" aria-label="Check-in date">Fri 3 Apr</button><button type="button" aria-label="Check-out date">Sun 5 Apr</button><button type="button" aria-expanded="false">2 adults · 0 children · 1 room</button><button type="submit">Search</button></form><nav aria-label="Breadcrumb"><a href="/no">Norway</a> › <a href="/no/bergen">Bergen</a></nav><div class="row"><h1 class="grow">Harbour Hotel</h1><button type="button" aria-label="Save the property">${icon("heart")}</button><button type="button" aria-label="Share">${icon("share")}</button><a href="#rooms" role="button">Reserve</a></div><p>${icon("menu", 14)} Strandgaten 18, 5013 Bergen – <a href="#map">Excellent location, show map</a></p><div class="grid">${times(7, (at) => `<a href="#gallery-${at}" aria-label="Open picture ${at + 1}">${photo(`Room ${at + 1}`, 280, 200, at * 44)}</a>`)}<button type="button">+38 photos</button></div><div class="cols"><div class="main">${times(4, () => `<p>${site.text(5)}</p>`)}<h2>Most popular facilities</h2><ul class="plain row" style="flex-wrap:wrap">${["Free Wi-Fi", "Family rooms", "Non-smoking rooms", "Restaurant", "Bar", "Lift", "Heating", "Tea and coffee maker"].map((one) => `<li>${icon("star", 14)} ${one}</li>`).join("")}</ul></div><aside class="side card"><div>Very good <b>8.4</b></div><div>3,112 reviews</div></aside></div><section id="rooms"><h2>Availability</h2><form action="/book" method="post"><table><thead><tr><th>Room type</th><th>Sleeps</th><th>Price for 2 nights</th><th>Your choices</th><th>Select rooms</th></tr></thead><tbody>${times(12, room)}</tbody></table><button>I’ll reserve</button></form></section><section><h2>Guest reviews</h2><ul class="grid plain">${times(18, review)}</ul></section><section${cls("faq")}><h2>Questions</h2>${times(8, () => `<details><summary>${site.title()}?</summary><p>${site.text(2)}</p></details>`)}</section></main>`,
  );
}

function map(): string {
  const site = createSite("Waymap", "modules", 53);
  const { cls, int } = site;
  const place = (at: number) =>
    `<div role="article" aria-label="${site.title()}"${cls("Place")}><a href="/place/${at}" aria-label="${site.title()}"></a><div class="row"><div class="grow"><div role="heading" aria-level="3">${site.pick(["Café", "Bakery", "Bistro", "Tea room"])} ${site.person().split(" ")[1]}</div><div><span role="img" aria-label="${int(30, 50) / 10} stars ${int(9, 900)} reviews"><span aria-hidden="true">${int(30, 50) / 10}</span>${times(5, () => icon("star", 12))}<span aria-hidden="true">(${int(9, 900)})</span></span> · <span>€€</span></div><div><span>${site.pick(["Café", "Bakery"])}</span> · <span>${icon("user", 12)}</span> · <span>${site.pick(["Strandgaten", "Nygårdsgaten", "Torget"])} ${int(1, 90)}</span></div><div><span>Open</span> · Closes ${int(16, 22)}:00</div><div>“${site.sentence()}”</div></div>${photo("", 84, 84, at * 22)}</div><div class="row"><button type="button" aria-label="Directions to place ${at}">${icon("share", 14)} Directions</button><button type="button" data-value="Save">Save</button></div></div>`;
  const tile = (at: number) =>
    `<img alt="" role="presentation" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" style="position:absolute;left:${(at % 5) * 160}px;top:${Math.floor(at / 5) * 160}px;width:160px;height:160px">`;
  const marker = (at: number) =>
    `<div role="button" tabindex="-1" aria-label="Marker ${at + 1}" style="position:absolute;left:${int(20, 780)}px;top:${int(20, 600)}px">${icon("heart", 22)}</div>`;
  return documentOf(
    site,
    {
      title: "cafe near Bergen - Waymap",
      footer: "none",
      search: "cafe near Bergen",
      stateItems: 60,
    },
    `<div class="cols"><div style="width:420px;height:660px;overflow:auto" role="main" id="content"><h1 class="sr-only">Results for cafe near Bergen</h1><div class="row" role="group">${["Price", "Rating", "Hours", "All filters"].map((one) => `<button type="button" aria-haspopup="true">${one}</button>`).join("")}</div><div role="feed" aria-label="Results for cafe near Bergen">${times(22, place)}</div><label><input type="checkbox" checked> Update results when map moves</label></div><div class="main"><div aria-label="Map" role="region" tabindex="0" style="position:relative;height:660px;overflow:hidden"><canvas width="800" height="660" style="position:absolute"></canvas>${times(20, tile)}${times(40, marker)}<div style="position:absolute;right:10px;bottom:10px"><button type="button" aria-label="Zoom in">+</button><button type="button" aria-label="Zoom out">−</button><button type="button" aria-label="Show your location">${icon("user", 16)}</button></div><div><span>Map data ©2026</span> <a href="/terms">Terms</a></div></div></div></div>`,
  );
}

function bank(): string {
  const site = createSite("Fjordbank", "bem", 54);
  const { cls, int } = site;
  const payment = (at: number) =>
    `<tr${cls("transaction")}><td><time datetime="2026-03-${String(28 - (at % 27)).padStart(2, "0")}">${28 - (at % 27)} Mar 2026</time></td><td><button type="button" aria-expanded="false" aria-controls="t${at}"><span>${site.pick(["Grocer", "Railway", "Electric", "Bakery", "Rent", "Salary", "Cinema"])} ${site.person().split(" ")[1]}</span></button><div id="t${at}" hidden><p>Reference ${int(100_000, 999_999)}</p></div></td><td><span${cls("tag")}>${site.pick(["Food", "Travel", "Home", "Income", "Leisure"])}</span></td><td style="text-align:right">${at % 9 === 4 ? "+" : "−"}€${int(2, 1900)}.${int(10, 99)}</td><td style="text-align:right">€${int(900, 9000)}.${int(10, 99)}</td></tr>`;
  return documentOf(
    site,
    {
      title: "Everyday account – Fjordbank",
      menus: ["Accounts", "Payments", "Cards", "Loans", "Savings", "Service"],
      perMenu: 7,
      footer: "small",
      stateItems: 4,
    },
    `<main id="content" class="wrap"><div role="status">You were last signed in on 2 March 2026 at 08:14.</div><h1>Everyday account</h1><div class="row"><div class="card grow"><div>Available</div><div style="font-size:32px">€4,218.77</div><div>NO93 8601 1117 947</div></div><div class="card">${["Transfer", "Pay a bill", "Standing orders", "Statements"].map((one) => `<a href="/${one.toLowerCase().replaceAll(" ", "-")}">${icon("chevron", 14)} ${one}</a><br>`).join("")}</div></div><section><h2>Transactions</h2><form class="row"><label>From <input type="date" name="from"></label><label>To <input type="date" name="to"></label><label>Kind <select name="kind"><option>All</option><option>In</option><option>Out</option></select></label><label>Search <input type="search" name="text"></label><button>Show</button><a href="/export.csv">Export as CSV</a></form><table><caption class="sr-only">Transactions of March</caption><thead><tr><th scope="col">Date</th><th scope="col">Text</th><th scope="col">Category</th><th scope="col">Amount</th><th scope="col">Balance</th></tr></thead><tbody>${times(80, payment)}</tbody></table><button type="button">Show older</button></section><aside class="card"><h2>Your advisor</h2><p>${site.person()}, +47 55 00 00 ${int(10, 99)}</p><button type="button">Write a message</button></aside></main>`,
  );
}

function government(): string {
  const site = createSite("Public Services", "bem", 55);
  const { cls } = site;
  const field = (id: string, label: string, hint: string, type = "text") =>
    `<div class="govuk-form-group"><label class="govuk-label" for="${id}">${label}</label><div id="${id}-hint" class="govuk-hint">${hint}</div><input class="govuk-input" id="${id}" name="${id}" type="${type}" aria-describedby="${id}-hint" spellcheck="false"></div>`;
  const question = (at: number) =>
    `<div class="govuk-form-group"><fieldset class="govuk-fieldset"><legend class="govuk-fieldset__legend">${at + 1}. ${site.title()}?</legend><div class="govuk-radios">${["Yes", "No", "I do not know"].map((one, index) => `<div class="govuk-radios__item"><input class="govuk-radios__input" id="q${at}-${index}" name="q${at}" type="radio" value="${one}"><label class="govuk-label govuk-radios__label" for="q${at}-${index}">${one}</label></div>`).join("")}</div></fieldset></div>`;
  return documentOf(
    site,
    { title: "Register a change of address - Public Services", footer: "big", stateItems: 1 },
    `<div class="wrap"><div class="govuk-phase-banner"><p><strong>BETA</strong> <span>This is a new service – your <a href="/feedback">feedback</a> helps.</span></p></div><a href="/back">Back</a><main id="content"><div role="alert" aria-labelledby="errors" class="card"><h2 id="errors">There is a problem</h2><ul><li><a href="#postcode">Enter a real postcode</a></li><li><a href="#day">The date must be in the past</a></li></ul></div><h1>Register a change of address</h1><p>${site.text(3)}</p><form action="/address" method="post" novalidate>${field("full", "Full name", "As it is in your passport.")}${field("number", "National number", "11 digits, for example 01018012345.")}${field("old", "Old address, line 1", "House and street.")}${field("new", "New address, line 1", "House and street.")}${field("postcode", "Postcode", "Four digits.")}<fieldset><legend>Date of the move</legend><div id="date-hint">For example, 27 3 2026</div><div class="row">${["Day", "Month", "Year"].map((one) => `<div><label for="${one.toLowerCase()}">${one}</label><input id="${one.toLowerCase()}" name="${one.toLowerCase()}" inputmode="numeric" size="4"></div>`).join("")}</div></fieldset>${times(7, question)}<fieldset><legend>Who moves with you?</legend>${["Partner", "Children", "Parents", "Nobody"].map((one) => `<label><input type="checkbox" name="who" value="${one}"> ${one}</label>`).join("")}</fieldset><label for="proof">Upload a proof</label><input type="file" id="proof" name="proof"><details${cls("details")}><summary>Help with proofs</summary><p>${site.text(3)}</p></details><button type="submit">Save and continue</button></form></main></div>`,
  );
}

export const going: Readonly<Record<string, () => string>> = {
  "flight-search": flights,
  hotel,
  map,
  "bank-account": bank,
  "government-form": government,
};
