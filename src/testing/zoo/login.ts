// A login with a cookie, and a page that only shows itself to who has it.
import { cookieOf, formOf, redirect, sendHtml, type Answer, type Visit } from "./visit.ts";

/** What the test's person types. */
export const account = { user: "ada@example.test", password: "correct horse 42" };

const form = (why: string): string => `<h1>Sign in</h1>${why}
<form action="/login" method="post"><label>E-mail <input name="user" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button></form>`;

function login(visit: Visit): void {
  if (visit.method !== "POST") return sendHtml(visit, "Sign in", form(""));
  const { user, password } = Object.fromEntries(formOf(visit));
  if (user !== account.user || password !== account.password)
    return sendHtml(visit, "Sign in", form('<p role="alert">That is not right.</p>'));
  redirect(visit, "/private", "login=yes-7741; Path=/; HttpOnly");
}

function showPrivate(visit: Visit): void {
  if (cookieOf(visit, "login") !== "yes-7741") return redirect(visit, "/login");
  sendHtml(
    visit,
    "Your account",
    `<h1>Your account</h1><p>Signed in as ${account.user}</p><p>Balance: <strong>€3,141.59</strong></p>
<table><caption>Last payments</caption><tr><th>To</th><th>Amount</th></tr><tr><td>Harbour café</td><td>€12.40</td></tr><tr><td>City library</td><td>€3.00</td></tr></table>
<form action="/logout" method="post"><button>Sign out</button></form>`,
  );
}

export const loginRoutes: Readonly<Record<string, Answer>> = {
  "/login": login,
  "/private": showPrivate,
  "/logout": (visit) => redirect(visit, "/login", "login=; Path=/; Max-Age=0"),
};
