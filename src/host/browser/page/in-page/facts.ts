// What one element is and what pressing it sends, for whoever decides whether it may be pressed.
import type { PageElement, PageWindow } from "./dom.ts";
import type { Elements } from "./elements.ts";
import type { Names } from "./names.ts";
import type { Roles } from "./roles.ts";
import type { ElementId } from "./wire.ts";

export type WireSending = {
  url: string;
  method: "get" | "post";
  fields: { name: string; value: string }[];
};

export type WireFacts = {
  found: boolean;
  document: string;
  role: string;
  name: string;
  href: string | null;
  secret: boolean;
  /** A button that belongs to no form: what it sends only the page knows. */
  loose: boolean;
  sends: WireSending | null;
  /** Enter in it, or a press of a key that presses it. */
  pressSends: WireSending | null;
  pageUrl: string;
};

/** Sent into the page as text: refers to nothing outside itself. */
export function createFacts(
  window: PageWindow,
  { elements, roles, names }: { elements: Elements; roles: Roles; names: Names },
) {
  const isOf = (element: PageElement, pattern: RegExp) => pattern.test(element.tagName);

  function valueOf(field: PageElement): string | null {
    const type = field.type ?? "";
    if (
      /^(hidden|submit|button|reset|image)$/.test(type) ||
      isOf(field, /^(BUTTON|FIELDSET|OUTPUT)$/i)
    )
      return null;
    if (/^(checkbox|radio)$/.test(type)) return field.checked ? (field.value ?? "on") : null;
    return roles.valueOf(field) ?? "";
  }

  function sendingOf(form: PageElement, submitter: PageElement | null): WireSending | null {
    const given = (name: string) =>
      submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name);
    const method = given("method")?.toLowerCase();
    if (method === "dialog") return null;
    const fields = Array.from(form.elements ?? []).flatMap((field) => {
      const value = roles.isDisabled(field) ? null : valueOf(field);
      if (value === null) return [];
      return [{ name: names.nameOf(field, false) || field.name || roles.roleOf(field), value }];
    });
    // A form that says neither where nor how is one that a script reads.
    const isScripted = given("action") === null && method === undefined;
    return {
      url: absolute(given("action") || window.location.href) ?? window.location.href,
      method: method === "post" || isScripted ? "post" : "get",
      fields,
    };
  }

  function pressed(element: PageElement): { sends: WireSending | null; loose: boolean } {
    const button = element.closest("button,input,[role=button]") ?? element;
    const isButton = isOf(button, /^BUTTON$/i) || isOf(button, /^INPUT$/i);
    const submits = isButton && /^(submit|image)$/.test(button.type ?? "");
    if (submits && button.form) return { sends: sendingOf(button.form, button), loose: false };
    const role = roles.roleOf(button);
    const isLink = element.closest("a[href]") !== null;
    const isField =
      /^(textbox|searchbox|checkbox|radio|select|slider|spinbutton|file chooser)$/.test(role);
    return { sends: null, loose: !isLink && !isField };
  }

  function entered(element: PageElement): WireSending | null {
    if (isOf(element, /^INPUT$/i) && element.form) {
      const submit = Array.from(element.form.elements ?? []).find(
        (one) => /^(submit|image)$/.test(one.type ?? "") && isOf(one, /^(BUTTON|INPUT)$/i),
      );
      return sendingOf(element.form, submit ?? null);
    }
    return pressed(element).sends;
  }

  function linkOf(element: PageElement): string | null {
    const link = element.closest("a[href],area[href]");
    const href = link?.getAttribute("href");
    return href == null ? null : absolute(href);
  }

  function absolute(href: string): string | null {
    try {
      return new window.URL(href, window.document.baseURI).href;
    } catch {
      return null;
    }
  }

  function facts(id: ElementId | null): WireFacts | { found: false; document: string } {
    const root = window.document;
    let active = root.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    const element = id === null ? active : elements.find(id);
    if (!element) return { found: false, document: elements.document };
    const acted = roles.actionRoleOf(element, window.getComputedStyle(element), false);
    return {
      ...{ found: true, document: elements.document, pageUrl: window.location.href },
      ...{ role: acted ?? roles.roleOf(element), name: names.nameOf(element, true) },
      ...{ href: linkOf(element), secret: roles.isSecret(element) },
      ...pressed(element),
      pressSends: entered(element),
    };
  }

  function attributes(id: ElementId) {
    const element = elements.find(id);
    if (!element) return { found: false, document: elements.document };
    const isSecret = roles.isSecret(element);
    const listed: Record<string, string> = {};
    for (const { name, value } of Array.from(element.attributes).slice(0, 60))
      listed[name] = isSecret && name === "value" ? "••••••" : value.slice(0, 500);
    return { found: true, document: elements.document, attributes: listed };
  }

  return Object.assign(facts, { attributes });
}
