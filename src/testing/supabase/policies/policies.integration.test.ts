// Who may reach what, tried on real PostgreSQL with the migrations as they are; and that each of these
// proofs notices when what it proves is taken away.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "../database.ts";
import { findPostgres } from "../find-postgres.ts";
import { fileProofs } from "./file-proofs.ts";
import { functionProofs } from "./function-proofs.ts";
import { mutants } from "./mutants.ts";
import { ruleProofs } from "./rule-proofs.ts";
import { openStage, type Stage } from "./stage.ts";
import { tableProofs } from "./table-proofs.ts";

const proofs = [...tableProofs(), ...ruleProofs(), ...fileProofs(), ...functionProofs()];

let database: Database;
let stage: Stage;
beforeAll(async () => {
  if (findPostgres() === undefined) return;
  database = await openDatabase();
  stage = await openStage(database);
});
afterAll(async () => {
  await stage?.close();
  await database?.close();
});

const withPostgres = describe.skipIf(findPostgres() === undefined);

withPostgres("on the mirror's server, a real PostgreSQL,", () => {
  it.each(proofs.map((proof) => [proof.name, proof] as const))("%s", (_name, proof) =>
    stage.undone(() => proof.holds(stage)),
  );
});

withPostgres("is noticed on a real PostgreSQL:", () => {
  const byName = new Map(proofs.map((proof) => [proof.name, proof]));
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))("%s", async (_name, mutant) => {
    const proof = byName.get(mutant.noticedBy);
    expect(proof, `a proof “${mutant.noticedBy}”`).toBeDefined();
    await stage.undone(async () => {
      await stage.root(mutant.sql);
      await expect(proof!.holds(stage)).rejects.toThrow();
    });
  });

  it("by every proof there is, but those of sizes", () => {
    const needed = proofs
      .map((proof) => proof.name)
      .filter((name) => !/characters at most|of a deleted one|^mirror_\w+: (?!who)/.test(name));
    const used = new Set(mutants.map((mutant) => mutant.noticedBy));
    expect(needed.filter((name) => !used.has(name))).toEqual([]);
  });
});
