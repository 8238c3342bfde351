import { describe, expect, it } from "vitest";
import { decodeBytes } from "./charset.ts";

const latin = (text: string) => Buffer.from(text, "latin1");

describe("decodeBytes", () => {
  it.each<[string, Uint8Array, string, string]>([
    ["the header", latin("caf\xe9"), "text/html; charset=ISO-8859-1", "café"],
    ["a quoted header", Buffer.from("日", "utf8"), 'text/html; charset="UTF-8"', "日"],
    ["Japanese", Buffer.from([0x93, 0xfa]), "text/html; charset=Shift_JIS", "日"],
    ["the page itself", latin('<meta charset="windows-1252">caf\xe9'), "text/html", "café"],
    ["a lying UTF-16 page", Buffer.from('<meta charset="utf-16">é'), "text/html", "é"],
    ["XML", latin('<?xml version="1.0" encoding="ISO-8859-1"?>\xe9'), "text/xml", "é"],
    ["a mark", Buffer.from("\ufeffh\u00e9", "utf16le"), "text/plain; charset=utf-8", "hé"],
    ["nothing, UTF-8", Buffer.from("naïve"), "text/plain", "naïve"],
    ["nothing, Latin", latin("na\xefve"), "text/plain", "naïve"],
    ["an unknown name", Buffer.from("é"), "text/plain; charset=klingon", "é"],
  ])("goes by %s", (_name, bytes, type, text) => {
    expect(decodeBytes(bytes, type).endsWith(text)).toBe(true);
  });
});
