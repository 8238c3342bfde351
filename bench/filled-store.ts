// A store as full as the promises speak of: sessions of 100 messages each, in words as common as in
// real text. The same content in every run.
import type { NewEvent } from "../src/contract/events.ts";
import { MessageId, RunId, SessionId } from "../src/contract/ids.ts";
import type { Store } from "../src/core/ports.ts";
import { seeded } from "./seeded.ts";

const messagesPerSession = 100;
const roundSize = 10;

export const random = seeded(7);
let idTime = 0x19000000000;
export const vocabulary = makeVocabulary(40_000);

/** 10,000 sessions make 1,000,000 messages. */
export function fill(target: Store, sessionCount: number): void {
  for (let round = 0; round < messagesPerSession / roundSize; round += 1)
    for (let session = 0; session < sessionCount; session += 1) {
      const events = Array.from({ length: roundSize }, (_, index) => message(index % 2 === 0));
      if (round === 0) events.unshift(created());
      target.append(sessionId(session), events, "normal");
    }
}

function created(): NewEvent {
  const title = words(4);
  return {
    type: "session.created",
    data: { title, workspace: null, model: null, mode: "balanced" },
  };
}

export function message(person: boolean): NewEvent {
  const text = words(10 + Math.floor(random() * 40));
  const messageId = MessageId.parse(uuid());
  if (person)
    return { type: "message.sent", data: { messageId, text, attachments: [], delivery: "auto" } };
  return {
    type: "text.finished",
    data: { runId: RunId.parse("run"), turn: 1, text, partial: false },
  };
}

/** Ids grow with time, as UUIDv7 do. */
function uuid(): string {
  idTime += 1;
  const time = idTime.toString(16).padStart(12, "0");
  const hex = () =>
    Math.floor(random() * 2 ** 16)
      .toString(16)
      .padStart(4, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex().slice(1)}-8${hex().slice(1)}-${hex()}${hex()}${hex()}`;
}

export function sessionId(index: number): SessionId {
  return SessionId.parse(`01900000-0000-7000-8000-${String(index).padStart(12, "0")}`);
}

/** Words as often as in real text: the n-th commonest about 1/n as often as the first. */
function words(count: number): string {
  const pick = () => vocabulary[Math.floor(vocabulary.length ** random()) - 1] ?? "";
  return Array.from({ length: count }, pick).join(" ");
}

function makeVocabulary(size: number): string[] {
  const letters = "eeeeetttaaaooiinnsshhrrddlcumwfgypbvkjxqz";
  const made = new Set<string>();
  while (made.size < size) {
    const length = 2 + Math.floor(Math.log2(made.size + 2) / 2.2 + random() * 4);
    let word = "";
    while (word.length < length) word += letters[Math.floor(random() * letters.length)] ?? "e";
    made.add(word);
  }
  return [...made];
}
