// The little of the DOM that reading a page needs; the host's types know no browser.

export interface PageElement {
  readonly localName: string;
  readonly parentElement: PageElement | null;
  readonly textContent: string | null;
  innerHTML: string;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  hasAttribute(name: string): boolean;
  removeAttribute(name: string): void;
  replaceWith(...nodes: string[]): void;
  remove(): void;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

export interface PageDocument {
  readonly body: PageElement;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}
