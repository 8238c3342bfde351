// Saved pages where people talk.
import { documentOf } from "./chrome.ts";
import { createSite, icon, photo, times, type Site } from "./site.ts";

function forum(): string {
  const site = createSite("Trailboards", "bem", 31);
  const { cls, int } = site;
  const post = (at: number) =>
    `<article${cls("message")} id="post-${at}" data-author="${at}" data-content="post-${at}"><span id="p${at}" class="u-anchorTarget"></span><div class="cols"><div${cls("message", "user")} style="width:160px"><div${cls("avatar")}>${icon("user", 48)}</div><h4><a href="/members/${at}">${site.person()}</a></h4><h5>${site.pick(["Member", "Senior member", "Moderator"])}</h5><dl><div class="row"><dt>Joined</dt><dd>${int(2006, 2025)}</dd></div><div class="row"><dt>Messages</dt><dd>${int(3, 9000)}</dd></div></dl></div><div class="main"><header class="row"><a href="#post-${at}"><time datetime="2026-02-1${at % 10}">${int(1, 28)} Feb 2026</time></a><span class="grow"></span><a href="#post-${at}" aria-label="Share">${icon("share", 16)}</a><a href="/posts/${at}/bookmark">Bookmark</a><a href="#post-${at}">#${at + 1}</a></header><div class="bbWrapper">${at % 4 === 2 ? `<blockquote><div><a href="#post-${at - 1}">${site.person()} said:</a></div><div>${site.text(2)}</div></blockquote>` : ""}${times(int(1, 4), () => `${site.text(3)}<br><br>`)}</div><aside><hr>Signature: ${site.sentence()}</aside><footer class="row"><a href="/posts/${at}/like">Like</a><a href="/posts/${at}/quote">Quote</a><a href="/posts/${at}/reply">Reply</a><a href="/posts/${at}/report">Report</a><span>${int(0, 40)} people like this</span></footer></div></div></article>`;
  return documentOf(
    site,
    {
      title: "Which stove for a winter trip? | Trailboards",
      menus: ["Forums", "What’s new", "Members", "Gear"],
      perMenu: 8,
      search: "",
      stateItems: 12,
    },
    `<main id="content" class="wrap"><nav aria-label="Breadcrumb"><a href="/">Forums</a> › <a href="/gear">Gear</a> › <a href="/gear/stoves">Stoves</a></nav><h1>Which stove for a winter trip?</h1><nav aria-label="Pages">${times(9, (at) => `<a href="?page=${at + 1}">${at + 1}</a>`)}<a href="?page=2">Next</a></nav>${times(20, post)}<form action="/reply" method="post"><div role="toolbar" aria-label="Editor">${["Bold", "Italic", "Link", "Image", "List", "Quote", "Undo", "Redo"].map((one) => `<button type="button" aria-label="${one}" title="${one}">${icon("menu", 14)}</button>`).join("")}</div><div contenteditable="true" role="textbox" aria-multiline="true" aria-label="Rich text box" style="border:1px solid;min-height:100px"><p><br></p></div><button>Post reply</button></form><section><h2>Similar threads</h2><ul>${times(10, (at) => `<li><a href="/t/${at}">${site.title()}</a> <span>${int(2, 90)} replies</span></li>`)}</ul></section></main>`,
  );
}

function questions(): string {
  const site = createSite("AskStack", "bem", 32);
  const { cls, int } = site;
  const code = () =>
    `<pre class="lang-js s-code-block"><code>${times(int(4, 12), (line) => `<span class="hljs-keyword">const</span> row${line} = rows.<span class="hljs-title">map</span>((one) =&gt; one.id === ${line});`)}</code></pre>`;
  const answer = (at: number) =>
    `<div id="answer-${at}"${cls("answer")} data-answerid="${at}" itemprop="suggestedAnswer"><div class="cols"><div${cls("votes")}><button type="button" aria-label="Up vote">${icon("chevron", 28)}</button><div itemprop="upvoteCount" data-value="${int(-2, 900)}">${int(-2, 900)}</div><button type="button" aria-label="Down vote">${icon("chevron", 28)}</button>${at === 0 ? `<div role="img" aria-label="Accepted answer">${icon("star", 30)}</div>` : ""}</div><div class="main"><div class="s-prose"><p>${site.text(4)}</p>${code()}<p>${site.text(3)} <a href="https://docs.example/${at}" rel="nofollow">the docs</a></p></div><div class="row"><a href="/a/${at}">Share</a><a href="/posts/${at}/edit">Improve this answer</a><button type="button">Follow</button><span class="grow"></span><div class="card">answered <time>${int(1, 28)} Jan at ${int(1, 23)}:0${int(0, 9)}</time><div><a href="/users/${at}">${site.person()}</a> <span title="reputation">${int(1, 90)}.${int(0, 9)}k</span></div></div></div><ul class="plain">${times(int(1, 5), (comment) => `<li class="comment" id="c-${at}-${comment}"><span>${int(0, 30)}</span> <span class="comment-copy">${site.text(2)}</span> – <a href="/users/${comment}">${site.person()}</a> <time>${int(1, 28)} Jan</time></li>`)}</ul><button type="button">Add a comment</button></div></div></div>`;
  return documentOf(
    site,
    {
      title: "javascript - How do I filter rows without copying? - AskStack",
      search: "",
      banner: true,
      stateItems: 4,
    },
    `<div class="wrap cols"><nav class="side" aria-label="Primary"><ol class="plain">${["Home", "Questions", "Tags", "Users", "Jobs", "Companies", "Unanswered"].map((one) => `<li><a href="/${one.toLowerCase()}">${one}</a></li>`).join("")}</ol></nav><main class="main" id="content"><div class="row"><h1 class="grow" itemprop="name"><a href="/q/1">How do I filter rows without copying?</a></h1><a href="/ask" role="button">Ask Question</a></div><div class="row"><span>Asked <time>3 years ago</time></span><span>Modified today</span><span>Viewed 184k times</span></div><div class="s-prose"><p>${site.text(5)}</p>${code()}<p>${site.text(3)}</p></div><ul class="plain row">${["javascript", "arrays", "performance", "filter"].map((tag) => `<li><a href="/tags/${tag}" rel="tag">${tag}</a></li>`).join("")}</ul><div class="row"><h2 class="grow">14 Answers</h2><label>Sorted by: <select><option>Highest score (default)</option><option>Trending</option><option>Date modified</option></select></label></div>${times(14, answer)}<h2>Your Answer</h2><form action="/answer" method="post"><textarea name="post" aria-label="Your answer" rows="8"></textarea><button>Post Your Answer</button></form></main><aside class="side"><h2>Related</h2>${times(20, (at) => `<div class="row"><span>${int(0, 900)}</span><a href="/q/${at}">${site.title()}?</a></div>`)}<h2>Hot network questions</h2><ul>${times(20, (at) => `<li><a href="/hot/${at}">${site.title()}?</a></li>`)}</ul></aside></div>`,
  );
}

const forgeTabs = (site: Site): string =>
  `<div class="wrap"><div class="row"><h1 style="font-size:18px"><a href="/fluent">fluent</a> / <a href="/fluent/sdk">sdk</a> <span>Public</span></h1><span class="grow"></span>${["Watch 214", "Fork 1.2k", "Star 18.4k"].map((one) => `<button type="button">${icon("star", 14)} ${one}</button>`).join("")}</div><nav aria-label="Repository"><ul class="plain row">${["Code", "Issues 482", "Pull requests 37", "Discussions", "Actions", "Projects", "Wiki", "Security", "Insights"].map((one) => `<li><a${site.cls("UnderlineNav", "item")} href="/fluent/sdk/${one.split(" ")[0]?.toLowerCase()}"${one.startsWith("Issues") ? ' aria-current="page"' : ""}>${icon("menu", 14)}<span data-content="${one}">${one}</span></a></li>`).join("")}</ul></nav></div>`;

const labelOf = (site: Site): string => {
  const name = site.pick([
    "bug",
    "enhancement",
    "documentation",
    "good first issue",
    "windows",
    "needs repro",
  ]);
  return `<a href="/labels/${name}"${site.cls("Label")} style="border:1px solid;border-radius:9px;padding:0 6px">${name}</a>`;
};

function issueList(): string {
  const site = createSite("Forgehub", "modules", 33);
  const { cls, int } = site;
  const issue = (at: number) =>
    `<li${cls("ListItem")} role="listitem"><div class="row"><input type="checkbox" aria-label="Select issue #${5200 - at}"><span>${icon("bell", 16, "Open issue")}</span><div class="grow"><div${cls("Title")}><h3 style="font-size:15px;display:inline"><a href="/fluent/sdk/issues/${5200 - at}" data-hovercard-type="issue">${site.title()}</a></h3> ${times(at % 3, () => labelOf(site))}</div><div${cls("Description")}><span>#${5200 - at}</span> · <a href="?author=${at}">${site.person()}</a> opened <relative-time datetime="2026-02-2${at % 9}">${int(2, 27)} days ago</relative-time></div></div><div class="row">${at % 4 === 0 ? photo(site.person(), 20, 20, at * 20) : ""}<a href="/fluent/sdk/issues/${5200 - at}#comments" aria-label="${int(1, 60)} comments">${icon("share", 14)} ${int(1, 60)}</a></div></div></li>`;
  return documentOf(
    site,
    { title: "Issues · fluent/sdk", search: "", footer: "small", stateItems: 40 },
    `${forgeTabs(site)}<main id="content" class="wrap"><div class="row"><form class="grow" role="search"><label class="sr-only" for="issues-q">Search issues</label><input id="issues-q" value="is:issue state:open" size="60"></form><a href="/labels">Labels</a><a href="/milestones">Milestones</a><a role="button" href="/fluent/sdk/issues/new">New issue</a></div><div class="row"><input type="checkbox" aria-label="Select all"><a href="?q=open" aria-current="true">Open 482</a><a href="?q=closed">Closed 3,917</a><span class="grow"></span>${["Author", "Labels", "Projects", "Milestones", "Assignees", "Types", "Newest"].map((one) => `<button type="button" aria-haspopup="true" aria-expanded="false">${one} ${icon("chevron", 12)}</button>`).join("")}</div><ul class="plain">${times(50, issue)}</ul><nav aria-label="Pagination"><span aria-disabled="true">Previous</span>${times(8, (at) => `<a href="?page=${at + 1}" aria-label="Page ${at + 1}">${at + 1}</a>`)}<a href="?page=2" rel="next">Next</a></nav></main>`,
  );
}

function issue(): string {
  const site = createSite("Forgehub", "modules", 34);
  const { cls, int } = site;
  const comment = (at: number) =>
    `<div${cls("TimelineItem")} id="issuecomment-${at}"><div class="row" style="align-items:flex-start"><a href="/u/${at}">${photo(`@user${at}`, 40, 40, at * 25)}</a><div class="main card"><div class="row"><a href="/u/${at}"><strong>user${at}</strong></a> commented <a href="#issuecomment-${at}"><relative-time>${int(1, 28)} days ago</relative-time></a><span class="grow"></span><span>${site.pick(["Contributor", "Member", "Author"])}</span><button type="button" aria-label="Show options" aria-haspopup="menu">${icon("more", 16)}</button></div><div class="markdown-body"><p>${site.text(int(2, 5))}</p>${at % 3 === 0 ? `<div class="highlight"><pre>${times(int(4, 16), (line) => `<span class="pl-en">at</span> Object.call (src/<span class="pl-s">file${line}.ts</span>:${int(1, 400)}:${int(1, 60)})`)}</pre></div>` : ""}<ul>${times(3, () => `<li class="task-list-item"><input type="checkbox" disabled${site.chance(0.5) ? " checked" : ""}> ${site.sentence()}</li>`)}</ul></div><div class="row" role="toolbar" aria-label="Reactions">${["👍", "🎉", "❤️", "👀"].map((one) => `<button type="button" role="switch" aria-checked="false" aria-label="React with ${one}">${one} ${int(1, 40)}</button>`).join("")}</div></div></div></div>`;
  const event = (at: number) =>
    `<div${cls("TimelineEvent")}>${icon("bell", 14)} <a href="/u/${at}">user${at}</a> added the ${labelOf(site)} label <time>${int(1, 28)} Feb</time></div>`;
  return documentOf(
    site,
    {
      title: "Requests hang when the signal is aborted · Issue #5188",
      search: "",
      footer: "small",
      stateItems: 30,
    },
    `${forgeTabs(site)}<main id="content" class="wrap"><div class="row"><h1 class="grow"><bdi>Requests hang when the signal is aborted</bdi> <span>#5188</span></h1><button type="button">Edit</button><a role="button" href="/new">New issue</a></div><div><span>${icon("bell", 16)} Open</span></div><div class="cols"><div class="main">${times(26, (at) => comment(at) + (at % 2 ? event(at) : ""))}<form action="/comment" method="post"><h2>Add a comment</h2><div role="tablist"><button role="tab" aria-selected="true" type="button">Write</button><button role="tab" aria-selected="false" type="button">Preview</button></div><textarea aria-label="Markdown value" placeholder="Use Markdown to format your comment" rows="6"></textarea><div class="row"><button type="button">Close issue</button><button disabled>Comment</button></div></form></div><aside class="side">${["Assignees", "Labels", "Type", "Projects", "Milestone", "Relationships", "Development", "Notifications", "Participants"].map((one) => `<section><h3 style="font-size:14px">${one}</h3><p>${site.pick(["No one assigned", "None yet", "No milestone"])}</p></section>`).join("")}</aside></div></main>`,
  );
}

function video(): string {
  const site = createSite("Vidra", "modules", 35);
  const { cls, int } = site;
  const side = (at: number) =>
    `<div${cls("Compact")}><div class="row"><a href="/watch?v=k${at}" tabindex="-1" aria-hidden="true">${photo("", 160, 90, at * 17)}<span>${int(1, 40)}:${int(10, 59)}</span></a><div><a href="/watch?v=k${at}" aria-label="${site.title()} by ${site.person()} ${int(2, 900)}K views ${int(2, 40)} minutes"><h3 style="font-size:14px"><span>${site.title()}</span></h3><div><span>${site.person()}</span></div><div><span>${int(2, 900)}K views</span> <span>${int(2, 11)} months ago</span></div></a></div><button type="button" aria-label="Action menu">${icon("more", 18)}</button></div></div>`;
  const comment = (at: number) =>
    `<div${cls("Comment")}><div class="row" style="align-items:flex-start">${photo("", 40, 40, at * 40)}<div class="main"><div><a href="/@u${at}"><span>@${site.person().replace(" ", "").toLowerCase()}</span></a> <a href="?lc=${at}">${int(1, 11)} months ago</a></div><div><span>${site.text(int(1, 3))}</span></div><div class="row"><button type="button" aria-pressed="false" aria-label="Like this comment along with ${int(1, 900)} other people">${icon("heart", 14)}</button><span>${int(1, 900)}</span><button type="button" aria-pressed="false" aria-label="Dislike this comment">${icon("chevron", 14)}</button><button type="button">Reply</button></div>${at % 3 === 0 ? `<button type="button" aria-expanded="false">${int(2, 20)} replies</button>` : ""}</div></div></div>`;
  return documentOf(
    site,
    { title: "Restoring a 1930s wooden boat - Vidra", search: "", footer: "none", stateItems: 400 },
    `<main id="content" class="wrap cols"><div class="main"><div id="player" role="region" aria-label="Video player"><video width="760" height="428" controls></video><div class="row" role="toolbar">${["Play (k)", "Next", "Mute (m)", "Subtitles (c)", "Settings", "Theatre mode (t)", "Full screen (f)"].map((one) => `<button type="button" aria-label="${one}">${icon("menu", 18)}</button>`).join("")}<div role="slider" tabindex="0" aria-label="Seek slider" aria-valuemin="0" aria-valuemax="1412" aria-valuenow="86" aria-valuetext="1 minute 26 seconds of 23 minutes 32 seconds" style="width:200px;height:6px;background:#ccc"></div></div></div><h1>Restoring a 1930s wooden boat</h1><div class="row"><a href="/@boats">Harbour Boats</a><span>1.2M subscribers</span><button type="button">Subscribe</button><span class="grow"></span><button type="button" aria-label="like this video along with 48,211 other people">${icon("heart")} 48K</button><button type="button" aria-label="Dislike this video">${icon("chevron")}</button><button type="button">Share</button><button type="button">Save</button><button type="button" aria-label="More actions">${icon("more")}</button></div><div class="card"><span>2.1M views 3 years ago</span><p>${site.text(5)}</p><button type="button">...more</button></div><h2>3,204 Comments</h2><div class="row"><input placeholder="Add a comment..." aria-label="Add a comment"><button type="button" aria-haspopup="true">Sort by</button></div>${times(40, comment)}</div><div style="width:400px"><div role="tablist" class="row">${["All", "From Harbour Boats", "Woodwork", "Related"].map((one, at) => `<button role="tab" aria-selected="${at === 0}">${one}</button>`).join("")}</div>${times(30, side)}</div></main>`,
  );
}

function feed(): string {
  const site = createSite("Chirrup", "utility", 36);
  const { cls, int } = site;
  const post = (at: number) =>
    `<div${cls("cell")} data-testid="cellInnerDiv"><div><article role="article" tabindex="0" aria-labelledby="n${at} t${at}" data-testid="tweet"><div${cls("post")}><div><div class="row" style="align-items:flex-start"><div><a href="/u${at}" role="link" tabindex="-1" aria-hidden="true"><div style="width:40px;height:40px;border-radius:20px;background:hsl(${at * 20} 50% 60%)"></div></a></div><div class="main"><div${cls("post", "head")}><div dir="ltr" id="n${at}"><a href="/u${at}" role="link"><div><span><span>${site.person()}</span></span></div></a><div><a href="/u${at}" tabindex="-1"><span>@user${at}</span></a><span aria-hidden="true">·</span><a href="/u${at}/status/${at}" aria-label="${int(1, 23)} hours ago"><time>${int(1, 23)}h</time></a></div></div><div><button aria-expanded="false" aria-haspopup="menu" aria-label="More" type="button">${icon("more", 18)}</button></div></div><div dir="auto" lang="en" id="t${at}" data-testid="tweetText"><span>${site.text(int(1, 3))} </span><span><a href="/hashtag/x${at}">#${site.pick(["bridge", "bread", "boats", "trains"])}</a></span></div>${at % 3 === 1 ? `<div><a href="/u${at}/photo/1">${photo("Image", 420, 240, at * 31)}</a></div>` : ""}<div role="group" aria-label="${int(1, 90)} replies, ${int(1, 900)} reposts, ${int(1, 9000)} likes" class="row"><button type="button" aria-label="${int(1, 90)} Replies. Reply"><div><div>${icon("share", 16)}</div><span><span>${int(1, 90)}</span></span></div></button><button type="button" aria-haspopup="menu" aria-label="${int(1, 90)} reposts. Repost"><div>${icon("menu", 16)}<span>${int(1, 90)}</span></div></button><button type="button" aria-label="${int(1, 900)} Likes. Like"><div>${icon("heart", 16)}<span>${int(1, 900)}</span></div></button><a href="/u${at}/analytics" aria-label="${int(1, 90)}K views">${icon("chevron", 16)}</a><button type="button" aria-label="Bookmark">${icon("star", 16)}</button></div></div></div></div></div></article></div></div>`;
  return documentOf(
    site,
    { title: "(3) Home / Chirrup", footer: "none", stateItems: 60 },
    `<div class="wrap cols"><nav class="side" aria-label="Primary" role="navigation">${["Home", "Explore", "Notifications", "Messages", "Lists", "Bookmarks", "Communities", "Profile", "More"].map((one) => `<a href="/${one.toLowerCase()}" aria-label="${one}" role="link"><div class="row"><div>${icon("bell", 24)}</div><div dir="ltr"><span>${one}</span></div></div></a>`).join("")}<a href="/compose" role="link" aria-label="Post"><div>Post</div></a></nav><main class="main" role="main" id="content"><h1 class="sr-only">Home timeline</h1><div role="tablist" class="row"><a role="tab" aria-selected="true" href="/home"><span>For you</span></a><a role="tab" aria-selected="false" href="/following"><span>Following</span></a></div><div><div role="textbox" contenteditable="true" aria-label="Post text" aria-multiline="true" style="min-height:48px;border:1px solid #ddd"></div><div class="row"><button type="button" aria-label="Add photos or video">${icon("menu", 18)}</button><button type="button" aria-label="Add a GIF">${icon("menu", 18)}</button><button type="button" aria-disabled="true" disabled>Post</button></div></div><section aria-labelledby="tl" role="region"><h2 class="sr-only" id="tl">Your home timeline</h2><div aria-label="Timeline: your home timeline">${times(60, post)}</div></section></main><aside class="side"><form role="search"><input type="text" role="combobox" aria-label="Search query" aria-expanded="false" placeholder="Search"></form><section><h2>Trends for you</h2>${times(10, (at) => `<div role="link" tabindex="0" class="card"><div>Trending</div><div><span>${site.title()}</span></div><div>${int(1, 90)}.${at}K posts</div></div>`)}</section></aside></div>`,
  );
}

function chat(): string {
  const site = createSite("Huddle", "modules", 37);
  const { cls, int } = site;
  const message = (at: number) =>
    `<div role="listitem" tabindex="-1"${cls("Message")} data-ts="17${at}"><div class="row" style="align-items:flex-start">${at % 3 === 0 ? `<button type="button" aria-label="View profile of user ${at % 9}">${icon("user", 36)}</button>` : `<span style="width:36px"></span>`}<div class="main">${at % 3 === 0 ? `<div><button type="button" style="border:0;background:none"><b>${site.person()}</b></button> <a href="/archives/${at}" aria-label="${int(1, 12)}:${int(10, 59)} AM"><time>${int(1, 12)}:${int(10, 59)}</time></a></div>` : ""}<div><span dir="auto">${site.text(int(1, 2))}</span></div>${at % 5 === 0 ? `<div class="row"><button type="button" aria-pressed="false" aria-label="${int(1, 9)} reactions, thumbs up">👍 ${int(1, 9)}</button><button type="button" aria-label="Add reaction">+</button></div>` : ""}${at % 7 === 0 ? `<button type="button">${int(2, 14)} replies <span>Last reply today</span></button>` : ""}</div><div role="group" aria-label="Message actions" style="display:none">${["React", "Reply in thread", "Forward", "Save", "More"].map((one) => `<button type="button" aria-label="${one}">${icon("more", 14)}</button>`).join("")}</div></div></div>`;
  return documentOf(
    site,
    { title: "#bridge-project (Channel) - Huddle", footer: "none", search: "", stateItems: 20 },
    `<div class="cols" style="height:700px"><nav class="side" aria-label="Channels" style="overflow:auto;height:700px"><div role="tree" aria-label="Channels and direct messages">${times(26, (at) => `<div role="treeitem" aria-level="2" tabindex="-1"${at === 3 ? ' aria-selected="true"' : ""}><a href="/c/${at}"><span>${at < 16 ? "#" : icon("user", 14)}</span><span>${at < 16 ? `${site.pick(["bridge", "harbour", "bread", "design"])}-${at}` : site.person()}</span>${at % 6 === 0 ? `<span aria-label="${int(1, 9)} unread">${int(1, 9)}</span>` : ""}</a></div>`)}</div></nav><main class="main" id="content"><header class="row"><h1 style="font-size:18px" class="grow">#bridge-project</h1><button type="button">24 members</button><button type="button" aria-label="Search in channel">${icon("search", 16)}</button></header><div role="tablist">${["Messages", "Files", "Pins"].map((one, at) => `<button role="tab" aria-selected="${at === 0}">${one}</button>`).join("")}</div><div role="list" aria-label="bridge-project (channel)" style="height:480px;overflow:auto">${times(140, message)}</div><div${cls("Composer")}><div role="toolbar" aria-label="Formatting">${["Bold", "Italic", "Strikethrough", "Link", "Ordered list", "Bulleted list", "Code"].map((one) => `<button type="button" aria-label="${one}">${icon("menu", 14)}</button>`).join("")}</div><div contenteditable="true" role="textbox" aria-label="Message to bridge-project" aria-multiline="true" style="border:1px solid;min-height:44px"><p></p></div><button type="button" aria-label="Attach">+</button><button type="button" aria-label="Send now" aria-disabled="true">Send</button></div></main></div>`,
  );
}

export const talking: Readonly<Record<string, () => string>> = {
  "forum-thread": forum,
  questions,
  "issue-list": issueList,
  issue,
  video,
  feed,
  chat,
};
