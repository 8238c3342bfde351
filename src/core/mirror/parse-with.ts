// What was sealed is JSON of a known shape; from a newer version it may not be.
import * as z from "zod/mini";

/** null: it is not, or there is nothing. */
export function parseWith<Schema extends z.core.$ZodType>(
  schema: Schema,
  text: string | null,
): z.output<Schema> | null {
  if (text === null) return null;
  try {
    const parsed = z.safeParse(schema, JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
