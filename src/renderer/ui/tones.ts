// The accent colours by name. What each means is fixed (UI.md): yellow = you, blue = running,
// mint = done or safe, pink = your decision, red = send, stop or error, lilac = plan or thought.

export type Tone = "card" | "yellow" | "red" | "blue" | "mint" | "lilac" | "pink";
