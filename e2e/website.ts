// A small website that a scripted model works on over three messages, and the line to the host on
// which sessions are made and messages sent without a page.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { uuidv7 } from "uuidv7";
import { MessageId, type SessionId } from "../src/contract/ids.ts";
import type { Client } from "../src/rpc/client.ts";
import type { PageRig } from "./page-rig.ts";

export const website: Readonly<Record<string, string>> = {
  "README.md": "# Bakery\n\nBread, *slowly*.\n\n- open daily\n",
  "draft.txt": "to be published\n",
  "old/notes.md": "obsolete\n",
  "src/index.html": [
    "<main>",
    "  <h1>Welcome</h1>",
    "  <p>We make things.</p>",
    "</main>",
    "<footer>",
    "  <small>© 2025</small>",
    "</footer>",
    "",
  ].join("\n"),
  "src/theme.css": "body {\n  color: black;\n}\n",
};

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="320" height="320"><rect width="64" height="64" fill="#ffd93d"/><circle cx="32" cy="32" r="18" fill="#14120f"/></svg>\n`;

type Call = [name: string, input: object];
const edit = (path: string, ...edits: [from: string, to: string][]): Call => [
  "edit_file",
  { path, edits: edits.map(([old_text, new_text]) => ({ old_text, new_text })) },
];
const write = (path: string, content: string): Call => ["write_file", { path, content }];

/** What the model does when a message holds these words. */
export const work: Readonly<Record<string, readonly Call[]>> = {
  "hero section": [
    write("src/hero.svelte", "<h1>{title}</h1>\n<slot />\n"),
    write("public/logo.svg", logo),
    edit(
      "src/index.html",
      ["  <h1>Welcome</h1>\n", '  <Hero title="Bread, slowly." />\n'],
      ["<p>We make things.</p>", "<p>Baked at four, sold by ten.</p>"],
    ),
  ],
  "tidy up": [
    edit("src/theme.css", ["black", "#14120f"]),
    ["delete_file", { path: "old" }],
    ["move_file", { from: "draft.txt", to: "public/news.txt" }],
  ],
  "new footer": [
    edit("src/index.html", ["© 2025", "© 2026 · open every day"]),
    edit("README.md", ["- open daily", "- open every day"]),
  ],
};

export function scriptModel({ model }: PageRig): void {
  type Messages = readonly { role: string }[];
  const answers = (messages: Messages) =>
    messages.length - 1 - messages.findLastIndex(({ role }) => role === "user");
  const done = (messages: Messages) =>
    messages.slice(-answers(messages) || messages.length).filter(({ role }) => role === "tool")
      .length;
  for (const [words, steps] of Object.entries(work)) {
    const turns = [
      ...steps.map(([name, input]) => ({
        toolCalls: [{ name, arguments: JSON.stringify(input) }],
      })),
      { content: `Done: ${words}.` },
    ];
    turns.forEach((response, index) =>
      model.addFixture({
        match: {
          userMessage: words,
          predicate: ({ messages }) => (answers(messages) === 0 ? 0 : done(messages)) === index,
        },
        response,
      }),
    );
  }
}

export async function put(folder: string, files: Record<string, string | Uint8Array>) {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Sends a message and waits until nothing works on it any more. */
export async function ask(line: Client, sessionId: SessionId, text: string): Promise<void> {
  const over = new Promise<void>((resolve) => {
    const stop = line.onPush((push) => {
      if (push.type !== "session.changed" || push.summary.sessionId !== sessionId) return;
      if (push.summary.phase !== "idle" || push.summary.messages === 0) return;
      stop();
      resolve();
    });
  });
  await line.call("session.send", {
    sessionId,
    messageId: MessageId.parse(uuidv7()),
    text,
    attachments: [],
    delivery: "auto",
  });
  await over;
}
