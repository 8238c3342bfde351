// Saved pages that people work in.
import { documentOf } from "./chrome.ts";
import { createSite, icon, photo, times } from "./site.ts";

function code(): string {
  const site = createSite("Forgehub", "modules", 41);
  const { int } = site;
  const words = ["session", "browser", "page", "request", "signal", "table", "element"];
  const line = (at: number) => {
    const name = `${site.pick(words)}${int(1, 40)}`;
    const body = site.pick([
      `<span class="pl-k">const</span> <span class="pl-s1">${name}</span> <span class="pl-c1">=</span> <span class="pl-k">await</span> <span class="pl-en">load</span>(<span class="pl-s">"${site.pick(words)}"</span>);`,
      `<span class="pl-k">if</span> (<span class="pl-s1">${name}</span> <span class="pl-c1">===</span> <span class="pl-c1">null</span>) <span class="pl-k">return</span> <span class="pl-c1">${int(0, 9)}</span>;`,
      `<span class="pl-c">// ${site.sentence()}</span>`,
      `<span class="pl-en">${name}</span>(<span class="pl-s1">signal</span>, { <span class="pl-c1">timeoutMs</span>: <span class="pl-c1">${int(1, 9)}00</span> });`,
    ]);
    return `<div class="react-code-line" data-testid="code-cell" id="LC${at + 1}"><div class="react-line-number" data-line-number="${at + 1}" style="display:inline-block;width:48px">${at + 1}</div><div class="react-file-line" style="display:inline-block">${"&nbsp;".repeat((at % 4) * 2)}${body}</div></div>`;
  };
  const entry = (at: number) =>
    `<li role="treeitem" aria-level="1" id="file-${at}" tabindex="-1"><div class="row"><span>${icon("menu", 14)}</span><a href="/blob/${at}"><span>${site.pick(words)}-${at}.ts</span></a></div></li>`;
  return documentOf(
    site,
    {
      title: "sdk/src/client.ts at main · fluent/sdk",
      search: "",
      footer: "small",
      stateItems: 10,
    },
    `<div class="wrap cols"><nav class="side" aria-label="File tree"><button type="button" aria-label="Collapse file tree">${icon("menu", 16)}</button><button type="button" aria-label="main branch">main ${icon("chevron", 12)}</button><input aria-label="Go to file" placeholder="Go to file"><ul role="tree" aria-label="Files" class="plain">${times(46, entry)}</ul></nav><main class="main" id="content"><nav aria-label="Breadcrumbs"><ol class="plain row"><li><a href="/fluent/sdk">sdk</a></li><li><a href="/fluent/sdk/src">src</a></li><li><h1 style="font-size:16px">client.ts</h1></li></ol></nav><div class="row"><a href="/u/ada">ada</a> <a href="/commit/b7f29c">Abort requests at once</a> <span class="grow"></span><a href="/commits">History</a></div><div class="row"><ul role="tablist" class="plain row"><li role="tab" aria-selected="true">Code</li><li role="tab" aria-selected="false">Blame</li></ul><span>620 lines (540 loc) · 21.8 KB</span><span class="grow"></span><a href="/raw">Raw</a><button type="button" aria-label="Copy raw file">${icon("share", 14)}</button><button type="button" aria-label="Download raw file">${icon("chevron", 14)}</button><button type="button" aria-label="Edit this file">${icon("more", 14)}</button></div><textarea aria-label="file content" readonly class="sr-only" tabindex="0"></textarea><div class="react-code-lines" style="font:13px monospace">${times(620, line)}</div></main></div>`,
  );
}

function mailbox(): string {
  const site = createSite("Postbox", "modules", 42);
  const { cls, int } = site;
  const row = (at: number) =>
    `<tr${cls("Row")} role="row" tabindex="-1" id=":r${at}" draggable="true"><td role="gridcell"><div role="checkbox" aria-checked="false" aria-labelledby="s${at}" tabindex="-1" style="width:18px;height:18px;border:1px solid"></div></td><td role="gridcell"><span role="button" aria-label="${at % 5 === 0 ? "Starred" : "Not starred"}" tabindex="-1">${icon("star", 16)}</span></td><td role="gridcell"><div><span><span email="p${at}@mail.example" name="${site.person()}">${at % 3 === 0 ? `<b>${site.person()}</b>` : site.person()}</span>${at % 4 === 0 ? ` <span>${int(2, 9)}</span>` : ""}</span></div></td><td role="gridcell" id="s${at}"><div role="link"><div><span>${at % 3 === 0 ? `<b>${site.title()}</b>` : site.title()}</span><span> - ${site.text(2)}</span></div></div>${at % 6 === 0 ? `<div role="button" title="plan-${at}.pdf"><span>plan-${at}.pdf</span></div>` : ""}</td><td role="gridcell"><span title="${int(1, 28)} March 2026, ${int(1, 23)}:${int(10, 59)}">${int(1, 28)} Mar</span></td><td role="gridcell" style="display:none"><ul role="toolbar">${["Archive", "Delete", "Mark as read", "Snooze"].map((one) => `<li data-tooltip="${one}" role="button" aria-label="${one}"></li>`).join("")}</ul></td></tr>`;
  return documentOf(
    site,
    { title: "Inbox (31) - ada@mail.example - Postbox", search: "", footer: "none", stateItems: 8 },
    `<div class="cols"><nav class="side" role="navigation"><div role="button" tabindex="0">Compose</div><h2 class="sr-only">Labels</h2>${["Inbox", "Starred", "Snoozed", "Sent", "Drafts", "All mail", "Spam", "Bin", "Bridge", "Family", "Travel", "Invoices"].map((one, at) => `<div${cls("Label")}><div class="row"><a href="#${one}" aria-label="${one}${at === 0 ? " 31 unread" : ""}" target="_top">${one}</a>${at === 0 ? "<div>31</div>" : ""}</div></div>`).join("")}</nav><main class="main" role="main" id="content"><div role="toolbar" class="row"><div role="checkbox" aria-checked="false" aria-label="Select" tabindex="0">☐</div><div role="button" aria-label="Refresh" tabindex="0">${icon("menu", 16)}</div><div role="button" aria-label="More email options" aria-haspopup="true" tabindex="0">${icon("more", 16)}</div><span class="grow"></span><span>1–50 of 2,318</span><div role="button" aria-label="Newer" aria-disabled="true">‹</div><div role="button" aria-label="Older" tabindex="0">›</div></div><div role="tablist">${["Primary", "Promotions", "Social"].map((one, at) => `<div role="tab" aria-selected="${at === 0}" aria-label="${one}" tabindex="0">${one}</div>`).join("")}</div><table role="grid" aria-readonly="true"><tbody>${times(50, row)}</tbody></table><div>8.2 GB of 15 GB used · <a href="/terms">Terms</a> · <a href="/privacy">Privacy</a></div></main></div>`,
  );
}

function calendar(): string {
  const site = createSite("Dayplan", "modules", 43);
  const { cls, int } = site;
  const event = (day: number, at: number) =>
    `<div role="button" tabindex="0"${cls("Chip")} data-eventid="e${day}-${at}"><span class="sr-only">${int(8, 17)}:00 to ${int(18, 20)}:30, ${site.title()}, ${site.person()}, Accepted, March ${day}, 2026</span><span aria-hidden="true"><span>${int(8, 17)}:00</span> <span>${site.title()}</span></span></div>`;
  const day = (at: number) => {
    const number = ((at + 22) % 31) + 1;
    return `<div role="gridcell"${cls("Day")} tabindex="-1" data-datekey="${29000 + at}" style="border:1px solid #eee;min-height:110px"><h2 style="font-size:13px"><button type="button" aria-label="${number} March, ${int(1, 4)} events">${number}</button></h2>${times(int(1, 4), (one) => event(number, one))}${at % 6 === 0 ? `<div role="button" tabindex="0">${int(2, 5)} more</div>` : ""}</div>`;
  };
  return documentOf(
    site,
    { title: "Dayplan - March 2026", search: "", footer: "none", stateItems: 10 },
    `<div class="cols"><aside class="side"><button type="button" aria-haspopup="true">Create</button><div role="grid" aria-label="Small month"><div role="row" class="row">${["M", "T", "W", "T", "F", "S", "S"].map((one) => `<span role="columnheader">${one}</span>`).join("")}</div>${times(6, (week) => `<div role="row" class="row">${times(7, (at) => `<span role="gridcell"><button type="button" data-date="${week * 7 + at}" aria-label="${week * 7 + at + 1}" style="padding:2px">${((week * 7 + at) % 31) + 1}</button></span>`)}</div>`)}</div><h2>My calendars</h2><ul class="plain">${["Ada", "Birthdays", "Family", "Work", "Holidays in Norway"].map((one) => `<li><label><input type="checkbox" checked aria-label="${one}"> ${one}</label></li>`).join("")}</ul></aside><main class="main" id="content"><div class="row"><button type="button">Today</button><button type="button" aria-label="Previous month">‹</button><button type="button" aria-label="Next month">›</button><h1>March 2026</h1><span class="grow"></span><button type="button" aria-haspopup="menu" aria-expanded="false">Month</button></div><div role="grid" style="display:grid;grid-template-columns:repeat(7,1fr)">${["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map((one) => `<div role="columnheader">${one}</div>`).join("")}${times(42, day)}</div></main></div>`,
  );
}

function spreadsheet(): string {
  const site = createSite("Gridly", "modules", 44);
  const { int } = site;
  const columns = "ABCDEFGHIJKLMNOPQRST".split("");
  const cell = (row: number, column: string, at: number) =>
    `<div role="gridcell" aria-colindex="${at + 2}" aria-rowindex="${row + 2}" id="${column}${row + 1}" tabindex="-1" style="border:1px solid #eee;padding:2px;overflow:hidden;white-space:nowrap"><div class="cell-inner"><span class="v">${at === 0 ? site.pick(["North", "South", "East", "West"]) : at === 1 ? site.title().slice(0, 18) : int(10, 99_000).toLocaleString("en-US")}</span></div></div>`;
  return documentOf(
    site,
    { title: "Budget 2026 - Gridly", footer: "none", stateItems: 6 },
    `<div role="menubar" aria-label="Main menu" class="bar">${["File", "Edit", "View", "Insert", "Format", "Data", "Tools", "Extensions", "Help"].map((one) => `<div role="menuitem" aria-haspopup="true" tabindex="-1">${one}</div>`).join("")}</div><div role="toolbar" aria-label="Main" class="bar">${["Undo", "Redo", "Print", "Paint format", "Zoom", "Currency", "Percent", "Decrease decimals", "Increase decimals", "Font", "Bold", "Italic", "Strikethrough", "Text colour", "Fill colour", "Borders", "Merge", "Align", "Insert link", "Insert chart", "Filter", "Functions"].map((one) => `<div role="button" aria-label="${one}" tabindex="-1" aria-disabled="false">${icon("menu", 14)}</div>`).join("")}</div><main id="content"><h1 class="sr-only">Budget 2026</h1><div class="row"><input aria-label="Name box" value="C4" size="6"><div contenteditable="true" role="combobox" aria-expanded="false" aria-label="Formula bar" style="border:1px solid;flex:1">=SUM(C2:C3)</div></div><div role="grid" aria-label="Budget 2026" aria-rowcount="1000" aria-colcount="26" style="display:grid;grid-template-columns:40px repeat(20,100px);overflow:auto;height:640px"><div role="row" style="display:contents"><span role="columnheader"></span>${columns.map((one) => `<span role="columnheader">${one}</span>`).join("")}</div>${times(70, (row) => `<div role="row" aria-rowindex="${row + 2}" style="display:contents"><span role="rowheader">${row + 1}</span>${columns.map((column, at) => cell(row, column, at)).join("")}</div>`)}</div><div role="tablist" aria-label="Sheets">${["Plan", "Actual", "Difference", "Notes"].map((one, at) => `<button role="tab" aria-selected="${at === 0}">${one}</button>`).join("")}<button type="button" aria-label="Add sheet">+</button></div></main>`,
  );
}

function analytics(): string {
  const site = createSite("Metrica", "utility", 45);
  const { cls, int } = site;
  const chart = (name: string, at: number) =>
    `<section${cls("panel")} class="card"><header class="row"><h2 style="font-size:16px" class="grow">${name}</h2><button type="button" aria-label="Options of ${name}" aria-haspopup="menu">${icon("more", 16)}</button></header><div class="recharts-wrapper"><svg class="recharts-surface" width="360" height="200" viewBox="0 0 360 200"><title>${name}</title><g class="recharts-cartesian-grid">${times(6, (line) => `<line x1="0" x2="360" y1="${line * 34}" y2="${line * 34}" stroke="#eee"></line>`)}</g>${times(28, (bar) => `<path class="recharts-rectangle" d="M${bar * 12},200 h9 v-${int(10, 180)} h-9 Z" fill="#58f"></path>`)}<g class="recharts-xAxis">${times(7, (tick) => `<text x="${tick * 50}" y="198"><tspan>${tick * 4 + 1} Mar</tspan></text>`)}</g></svg>${at % 2 ? `<canvas width="360" height="120"></canvas>` : ""}</div><ul class="plain row"><li>This month</li><li>Last month</li></ul></section>`;
  return documentOf(
    site,
    { title: "Overview – Metrica", footer: "none", stateItems: 60 },
    `<div class="cols"><nav class="side" aria-label="Reports"><ul class="plain">${["Overview", "Realtime", "Acquisition", "Engagement", "Monetisation", "Retention", "Demographics", "Tech", "Explorations", "Admin"].map((one, at) => `<li><a href="/r/${one.toLowerCase()}"${at === 0 ? ' aria-current="page"' : ""}>${icon("menu", 16)} ${one}</a></li>`).join("")}</ul></nav><main class="main" id="content"><div class="row"><h1 class="grow">Overview</h1><button type="button" aria-haspopup="dialog">1 Mar – 28 Mar 2026</button><label>Compare <select><option>Previous period</option><option>Previous year</option><option>None</option></select></label><button type="button">Export</button></div><div class="grid">${["Users|48,210|+4.1 %", "Sessions|71,904|+2.6 %", "Conversions|1,312|−0.8 %", "Revenue|€92,310|+7.4 %", "Bounce rate|41.2 %|−1.1 %", "Session time|2 m 41 s|+0.4 %"].map((line) => `<div${cls("kpi")}><div>${line.split("|")[0]}</div><div style="font-size:26px">${line.split("|")[1]}</div><div><span aria-hidden="true">▲</span> ${line.split("|")[2]}</div></div>`).join("")}</div><div class="grid" style="grid-template-columns:repeat(2,1fr)">${["Users by day", "Revenue by day", "Sessions by channel", "New and returning", "Conversions by device", "Load time"].map(chart).join("")}</div><section><h2>Top pages</h2><div role="group"><input type="search" aria-label="Search rows" placeholder="Search…"><label>Rows per page <select><option>10</option><option selected>50</option></select></label></div><table><thead><tr>${["Page", "Views", "Users", "Views per user", "Average time", "Events", "Revenue"].map((one) => `<th scope="col" aria-sort="${one === "Views" ? "descending" : "none"}"><button type="button">${one}</button></th>`).join("")}</tr></thead><tbody>${times(50, (at) => `<tr><td><a href="/page/${at}">/${site.title().toLowerCase().replaceAll(" ", "-")}</a></td>${times(6, () => `<td><div><span>${int(1, 9_999).toLocaleString("en-US")}</span></div></td>`)}</tr>`)}</tbody></table></section></main></div>`,
  );
}

function users(): string {
  const site = createSite("Backstage", "utility", 46);
  const { cls, int } = site;
  const row = (at: number) =>
    `<tr${cls("row")} data-user="${1000 + at}"><td><input type="checkbox" aria-label="Select row ${at + 1}"></td><td><div class="row">${photo("", 32, 32, at * 11)}<div><a href="/users/${1000 + at}">${site.person()}</a><div>u${at}@company.example</div></div></div></td><td><span${cls("badge")}>${site.pick(["Admin", "Editor", "Viewer", "Billing"])}</span></td><td><span><span aria-hidden="true">●</span> ${site.pick(["Active", "Invited", "Suspended"])}</span></td><td>${site.pick(["Engineering", "Sales", "Support", "Finance"])}</td><td><time>${int(1, 28)} Mar 2026</time></td><td>${site.pick(["On", "Off"])}</td><td><div class="row"><button type="button">Edit</button><button type="button" aria-label="More actions for user ${at}" aria-haspopup="menu">${icon("more", 16)}</button></div></td></tr>`;
  return documentOf(
    site,
    { title: "Users · Backstage", search: "", footer: "none", stateItems: 100 },
    `<div class="cols"><nav class="side" aria-label="Sidebar">${["Dashboard", "Users", "Teams", "Roles", "Audit log", "Billing", "Integrations", "API keys", "Settings"].map((one) => `<a${cls("nav")} href="/${one.toLowerCase()}"${one === "Users" ? ' aria-current="page"' : ""}><span>${icon("user", 16)}</span><span>${one}</span></a><br>`).join("")}</nav><main class="main" id="content"><div class="row"><h1 class="grow">Users</h1><button type="button">Import</button><button type="button">Invite user</button></div><div class="row"><input type="search" placeholder="Filter users…" aria-label="Filter users">${["Role", "Status", "Team"].map((one) => `<button type="button" aria-haspopup="listbox" aria-expanded="false">${one} ${icon("chevron", 12)}</button>`).join("")}</div><table><thead><tr><th><input type="checkbox" aria-label="Select all"></th>${["Name", "Role", "Status", "Team", "Last seen", "2FA", ""].map((one) => `<th scope="col">${one === "" ? '<span class="sr-only">Actions</span>' : `<button type="button">${one}${icon("chevron", 12)}</button>`}</th>`).join("")}</tr></thead><tbody>${times(100, row)}</tbody></table><div class="row"><span>0 of 1,482 selected</span><span class="grow"></span><button type="button" disabled>Previous</button><button type="button">Next</button></div></main></div>`,
  );
}

function settings(): string {
  const site = createSite("Huddle", "utility", 47);
  const { cls } = site;
  const field = (name: string, at: number) =>
    `<div${cls("row")}><div${cls("text")}><label for="s${at}">${name}</label><p id="d${at}">${site.sentence()}</p></div><div>${[`<button type="button" role="switch" id="s${at}" aria-checked="${at % 2 === 0}" aria-describedby="d${at}"><span></span></button>`, `<select id="s${at}"><option>Always</option><option>Never</option><option>Ask</option></select>`, `<input id="s${at}" value="${site.person()}">`][at % 3]}</div></div>`;
  const group = (name: string, at: number) =>
    `<section aria-labelledby="g${at}"><h2 id="g${at}">${name}</h2>${["Name", "Language", "E-mail notices", "Desktop notices", "Sounds", "Start page", "Share status", "Keep history"].map((one, index) => field(`${one} (${name.toLowerCase()})`, at * 8 + index)).join("")}</section>`;
  return documentOf(
    site,
    { title: "Settings", footer: "small", stateItems: 6 },
    `<div class="wrap cols"><nav class="side" aria-label="Settings"><ul class="plain">${["Profile", "Account", "Notifications", "Privacy", "Appearance", "Security", "Sessions", "Billing"].map((one) => `<li><a href="#${one}">${one}</a></li>`).join("")}</ul></nav><main class="main" id="content"><h1>Settings</h1><form action="/settings" method="post">${["Profile", "Notifications", "Privacy", "Appearance", "Security"].map(group).join("")}<fieldset><legend>Theme</legend>${["Light", "Dark", "System"].map((one) => `<label><input type="radio" name="theme" value="${one}"> ${one}</label>`).join("")}</fieldset><label for="bio">About you</label><textarea id="bio" rows="4">${site.text(2)}</textarea><div class="row"><button type="submit">Save changes</button><button type="reset">Cancel</button></div></form><section class="card"><h2>Danger zone</h2><p>${site.text(2)}</p><button type="button">Delete account</button></section></main></div>`,
  );
}

export const working: Readonly<Record<string, () => string>> = {
  "code-file": code,
  mailbox,
  calendar,
  spreadsheet,
  analytics,
  "users-admin": users,
  settings,
};
