import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findPostgres } from "./find-postgres.ts";

describe.skipIf(process.platform === "win32")("findPostgres", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aetheria-find-postgres-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function addPostgres(version: string): void {
    for (const name of ["initdb", "postgres"]) {
      const path = join(folder, name);
      writeFileSync(path, `#!/bin/sh\necho "${name} (PostgreSQL) ${version}"\n`);
      chmodSync(path, 0o755);
    }
  }
  const found = () => findPostgres({ AETHERIA_POSTGRES_BIN: folder });

  it("takes the folder that is named", () => {
    addPostgres("17.2 (Homebrew)");
    expect(found()).toBe(folder);
  });

  it("takes no other than the one that is named", () => {
    expect(found()).toBeUndefined();
  });

  it("passes over one that is too old", () => {
    addPostgres("14.11 (Ubuntu 14.11-0ubuntu0.22.04.1)");
    expect(found()).toBeUndefined();
  });
});
