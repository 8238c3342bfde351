// The environment variables a host is born with.
export type Environment = Record<string, string | undefined>;
