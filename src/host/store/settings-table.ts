// The person's settings and standing answers, one row each. A row that cannot be understood counts
// as absent: a setting falls back to its default, a grant to being asked.
import * as z from "zod/mini";
import { Grant } from "../../contract/approval.ts";
import type { GrantId } from "../../contract/ids.ts";
import {
  defaultSettings,
  Settings,
  SettingsPatch,
  type SettingsPatch as Patch,
} from "../../contract/settings.ts";
import type { Db, Transaction } from "./database.ts";
import { parseJson, type Report } from "./event-rows.ts";

const SettingRow = z.object({ name: z.string(), value: z.string() });
const GrantRow = z.object({ id: z.string(), data: z.string() });

export function createSettingsTable(db: Db, transaction: Transaction, report: Report) {
  const all = db.prepare("SELECT name, value FROM settings");
  const save = db.prepare("INSERT OR REPLACE INTO settings VALUES (?, ?)");
  const grants = db.prepare("SELECT id, data FROM grants ORDER BY id");
  const saveGrant = db.prepare("INSERT OR REPLACE INTO grants VALUES (?, ?)");
  const deleteGrant = db.prepare("DELETE FROM grants WHERE id = ?");

  function settings(): Settings {
    const found: Record<string, unknown> = {};
    for (const { name, value } of z.array(SettingRow).parse(all.all())) {
      const one = SettingsPatch.safeParse({ [name]: parseJson(value) });
      if (one.success) Object.assign(found, one.data);
      else report(`the setting ${name} cannot be read and is its default now`);
    }
    return Settings.parse({ ...structuredClone(defaultSettings), ...found });
  }

  return {
    settings,
    saveSettings: (patch: Patch): Settings => {
      const parsed = SettingsPatch.parse(patch);
      transaction(() => {
        for (const [name, value] of Object.entries(parsed))
          if (value !== undefined) save.run(name, JSON.stringify(value));
      });
      return settings();
    },
    grants: (): Grant[] =>
      z
        .array(GrantRow)
        .parse(grants.all())
        .flatMap(({ id, data }) => {
          const grant = Grant.safeParse(parseJson(data));
          // Under another key than its own, it could never be taken back.
          if (grant.success && grant.data.grantId === id) return [grant.data];
          report(`the standing answer ${id} cannot be read and is not used`);
          return [];
        }),
    saveGrant: (grant: Grant) => void saveGrant.run(grant.grantId, JSON.stringify(grant)),
    deleteGrant: (grantId: GrantId) => void deleteGrant.run(grantId),
  };
}
