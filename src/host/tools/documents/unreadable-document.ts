// Thrown by a parser that knows why a document cannot be read. The message follows the file's name:
// `is locked with a password.`
export class UnreadableDocument extends Error {}
