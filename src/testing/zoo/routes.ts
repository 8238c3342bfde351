// Which address is answered by what; what is not here is a file of pages/.
import { fileRoutes } from "./files.ts";
import { loginRoutes } from "./login.ts";
import type { Origins } from "./pages.ts";
import { createShop } from "./shop.ts";
import { trialRoutes } from "./trials.ts";
import { escape, formOf, sendData, sendHtml, type Answer, type Visit } from "./visit.ts";

/** Whether it answered, or will. */
export type Routes = (visit: Visit) => boolean;

export function createRoutes(origins: Origins): Routes {
  const shop = createShop();
  const routes: Readonly<Record<string, Answer>> = {
    ...{ ...fileRoutes, ...loginRoutes, ...trialRoutes },
    "/echo": echo,
    "POST /mail/send": (visit) => sendData(visit, { sent: true }),
    "/to-other": ({ response }) => {
      response.writeHead(302, { location: `${origins.other}/wiki` });
      response.end();
    },
  };
  return (visit) => {
    const { method, url } = visit;
    const path = url.pathname;
    const answer =
      path === "/shop" || path.startsWith("/shop/")
        ? shop
        : (routes[`${method} ${path}`] ?? routes[path]);
    answer?.(visit);
    return answer !== undefined;
  };
}

/** Whatever a form sent, as a table. */
function echo(visit: Visit): void {
  const fields = visit.method === "POST" ? formOf(visit) : visit.url.searchParams;
  const rows = [...fields].map(
    ([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(value)}</td></tr>`,
  );
  sendHtml(visit, "Received", `<h1>Received</h1><table>${rows.join("")}</table>`);
}
