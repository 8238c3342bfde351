// A live session over the memory store, scripted models and small tools, for tests of the loop. It
// waits for events of the log, never for time: `sleep` is recorded and returns at once.
import { uuidv7 } from "uuidv7";
import { AetheriaError } from "../../contract/errors.ts";
import type { Push } from "../../contract/calls.ts";
import type { EventOf, EventType, NewEvent, SessionEvent } from "../../contract/events.ts";
import type { MessageId, SessionId } from "../../contract/ids.ts";
import type { Settings } from "../../contract/settings.ts";
import type { Effect, Label } from "../../contract/tool.ts";
import type { Rules } from "../../core/agent/run-ports.ts";
import type { CallPlan, Models, Tool, ToolContext, ToolResult } from "../../core/ports.ts";
import { foldAll } from "../../core/session/reducer.ts";
import { emptyView, type SessionView } from "../../core/session/view.ts";
import { createMemoryStore, type MemoryStore } from "../../testing/memory-store.ts";
import { scriptedModel, type ScriptedModel, type Turn } from "../../testing/scripted-model.ts";
import { LiveSession } from "./live-session.ts";

export type Setup = {
  turns?: readonly Turn[] | ((request: never, n: number) => Turn);
  models?: ScriptedModel[];
  tools?: Tool[];
  rules?: Partial<Omit<Rules, "mode">>;
  settings?: Partial<Settings>;
  store?: MemoryStore;
  sessionId?: SessionId;
  mode?: "ask" | "balanced" | "autonomous";
};

export type Fixture = Awaited<ReturnType<typeof createFixture>>;

export function createFixture(setup: Setup = {}) {
  const clock = { now: () => Date.now(), sleeps: [] as number[] };
  const store = setup.store ?? createMemoryStore({ clock });
  const sessionId = setup.sessionId ?? (uuidv7() as SessionId);
  const model = scriptedModel({ turns: (setup.turns ?? []) as readonly Turn[] });
  const models = setup.models ?? [model];
  const tools = new Map((setup.tools ?? []).map((tool) => [tool.description.name, tool]));
  const pushes: Push[] = [];
  const troubles: unknown[] = [];
  const waiters = new Set<() => void>();
  const settings = { ...store.settings(), ...setup.settings };
  const check = () => {
    for (const waiter of [...waiters]) waiter();
  };

  const live = new LiveSession(
    sessionId,
    {
      store,
      clock: {
        now: clock.now,
        sleep: async (ms, signal) => {
          clock.sleeps.push(ms);
          signal.throwIfAborted();
        },
      },
      ids: { next: uuidv7 },
      models: modelsOf(models),
      tools,
      attachments: { read: async (file) => ({ kind: "text", text: `content of ${file.name}` }) },
      platform: "Linux",
      random: () => 0.5,
      rules: () => ({
        grants: store.grants(),
        offline: false,
        budgets: settings.budgets,
        fallbacks: settings.fallbacks,
        usdToday: 0,
        instructions: "",
        ...setup.rules,
      }),
      saveGrant: (grant) =>
        store.saveGrant({ ...grant, grantId: uuidv7() as never, createdAt: clock.now() }),
      changed: check,
      filesChanged: check,
      runEnded: check,
      idle: check,
      onTrouble: (error) => {
        troubles.push(error);
        check();
      },
    },
    (push) => {
      pushes.push(push);
      queueMicrotask(check);
    },
  );
  if (!store.session(sessionId))
    live.append([created({ mode: setup.mode ?? "autonomous" })], "normal");

  const log = () => store.events(sessionId, {});
  /** Resolves when the log holds the n-th event of this type that fits. */
  function until<Type extends EventType>(
    type: Type,
    fits: (data: EventOf<Type>["data"]) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    return new Promise((resolve) => {
      const look = () => {
        const found = log().find(
          (event): event is EventOf<Type> =>
            event.type === type && fits(event.data as EventOf<Type>["data"]),
        );
        if (!found) return;
        waiters.delete(look);
        resolve(found);
      };
      waiters.add(look);
      look();
    });
  }

  /** Deltas told to watchers, joined. */
  const streamed = (type: "text.delta" | "reasoning.delta") =>
    pushes
      .flatMap((push) => (push.type === "session.frame" ? push.live : []))
      .map((event) => (event.type === type ? event.text : ""))
      .join("");

  return {
    live,
    store,
    sessionId,
    model,
    clock,
    pushes,
    troubles,
    log,
    until,
    types: () => log().map((event) => event.type),
    view: (): SessionView => foldAll(emptyView, log()),
    send: (text: string, delivery: "auto" | "queue" | "steer" = "auto", id = uuidv7()) =>
      live.send({ sessionId, messageId: id as MessageId, text, attachments: [], delivery }),
    ended: (nth = 1) =>
      until("run.finished", (data) => eventsOf(log(), "run.finished")[nth - 1]?.data === data),
    /** Resolves when watchers have been told this text. */
    shown: (text: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!streamed("text.delta").includes(text)) return;
          waiters.delete(look);
          resolve();
        };
        waiters.add(look);
        look();
      }),
    streamed,
    /** Resolves when the person has been told of trouble. */
    troubled: () =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (troubles.length === 0) return;
          waiters.delete(look);
          resolve();
        };
        waiters.add(look);
        look();
      }),
  };
}

const created = (data: { mode: "ask" | "balanced" | "autonomous" }): NewEvent => ({
  type: "session.created",
  data: { title: "", workspace: "/work", model: null, ...data },
});

function modelsOf(models: ScriptedModel[]): Models {
  const first = models[0];
  return {
    open: (ref) => {
      const model = models.find((m) => m.ref.provider === ref.provider && m.ref.name === ref.name);
      if (!model) throw new AetheriaError("model_not_found", `There is no model ${ref.name}.`);
      return model;
    },
    choose: async () => {
      if (!first) throw new AetheriaError("model_missing", "There is no model yet.");
      return first.ref;
    },
    cost: (_ref, usage) => usage.outputTokens / 1_000,
  };
}

type ToolSetup = {
  name: string;
  effect?: Effect;
  labels?: Label[];
  plan?: Partial<CallPlan>;
  run?: (input: Record<string, unknown>, context: ToolContext) => Promise<string> | string;
  artifacts?: ToolResult["artifacts"];
  later?: ToolResult["later"];
};

/** A tool for tests: takes any object, and answers with its name unless told otherwise. */
export function testTool(setup: ToolSetup): Tool {
  const { name, effect = "read", labels = [], plan, run, artifacts, later } = setup;
  return {
    description: { name, family: "test", title: name, description: name, effect, inputSchema: {} },
    parse: (input) =>
      typeof input === "object" && input !== null && !("wrong" in input)
        ? { ok: true, input }
        : { ok: false, problem: "“wrong” is not a field." },
    plan: async () => ({
      summary: name,
      effect,
      paths: [],
      hosts: [],
      sentence: `Run ${name}.`,
      fields: [],
      ...plan,
    }),
    // eslint-disable-next-line require-yield
    async *run(input, context) {
      const text = run ? await run(input as Record<string, unknown>, context) : `${name} ran`;
      return { text, labels, ...(artifacts ? { artifacts } : {}), ...(later ? { later } : {}) };
    },
  };
}

export const say = (text: string): Turn => [{ type: "text", text }];

export const callTool = (name: string, input: unknown = {}, id = uuidv7()): Turn[number] => ({
  type: "tool_call",
  call: { id, name, argumentsText: JSON.stringify(input) },
});

export const eventsOf = <Type extends EventType>(
  events: readonly SessionEvent[],
  type: Type,
): EventOf<Type>[] => events.filter((event): event is EventOf<Type> => event.type === type);
