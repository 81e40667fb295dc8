import fc from "fast-check";
import { expect, test } from "vitest";
import { readPage } from "./readable.ts";
import { colour, pixels } from "./values.ts";

const read = (html: string, format: "text" | "markdown" = "text") =>
  readPage(html, "https://a.site.test/dir/page", format)?.text;

test("a page is its words, in blocks", () => {
  const html = `<!doctype html><title> A  page </title><h1>Head</h1><p>One <b>two</b>
    three.<p>Four<br>five<ul><li>a<li>b</ul><table><tr><td>x<td>y</table><pre>  kept
  lines</pre><img alt="a cat" src=x>`;
  expect(readPage(html, "https://a.site.test/", "text")).toEqual({
    title: "A page",
    text: "Head\n\nOne two three.\n\nFour\nfive\n\n- a\n\n- b\n\nx | y |\n\n  kept\n  lines\n\n[image: a cat]",
  });
});

test("Markdown keeps headings, stress, code and whole links", () => {
  const html = `<h2>Head</h2><p>See <a href="../x?y=(1)">this <em>one</em></a>, <code>code</code>, <a href="javascript:alert(1)">that</a>.`;
  expect(read(html, "markdown")).toBe(
    "## Head\n\nSee [this *one*](https://a.site.test/x?y=%281%29), `code`, that.",
  );
});

test.each([
  "<p style='display:none'>secret</p>",
  "<p style='DISPLAY : NONE !important'>secret</p>",
  "<p style='/**/display/**/:/**/none'>secret</p>",
  "<div style='visibility:hidden'><p>secret</p></div>",
  "<p style='opacity:0'>secret</p>",
  "<p style='opacity:.05'>secret</p>",
  "<p style='font-size:0'>secret</p>",
  "<p style='font-size:1px'>secret</p>",
  "<div style='font-size:10%'><p style='font-size:.5em'>secret</p></div>",
  "<div style='width:1px;height:1px;overflow:hidden'>secret</div>",
  "<div style='max-height:0;overflow:hidden'>secret</div>",
  "<div style='position:absolute;left:-9999px'>secret</div>",
  "<div style='position:absolute;top:-100em'>secret</div>",
  "<div style='text-indent:-9999px'>secret</div>",
  "<div style='margin-left:-5000px'>secret</div>",
  "<div style='transform:scale(0)'>secret</div>",
  "<div style='transform:translateX(-9999px)'>secret</div>",
  "<div style='clip:rect(0,0,0,0);position:absolute'>secret</div>",
  "<div style='clip-path:inset(100%)'>secret</div>",
  "<div style='filter:opacity(0)'>secret</div>",
  "<div style='content-visibility:hidden'>secret</div>",
  "<p style='color:white'>secret</p>",
  "<p style='color:#fff'>secret</p>",
  "<p style='color:rgb(255, 255, 255)'>secret</p>",
  "<p style='color:#fefefe'>secret</p>",
  "<p style='color:transparent'>secret</p>",
  "<p style='color:rgba(0,0,0,0)'>secret</p>",
  "<div style='background:#000'><p style='color:black'>secret</p></div>",
  "<div style='color:#123456'><p style='background-color:#123456'>secret</p></div>",
  "<table bgcolor='#eeeeee'><tr><td><font color='#eeeeee'>secret</font></table>",
  "<p hidden>secret</p>",
  "<p hidden=until-found>secret</p>",
  "<p aria-hidden=true>secret</p>",
  "<p aria-hidden=TRUE>secret</p>",
  "<!-- secret --><!--> <!--->",
  "<noscript>secret</noscript>",
  "<noscript><p>secret</noscript>",
  "<template>secret</template>",
  "<script>secret</script><style>secret</style>",
  "<iframe>secret</iframe><noembed>secret</noembed><noframes>secret</noframes>",
  "<textarea>secret</textarea><select><option>secret</select>",
  "<svg><text>secret</text></svg><svg><desc>secret</desc></svg>",
  "<video>secret</video><canvas>secret</canvas><object>secret</object>",
  "<input type=hidden value=secret><meta name=description content=secret>",
  "<p title=secret aria-label=secret data-x=secret></p>",
  "<style>.x{display:none}</style><p class='a x'>secret</p>",
  "<style>#x{visibility:hidden}</style><p id=x>secret</p>",
  "<style>p.x, b{font-size:0}</style><p class=x>secret</p>",
  "<style>body .x{display:none}</style><p class=x>secret</p>",
  "<style>div>.x>b{display:none}</style><div><p class=x><b>secret</b></p></div>",
  "<style>[data-x]{display:none}</style><p data-x>secret</p>",
  "<style>p[data-x='1'].a{display:none}</style><p class='b a' data-x=1>secret</p>",
  "<style>p *{display:none}</style><p><b>secret</b></p>",
  "<style>#x{display:none} .y{display:block}</style><p id=x class=y>secret</p>",
  "<style>.x{display:none!important} .x{display:block}</style><p class=x style='display:block'>secret</p>",
  "<style>.x{display:n\\6fne}</style><p class=x>secret</p>",
  "<style>.\\78 {display:none}</style><p class=x>secret</p>",
  "<style>@media screen{.x{display:none}}</style><p class=x>secret</p>",
  "<style>@media (min-width:1px){.x{display:none}}</style><p class=x>secret</p>",
  "<style>@supports (display:grid){.x{display:none}}</style><p class=x>secret</p>",
  "<style>@import url(x);.x{display:none}</style><p class=x>secret</p>",
  "<style>.é{display:none}</style><p class=é>secret</p>",
  "<style>@media print{p{color:red}} .y{position:absolute;left:-999px}</style><p class=y>secret</p>",
  // Ends that end nothing: what they seem to close stays open, and hidden.
  "<span hidden><div></span>secret</div></span>",
  "<div hidden></p></section>secret</div>",
  "<div hidden><table></div>secret</table></div>",
  "<p hidden><b></p><p hidden>secret</b>",
  "<dialog>secret</dialog>",
  "<nav>secret</nav><aside>secret</aside><footer>secret</footer>",
])("T-O4: %s shows nothing", (html) => {
  expect(read(`before ${html} after`)).not.toContain("secret");
  expect(read(`before ${html}`)).toContain("before");
});

test.each([
  "<p style='display:block'>shown</p>",
  "<p style='color:black'>shown</p>",
  "<p style='font-size:12px;width:100%;left:-9999px'>shown</p>",
  "<div style='background:black'><p style='color:white'>shown</p></div>",
  "<div style='font-size:0'><p style='font-size:14px'>shown</p></div>",
  "<div style='background:url(x.png)'><p style='color:white'>shown</p></div>",
  "<p style='color:var(--x);opacity:1'>shown</p>",
  "<style>@media print{.x{display:none}}</style><p class=x>shown</p>",
  "<style>.x{display:none} .x{display:block}</style><p class=x>shown</p>",
  "<style>.x .y{display:none}</style><p class=x>shown</p>",
  "<style>.x>.y{display:none}</style><div class=x><p><b class=y>shown</b></div>",
  "<style>@media (max-width:600px){.x{display:none}}</style><p class=x>shown</p>",
  "<style>@media (prefers-color-scheme:dark){p{display:none}}</style><p>shown</p>",
  "<style>.x{display:none} #y{display:block}</style><p class=x id=y>shown</p>",
  "<style>p:hover{display:none} p+p{display:none}</style><p>shown</p>",
  "<p aria-hidden=false>shown</p>",
  "<details><summary>s</summary>shown</details>",
])("%s shows its words", (html) => {
  expect(read(html)).toContain("shown");
});

test("the main part is read where a page has one; one that says nothing is not taken for the page", () => {
  const long = "words ".repeat(60);
  expect(read(`<div>menu</div><main>${long}</main><div>end</div>`)).toBe(long.trim());
  expect(read(`<div>menu</div><main>short</main>`)).toContain("menu");
  expect(read(`<div hidden><main>${long}secret</main></div><p>shown`)).toBe("shown");
});

test("characters that nobody sees are taken out", () => {
  const tags = Array.from("secret")
    .map((letter) => String.fromCodePoint(0xe0000 + letter.codePointAt(0)!))
    .join("");
  expect(read(`<p>a\u200bb\u202ec${tags}\u{e0100}d\ue000e\u0007f`)).toBe("abcdef");
});

test("a page that is built to exhaust its reader is refused quickly", () => {
  const deep = "<div>".repeat(100_000);
  const repaired =
    Array.from({ length: 2000 }, (_, index) => `<font color=${index}>`).join("") + "<p>".repeat(50_000);
  const wide = "<b></b>".repeat(300_000);
  expect([deep, repaired, wide].map((html) => readPage(html, "https://a.site.test/", "text"))).toEqual([
    null,
    null,
    null,
  ]);
});

test("is total on any markup", () => {
  const piece = fc.constantFrom(
    "<div",
    " hidden",
    " style='color:",
    "red",
    "'",
    ">",
    "</div>",
    "<table>",
    "<tr>",
    "text",
    "<!--",
    "-->",
    "<style>",
    "{",
    "}",
    "</style>",
    "<a href=",
    "<svg>",
    "<p>",
    "&amp",
    "\u0000",
    "<template>",
    "</template>",
    "]]>",
    "<b>",
    "</b>",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join("")),
      ),
      (html) => {
        const page = readPage(html, "https://a.site.test/", "markdown");
        expect(page === null || typeof page.text === "string").toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

test("lengths and colours", () => {
  expect(["1px", "-2em", ".5rem", "50%", "auto", undefined, "1px1"].map(pixels)).toEqual([
    1,
    -32,
    8,
    8,
    null,
    null,
    null,
  ]);
  expect(["#abc", "#AABBCC".toLowerCase(), "rgb(1 2 3 / 50%)", "constructor", "#12345"].map(colour)).toEqual([
    [170, 187, 204, 1],
    [170, 187, 204, 1],
    [1, 2, 3, 0.5],
    null,
    null,
  ]);
});

test.each([
  ["opened blocks", "a{".repeat(200_000)],
  ["empty rules", "a{}".repeat(200_000)],
  ["opened comments", "/*".repeat(200_000)],
  ["closed comments", "/**/".repeat(100_000)],
  ["one long list", `${"a,".repeat(200_000)}b{display:none}`],
  ["ancestors", `${".a .a .a .a .a .a .a .b{}".repeat(5000)}`],
  ["attributes", `${"[a".repeat(100_000)}{display:none}`],
])("a style sheet of %s is no endless work", (_what, css) => {
  const body = `${"<div class=a>".repeat(200)}${"<p class=a>x</p>".repeat(5000)}`;
  expect(readPage(`<style>${css}</style>${body}`, "https://a.site.test/", "text")).not.toBeUndefined();
});

test.each([
  ["a long style", `<p style="${"x:y;".repeat(3000)}display:none">secret</p>`],
  ["many rules", `<style>${".z{}".repeat(6000)}.x{display:none}</style><p class=x>secret</p>`],
  ["many classes", `<style>.x{display:none}</style><p class="${"y ".repeat(3000)}x">secret</p>`],
])("nothing hides behind %s", (_what, html) => {
  expect(read(`<p>before</p>${html}`)).toBe("before");
});

test("rules beyond counting are no way to show what is hidden: the page is refused", () => {
  const css = `${".x{color:red}".repeat(30_000)}.x{display:none}`;
  expect(
    readPage(`<style>${css}</style>${"<p class=x>secret</p>".repeat(1000)}`, "https://a.site.test/", "text"),
  ).toBeNull();
});
