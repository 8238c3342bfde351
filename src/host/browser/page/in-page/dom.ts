// The few things of the DOM that the programs in this folder touch: the host is checked without DOM types.
// An element is any element; what only some have is optional.

export interface PageNode {
  nodeType: number;
  nodeName: string;
  nodeValue: string | null;
  childNodes: ArrayLike<PageNode>;
  parentNode: PageNode | null;
  isConnected: boolean;
  contains(other: PageNode | null): boolean;
  getRootNode(): PageRoot;
}

export type PageRect = { x: number; y: number; width: number; height: number };

export interface PageAnimation {
  playState: string;
  effect: {
    getComputedTiming(): { endTime?: unknown };
    getKeyframes?(): object[];
  } | null;
}

export interface PageElement extends PageNode {
  id: string;
  tagName: string;
  textContent: string | null;
  parentElement: PageElement | null;
  children: ArrayLike<PageElement>;
  shadowRoot: PageRoot | null;
  assignedSlot: PageElement | null;
  ownerDocument: PageDocument;
  attributes: ArrayLike<{ name: string; value: string }>;
  clientLeft: number;
  clientTop: number;
  clientWidth: number;
  clientHeight: number;
  scrollWidth: number;
  scrollHeight: number;
  scrollTop: number;
  scrollLeft: number;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  hasAttribute(name: string): boolean;
  matches(selector: string): boolean;
  closest(selector: string): PageElement | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): ArrayLike<PageElement>;
  getBoundingClientRect(): PageRect;
  getClientRects(): ArrayLike<PageRect>;
  getAnimations(): PageAnimation[];
  scrollIntoView(options: object): void;
  scrollBy(options: object): void;
  scrollTo(options: object): void;
  focus(): void;
  assignedNodes?(): PageNode[];
  setSelectionRange?(start: number, end: number): void;
  // Fields and what belongs to them.
  type?: string;
  name?: string;
  value?: string;
  checked?: boolean;
  indeterminate?: boolean;
  disabled?: boolean;
  readOnly?: boolean;
  required?: boolean;
  multiple?: boolean;
  open?: boolean;
  selected?: boolean;
  label?: string;
  labels?: ArrayLike<PageElement> | null;
  control?: PageElement | null;
  form?: PageElement | null;
  files?: ArrayLike<{ name: string }> | null;
  options?: ArrayLike<PageElement>;
  selectedOptions?: ArrayLike<PageElement>;
  elements?: ArrayLike<PageElement>;
  // Links, pictures, tables, text.
  href?: unknown;
  alt?: string;
  rowSpan?: number;
  colSpan?: number;
  isContentEditable?: boolean;
}

export interface PageRoot extends PageNode {
  /** Of a shadow root. */
  host?: PageElement;
  activeElement: PageElement | null;
  elementFromPoint(x: number, y: number): PageElement | null;
  elementsFromPoint(x: number, y: number): PageElement[];
  getElementById(id: string): PageElement | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): ArrayLike<PageElement>;
}

export interface PageDocument extends PageRoot {
  title: string;
  readyState: string;
  baseURI: string;
  body: PageElement | null;
  documentElement: PageElement;
  scrollingElement: PageElement | null;
  createElement(name: string): PageElement;
  createRange(): {
    selectNodeContents(node: PageNode): void;
    getBoundingClientRect(): PageRect;
  };
}

export interface PageStyle {
  display: string;
  visibility: string;
  cursor: string;
  overflowX: string;
  overflowY: string;
  position: string;
  opacity: string;
}

export interface PageWindow {
  document: PageDocument;
  /** Itself where it is no frame. */
  parent: unknown;
  location: { href: string };
  innerWidth: number;
  innerHeight: number;
  performance: {
    now(): number;
    getEntriesByType(type: "navigation"): { loadEventEnd: number }[];
  };
  getSelection(): { selectAllChildren(node: PageNode): void; collapseToEnd(): void } | null;
  getComputedStyle(element: PageElement): PageStyle;
  MutationObserver: new (changed: () => void) => { observe(node: PageNode, options: object): void };
  WeakRef: new (element: PageElement) => { deref(): PageElement | undefined };
  URL: new (url: string, base?: string) => { href: string; host: string; protocol: string };
}
