// The token that opens the host's page and socket. It is kept, so that bookmarks survive a restart;
// deleting the file locks every other device out.
import { randomBytes } from "node:crypto";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writePrivateFile } from "./private-file.ts";

const tokenBytes = 32;
const shape = /^[\w-]{43}$/;

export async function openToken(dataDir: string): Promise<string> {
  const path = join(dataDir, "token");
  const kept = (await readFile(path, "utf8").catch(() => "")).trim();
  if (shape.test(kept)) {
    await chmod(path, 0o600);
    return kept;
  }
  const token = randomBytes(tokenBytes).toString("base64url");
  await writePrivateFile(path, `${token}\n`);
  return token;
}
