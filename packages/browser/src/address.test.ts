import { expect, test } from "vitest";
import { mayStay, refusalOfAddress } from "./address.ts";

test.each(["http://example.org/", "https://example.org:8443/a?b#c", "about:blank", "HTTP://EXAMPLE.ORG"])(
  "%s is opened, and a tab may be there",
  (address) => {
    expect(refusalOfAddress(address)).toBeNull();
    expect(mayStay(address)).toBe(true);
  },
);

test.each([
  "file:///etc/passwd",
  "FILE:/etc/passwd",
  " \tfile:///etc/passwd",
  "fi\nle:///etc/passwd",
  "chrome://settings",
  "view-source:http://example.org",
  "view-source:https://example.org",
  "javascript:alert(1)",
  "data:text/html,x",
  "blob:http://example.org/1",
  "filesystem:http://example.org/x",
  "devtools://devtools/bundled/inspector.html",
  "chrome-extension://abc/x.html",
  "about:version",
  "about:srcdoc",
  "about:blank#x",
  "about:blank?x",
  "ftp://example.org/",
  "ws://example.org/",
  "http://user@example.org/",
  "http://:password@example.org/",
  "example.org",
  "//example.org",
  "http://",
  "",
])("%j is refused", (address) => {
  expect(refusalOfAddress(address)).toEqual(expect.any(String));
  if (address !== "") expect(mayStay(address)).toBe(false);
});

test("a tab may be at the browser's own page about an address that did not load", () => {
  expect(mayStay("chrome-error://chromewebdata/")).toBe(true);
  expect(mayStay("about:blank#blocked")).toBe(true);
});
