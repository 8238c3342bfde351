// The token that lets this page in. `aetheria serve` prints it in the address's fragment; the page
// keeps it for this browser and takes it out of the address bar.

export const tokenKey = "aetheria-token";

/** From the fragment, else from the last visit; empty when there is none. */
export function takeToken(): string {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = fragment.get("token");
  if (given === null) return remembered();
  try {
    localStorage.setItem(tokenKey, given);
  } catch {
    sessionToken.current = given; // storage is blocked: this page only
  }
  fragment.delete("token");
  const rest = fragment.size > 0 ? `#${fragment}` : "";
  history.replaceState(null, "", location.pathname + location.search + rest);
  return given;
}

const sessionToken = { current: "" };

function remembered(): string {
  try {
    return localStorage.getItem(tokenKey) ?? sessionToken.current;
  } catch {
    return sessionToken.current;
  }
}

/** After the person typed one. */
export function keepToken(token: string): void {
  sessionToken.current = token;
  try {
    localStorage.setItem(tokenKey, token);
  } catch {
    return; // storage is blocked: this page only
  }
}
