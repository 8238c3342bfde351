// The guide of the first run: four steps.
export const guide = {
  progress: (step: number, of: number) => `${step} of ${of}`,
  steps: {
    look: {
      loud: ["Make it", "look like", "yours."],
      about: "Everything here can be changed later in the settings.",
      title: "Pick a look",
    },
    found: {
      loud: ["Your own", "machine.", "Your own", "agent."],
      about: "It plans, works with your tools, shows every step and asks before anything leaves.",
      title: "Here is what I found",
    },
    trust: {
      loud: ["You say", "how far", "it goes."],
      about:
        "Data that leaves while the run holds private and untrusted content always asks first.",
      title: "Where it may work",
    },
    try: {
      loud: ["Ready", "when", "you are."],
      about: "Every step it takes is shown, and every file it changes can be taken back.",
      title: "Try it",
    },
  },
  textSize: "Text size",
  sample: "This is how large everything reads.",
  language: "Language",
  languages: { system: "As the system", en: "English", de: "Deutsch" },
  checking: "Looking around…",
  lookAgain: "Look again",
  ready: "ready",
  attention: "attention",
  checks: {
    Sandbox: { ok: "Code can run in a sandbox", missing: "No sandbox for code" },
    Browser: { ok: "A browser is here", missing: "No browser" },
    "File search": { ok: "File search is ready", missing: "File search is not ready" },
    Secrets: { ok: "Keys are kept safe", missing: "Keys are not well protected" },
  },
  otherCheck: (name: string) => `${name} needs attention`,
  alone: "How much may it do alone?",
  byHand: "Or a tool by hand",
  byHandOnly: "There is no model yet. Every tool also works by hand: pick one.",
  choosePrompt: "Pick what to ask first",
  next: "Next",
  back: "Back",
  start: "Start",
  skip: "Skip the guide",
  withoutModel: "or go on without a model: every tool also works by hand",
  again: "First steps",
  againHint: "Look, models, folder and a first try, step by step.",
  show: "Show the guide",
};
