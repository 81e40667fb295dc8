import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAuthority, parseAuthority, parseHost, parseUrl } from "./host.ts";

const name = (text: string) => parseHost(text)?.name ?? null;

test.each([
  ["EXAMPLE.org", "example.org"],
  ["example.org.", "example.org"],
  ["example。org", "example.org"],
  ["bücher.example", "xn--bcher-kva.example"],
  ["XN--BCHER-KVA.example", "xn--bcher-kva.example"],
  ["127.1", "127.0.0.1"],
  ["0177.0.0.1", "127.0.0.1"],
  ["0x7f000001", "127.0.0.1"],
  ["2130706433", "127.0.0.1"],
  ["127.0.0.1.", "127.0.0.1"],
  ["[0:0:0:0:0:ffff:7f00:1]", "::ffff:7f00:1"],
  ["[2606:4700:0::1]", "2606:4700::1"],
])("%s is the host %s", (text, expected) => expect(name(text)).toBe(expected));

test.each([
  "",
  "localhost",
  "org",
  "a..org",
  ".a.org",
  "a.org..",
  "-a.org",
  "a-.org",
  "a b.org",
  "a.org:80",
  "a.org:",
  "a.org/",
  "u@a.org",
  "a.org%2e",
  "[fe80::1%25lo]",
  "[::1",
  "::1",
  "a.1org",
  "1.2.3.4.5",
  "256.1.1.1",
  "a.org\u0000",
  "a.org\n",
  `${"a".repeat(64)}.org`,
  `${"a.".repeat(130)}org`,
  "*.a.org",
  "a,b.org",
])("%j is no host", (text) => expect(name(text)).toBeNull());

test.each([
  ["example.org:443", { name: "example.org", port: 443 }],
  ["[2606:4700::1]:8443", { name: "2606:4700::1", port: 8443 }],
  ["example.org", null],
  ["example.org:0", null],
  ["example.org:65536", null],
  ["example.org:080", null],
  ["example.org:+80", null],
  ["example.org:80:80", null],
  ["http://example.org:80", null],
  ["u:p@example.org:80", null],
  ["2606:4700::1:443", null],
])("the authority %s", (text, expected) => {
  const target = parseAuthority(text);
  expect(target && { name: target.host.name, port: target.port }).toEqual(expected);
});

test.each([
  ["http://Example.org./a?b", "http://example.org/a?b", 80],
  ["https://example.org:8443/", "https://example.org:8443/", 8443],
  ["http://0x7f.1/", "http://127.0.0.1/", 80],
])("the URL %s", (text, href, port) => {
  const parsed = parseUrl(text)!;
  expect([parsed.url.href, parsed.target.port]).toEqual([href, port]);
});

test.each([
  "ftp://a.org/",
  "file:///etc",
  "http://u@a.org/",
  "ht\ntp://u@a.org/",
  "http://u:p@a.org/",
  "http://@a.org/",
  "https://:@a.org/",
  "http://a.org:99999/",
  "a.org",
  "",
  "http://localhost/",
])("%j is no URL to fetch", (text) => expect(parseUrl(text)).toBeNull());

test("a form read again is the same form, and is written back as it was read", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.domain(),
        fc.ipV4(),
        fc.ipV6().map((text) => `[${text}]`),
        fc.webAuthority(),
        fc.string(),
      ),
      (text) => {
        const host = parseHost(text);
        if (host === null) return;
        const target = { host, port: 1 };
        expect(parseAuthority(formatAuthority(target))).toEqual(target);
        expect(host.name).toMatch(/^[a-z0-9._:-]+$/);
      },
    ),
    { numRuns: 3000 },
  );
});
