// The picture of a step is of that step, though its answer does not wait for it.
import { expect, it } from "vitest";
import type { Picture } from "../../core/browser-ports.ts";
import { createDoing } from "./doing.ts";
import { createDriver } from "./driver.ts";
import { createInterrupts } from "./interrupts.ts";
import { createNotes } from "./notes.ts";
import type { PageView } from "./page/page-view.ts";
import type { Tab } from "./tabs.ts";
import { createVerbs } from "./verbs.ts";

const never = new AbortController().signal;
const drawn: Picture = { bytes: new Uint8Array(1), mime: "image/jpeg", width: 1280, height: 800 };
const nothing = () => undefined;

function verbsWith(picture: () => Promise<Picture | null>) {
  const seen = { url: "https://a.example/", title: "A", text: "seen" };
  const view = { change: async () => seen, settle: async () => undefined } as Partial<PageView>;
  const tab = { tabId: "t1", title: "A", view, page: {} } as Tab;
  return createVerbs({
    ...{ tabs: { active: () => tab }, driver: createDriver(nothing) },
    dialogs: { current: () => null, pageOf: () => null, calm: nothing },
    ...{ interrupts: createInterrupts(), notes: createNotes(), doing: createDoing(nothing) },
    ...{ isLost: () => false, collect: async () => undefined, picture, used: nothing },
  });
}

it("a step answers before its picture is there, and the next one begins after it", async () => {
  const pictures = [
    Promise.withResolvers<Picture | null>(),
    Promise.withResolvers<Picture | null>(),
  ];
  let asked = 0;
  const verbs = verbsWith(() => pictures[asked++]!.promise);
  const first = await verbs.acted("first", never, async () => null);
  expect(first.text).toBe("seen");

  const order: string[] = [];
  void first.picture.then(() => order.push("drawn"));
  const second = verbs.acted("second", never, async () => {
    order.push("begun");
    return null;
  });
  void verbs.drawn().then(() => order.push("person"));
  await new Promise(setImmediate);
  expect(order).toEqual([]);
  pictures[0]!.resolve(drawn);
  await second;
  expect(order[0]).toBe("drawn");
  expect(order.toSorted()).toEqual(["begun", "drawn", "person"]);
  pictures[1]!.resolve(null);
});

it("a page that cannot be drawn holds nothing up once that is known, nor whoever is stopped", async () => {
  const broken = verbsWith(() => Promise.reject(new Error("It crashed.")));
  const { picture } = await broken.acted("first", never, async () => null);
  expect(await picture).toBeNull();
  expect((await broken.acted("second", never, async () => null)).text).toBe("seen");

  const slow = verbsWith(() => new Promise(() => undefined));
  await slow.acted("first", never, async () => null);
  const stop = new AbortController();
  const waiting = slow.acted("second", stop.signal, async () => null);
  stop.abort(new Error("Stopped."));
  await expect(waiting).rejects.toThrow("Stopped.");
});
