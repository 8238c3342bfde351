// The quick-ask window.
export const quick = {
  title: "Ask Aetheria",
  placeholder: "Ask something…",
  send: "Ask",
  again: "Ask something else",
  open: "Open in the window",
  close: "Close",
  stop: "Stop",
  answer: "Answer",
  asked: "You asked",
  thinking: "Thinking",
  working: (summary: string) => `Working: ${summary}`,
  waiting: "It waits for your answer. Open it in the window to decide.",
  hint: "Enter asks, Esc closes",
};
