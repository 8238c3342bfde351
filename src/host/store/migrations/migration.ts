// One numbered step from a format of the database to the next.
export type Migration = { version: number; sql: string };
