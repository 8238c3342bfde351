// The notification centre.
export const notifications = {
  title: "Notifications",
  count: (count: number) => (count === 1 ? "1 new" : `${count} new`),
  waiting: "Waiting for you",
  earlier: "What happened",
  none: "Nothing waits for you.",
  noneHint: "Questions of the agent, finished runs and notes of the host gather here.",
  questions: (count: number) => (count === 1 ? "1 question" : `${count} questions`),
  answer: "Answer",
  answerIn: (title: string) => `Answer in “${title}”`,
  open: "Open",
  openSession: (title: string) => `Open “${title}”`,
  dismiss: "Dismiss",
  clear: "Clear all",
  gone: "A session that is gone",
  ends: {
    done: "Finished",
    stopped: "Stopped",
    failed: "Failed",
    limit: "Stopped at a limit",
  },
  kinds: { error: "Error", notice: "Note", done: "Done" },
};
