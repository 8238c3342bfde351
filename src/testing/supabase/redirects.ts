// Where Supabase Auth lets a link lead back to: the addresses of supabase/config.toml, with its globs
// (`*` stops at `.` and `/`, `**` does not); whatever else is asked for leads to the site's own address.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const configFile = join(import.meta.dirname, "../../../supabase/config.toml");

export function readRedirects(): (wanted: string | null) => string {
  const config = readFileSync(configFile, "utf8");
  const siteUrl = /^site_url = "(.*)"$/m.exec(config)?.[1] ?? "";
  const list = /^additional_redirect_urls = (\[.*\])$/m.exec(config)?.[1] ?? "[]";
  const allowed = [...list.matchAll(/"([^"]*)"/g)].map(([, glob = ""]) => fits(glob));
  return (wanted) =>
    wanted !== null && allowed.some((one) => one.test(wanted)) ? wanted : siteUrl;
}

function fits(glob: string): RegExp {
  const signs = glob.match(/\*\*|\*|[^*]+/g) ?? [];
  const written = signs.map((sign) => {
    if (sign === "**") return ".*";
    return sign === "*" ? "[^./]*" : sign.replace(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`);
  });
  return new RegExp(`^${written.join("")}$`);
}
