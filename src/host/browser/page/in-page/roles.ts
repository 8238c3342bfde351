// What an element is to a person: its role, whether it can be acted upon, its value and states.
import type { PageElement, PageStyle } from "./dom.ts";

export type Roles = {
  roleOf(element: PageElement): string;
  /** The role under which it is acted upon; null: it is not. */
  actionRoleOf(element: PageElement, style: PageStyle, isParentPointer: boolean): string | null;
  isSecret(element: PageElement): boolean;
  valueOf(element: PageElement): string | undefined;
  statesOf(element: PageElement): string[];
  isDisabled(element: PageElement): boolean;
};

/** Sent into the page as text: refers to nothing outside itself. */
export function createRoles(): Roles {
  const secrets = new WeakSet<PageElement>();
  const acted = new Set(
    (
      "link button textbox searchbox checkbox radio switch combobox option menuitem menuitemcheckbox " +
      "menuitemradio tab slider spinbutton treeitem"
    ).split(" "),
  );
  const tagRoles: Record<string, string> = {
    ...{
      BUTTON: "button",
      SUMMARY: "button",
      SELECT: "select",
      TEXTAREA: "textbox",
      NAV: "navigation",
    },
    ...{ MAIN: "main", ASIDE: "complementary", DIALOG: "dialog", FORM: "form", SEARCH: "search" },
    ...{
      UL: "list",
      OL: "list",
      MENU: "list",
      DL: "list",
      LI: "listitem",
      TABLE: "table",
      TR: "row",
    },
    ...{ H1: "heading", H2: "heading", H3: "heading", H4: "heading", H5: "heading", H6: "heading" },
    ...{ ARTICLE: "article", FIELDSET: "group", DETAILS: "group", OPTION: "option", IMG: "img" },
    ...{
      CANVAS: "canvas",
      VIDEO: "video",
      AUDIO: "audio",
      PROGRESS: "progressbar",
      METER: "meter",
    },
    ...{ OUTPUT: "status", IFRAME: "iframe", FRAME: "iframe" },
  };
  const inputRoles: Record<string, string> = {
    ...{
      checkbox: "checkbox",
      radio: "radio",
      range: "slider",
      number: "spinbutton",
      search: "searchbox",
    },
    ...{
      button: "button",
      submit: "button",
      reset: "button",
      image: "button",
      file: "file chooser",
    },
    ...{ date: "date", time: "time", month: "month", week: "week", color: "color" },
    "datetime-local": "date and time",
  };

  const inputRole = (element: PageElement) =>
    element.type === "hidden" ? "none" : (inputRoles[element.type ?? "text"] ?? "textbox");

  function roleOf(element: PageElement): string {
    const given = element.getAttribute("role")?.trim().toLowerCase().split(/\s+/)[0];
    if (given && given !== "presentation" && given !== "none") {
      if (!(given === "button" && element.tagName === "SELECT")) return given;
    }
    const tag = element.tagName.toUpperCase();
    if (tag === "INPUT") return inputRole(element);
    if (tag === "A" || tag === "AREA") return element.hasAttribute("href") ? "link" : "generic";
    if (given && tag !== "BUTTON" && tag !== "SELECT" && tag !== "TEXTAREA") return "generic";
    if (tag === "HEADER" || tag === "FOOTER") {
      if (element.closest("article,section,main,aside,nav")) return "generic";
      return tag === "HEADER" ? "banner" : "contentinfo";
    }
    if (tag === "SECTION")
      return element.hasAttribute("aria-label") || element.hasAttribute("aria-labelledby")
        ? "region"
        : "generic";
    return tagRoles[tag] ?? "generic";
  }

  function isEditingHost(element: PageElement): boolean {
    const editable = element.getAttribute("contenteditable");
    return editable !== null && editable.toLowerCase() !== "false";
  }

  function actionRoleOf(element: PageElement, style: PageStyle, isParentPointer: boolean) {
    const tag = element.tagName.toUpperCase();
    if (isEditingHost(element)) return "textbox";
    if (tag === "INPUT") return roleOf(element) === "none" ? null : roleOf(element);
    if (tag === "SELECT" || tag === "CANVAS" || tag === "VIDEO") return roleOf(element);
    const role = roleOf(element);
    if (acted.has(role)) return role;
    if (tag === "LABEL") return null;
    if (element.hasAttribute("onclick")) return "clickable";
    const isContainer =
      role !== "generic" && role !== "listitem" && role !== "row" && role !== "img";
    if (isContainer) return null;
    const tabIndex = element.getAttribute("tabindex");
    if (style.cursor === "pointer" && !isParentPointer) return "clickable";
    return tabIndex !== null && Number(tabIndex) >= 0 && role !== "generic" ? "clickable" : null;
  }

  /** Once a secret, always one: a page may show what was typed as plain text. */
  function isSecret(element: PageElement): boolean {
    if (element.tagName.toUpperCase() !== "INPUT" && element.tagName.toUpperCase() !== "TEXTAREA")
      return false;
    const complete = element.getAttribute("autocomplete")?.toLowerCase() ?? "";
    if (element.type === "password" || /password|one-time-code|cc-(number|csc)/.test(complete))
      secrets.add(element);
    return secrets.has(element);
  }

  const listed = (options: ArrayLike<PageElement> | undefined) =>
    Array.from(options ?? [], (option) => (option.label || option.textContent || "").trim());

  function valueOf(element: PageElement): string | undefined {
    const tag = element.tagName.toUpperCase();
    if (tag === "SELECT") return listed(element.selectedOptions).join(", ");
    if (isSecret(element)) return element.value ? "••••••" : undefined;
    if (tag === "INPUT") {
      const type = element.type ?? "text";
      if (/^(checkbox|radio|button|submit|reset|image)$/.test(type)) return undefined;
      if (type === "file")
        return Array.from(element.files ?? [], ({ name }) => name).join(", ") || undefined;
      return element.value || undefined;
    }
    if (tag === "TEXTAREA") return element.value || undefined;
    return (
      element.getAttribute("aria-valuetext") ?? element.getAttribute("aria-valuenow") ?? undefined
    );
  }

  function isDisabled(element: PageElement): boolean {
    return element.matches(":disabled") || element.closest("[aria-disabled=true i]") !== null;
  }

  function statesOf(element: PageElement): string[] {
    const states: string[] = [];
    const is = (name: string, value = "true") => element.getAttribute(`aria-${name}`) === value;
    const isInput = element.tagName.toUpperCase() === "INPUT";
    const isCheck = isInput && (element.type === "checkbox" || element.type === "radio");
    if (isCheck ? element.checked : is("checked")) states.push("checked");
    if (element.indeterminate === true || is("checked", "mixed")) states.push("partly checked");
    if (isDisabled(element)) states.push("disabled");
    if (element.readOnly === true || is("readonly")) states.push("read-only");
    if (element.required === true || is("required")) states.push("required");
    if (is("pressed")) states.push("pressed");
    if (is("selected")) states.push("selected");
    if (element.hasAttribute("aria-current") && !is("current", "false")) states.push("current");
    if (element.hasAttribute("aria-invalid") && !is("invalid", "false")) states.push("invalid");
    const details = element.tagName.toUpperCase() === "SUMMARY" ? element.parentElement : null;
    const isOpen = details ? details.open === true : is("expanded");
    if (isOpen) states.push("expanded");
    else if (details || is("expanded", "false")) states.push("collapsed");
    return states;
  }

  return { roleOf, actionRoleOf, isSecret, valueOf, statesOf, isDisabled };
}
