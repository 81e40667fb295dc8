/** What a person would read on a page, as plain text or Markdown. What the page does not show is not in it. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5";
import { BeyondBounds, Budget } from "./bounds.ts";
import { attribute, isLegible, lookOf, pageLook, type Look } from "./hidden.ts";
import { withoutInvisible } from "./invisible.ts";
import { parseStyleSheet, type StyleSheet } from "./style-sheet.ts";
import { parsePage } from "./tree.ts";

export interface Readable {
  readonly title: string | null;
  readonly text: string;
}

export type PageFormat = "text" | "markdown";

/** Comparisons of elements with rules; honest pages take some hundred thousand. */
const mostSteps = 1_000_000;

/** Null for a page that is built to exhaust whoever reads it. `url` makes links absolute. */
export function readPage(html: string, url: string, format: PageFormat): Readable | null {
  try {
    return read(html, url, format);
  } catch (fault) {
    if (fault instanceof BeyondBounds) return null;
    throw fault;
  }
}

function read(html: string, url: string, format: PageFormat): Readable {
  const document = parsePage(html);
  const sheet = parseStyleSheet(elements(document, "style").map(textOf).join("\n"), new Budget(mostSteps));
  const title = elements(document, "title")[0];
  const writer = new Writer(format, url, sheet);
  for (const part of mainParts(document, url, sheet)) writer.add(part);
  return { title: title === undefined ? null : tidyLine(textOf(title)) || null, text: tidy(writer.text) };
}

/** Shorter than this, what calls itself the main part is not all there is to read. */
const leastMain = 200;

function mainParts(document: Tree.Document, url: string, sheet: StyleSheet): readonly Tree.ChildNode[] {
  const isMain = (element: Tree.Element) =>
    element.tagName === "main" || attribute(element, "role") === "main";
  const main = elementsWhere(document, isMain).slice(0, 1);
  const parts = main.length > 0 ? main : elements(document, "article");
  const writer = new Writer("text", url, sheet);
  for (const part of parts) writer.add(part);
  return tidy(writer.text).length >= leastMain ? parts : document.childNodes;
}

const blocks: ReadonlySet<string> = new Set(
  "address article blockquote center dd details dir div dl dt fieldset figcaption figure form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu ol p pre section summary table tbody tfoot thead tr ul".split(
    " ",
  ),
);
/** What stands around the text on every page of a site. */
const around: ReadonlySet<string> = new Set(["nav", "aside", "footer"]);

class Writer {
  readonly #format: PageFormat;
  readonly #url: string;
  readonly #sheet: StyleSheet;
  readonly #pieces: string[] = [];

  constructor(format: PageFormat, url: string, sheet: StyleSheet) {
    this.#format = format;
    this.#url = url;
    this.#sheet = sheet;
  }

  get text(): string {
    return this.#pieces.join("");
  }

  /** A part of the page, with the look that its ancestors give it; nothing where one of them is hidden. */
  add(node: Tree.ChildNode): void {
    let look: Look | null = pageLook;
    for (const ancestor of ancestors(node)) {
      look = lookOf(ancestor, look, this.#sheet);
      if (look === null) return;
    }
    this.#walk(node, look, false);
  }

  #walk(node: Tree.ChildNode, look: Look, isPre: boolean): void {
    if (node.nodeName === "#text") {
      if (!isLegible(look)) return;
      const { value } = node as Tree.TextNode;
      this.#pieces.push(isPre ? value : value.replaceAll(/\s+/g, " "));
      return;
    }
    if (!("tagName" in node) || around.has(node.tagName)) return;
    const inner = lookOf(node, look, this.#sheet);
    if (inner === null) return;
    const { tagName: tag } = node;
    if (tag === "br") return void this.#pieces.push("\n");
    if (tag === "img") return this.#image(node);
    const [before, after] = this.#frame(node, tag);
    const isBlock = blocks.has(tag);
    if (isBlock) this.#pieces.push(tag === "li" || tag === "tr" ? "\n" : "\n\n");
    this.#pieces.push(before);
    for (const child of node.childNodes) this.#walk(child, inner, isPre || tag === "pre");
    this.#pieces.push(after);
    if (isBlock) this.#pieces.push(tag === "li" || tag === "tr" ? "\n" : "\n\n");
  }

  /** The words for pictures are the page's, and not seen: marked as such, and short. */
  #image(node: Tree.Element): void {
    const alt = tidyLine(attribute(node, "alt") ?? "").slice(0, 120);
    if (alt !== "") this.#pieces.push(`[image: ${alt}]`);
  }

  #frame(node: Tree.Element, tag: string): readonly [before: string, after: string] {
    if (tag === "li") return ["- ", ""];
    if (tag === "td" || tag === "th") return ["", " | "];
    if (this.#format === "text") return ["", ""];
    if (/^h[1-6]$/.test(tag)) return [`${"#".repeat(Number(tag[1]))} `, ""];
    if (tag === "strong" || tag === "b") return ["**", "**"];
    if (tag === "em" || tag === "i") return ["*", "*"];
    if (tag === "pre") return ["```\n", "\n```"];
    if (tag === "code" && node.parentNode?.nodeName !== "pre") return ["`", "`"];
    if (tag === "blockquote") return ["> ", ""];
    const href = tag === "a" ? this.#link(attribute(node, "href")) : null;
    return href === null ? ["", ""] : ["[", `](${href})`];
  }

  #link(href: string | undefined): string | null {
    if (href === undefined || href.startsWith("#") || !URL.canParse(href, this.#url)) return null;
    const url = new URL(href, this.#url);
    const isPlain = (url.protocol === "http:" || url.protocol === "https:") && url.href.length <= 2000;
    return isPlain ? url.href.replaceAll("(", "%28").replaceAll(")", "%29") : null;
  }
}

function ancestors(node: Tree.ChildNode): readonly Tree.Element[] {
  const found: Tree.Element[] = [];
  for (let parent = node.parentNode; parent !== null && "tagName" in parent; parent = parent.parentNode)
    found.unshift(parent);
  return found;
}

const elements = (root: Tree.ParentNode, tag: string) =>
  elementsWhere(root, (element) => element.tagName === tag);

function elementsWhere(
  root: Tree.ParentNode,
  isMeant: (element: Tree.Element) => boolean,
): readonly Tree.Element[] {
  const found: Tree.Element[] = [];
  const visit = (node: Tree.ParentNode) => {
    for (const child of node.childNodes) {
      if (!("tagName" in child)) continue;
      // What is found is taken whole: parts of it would come twice.
      if (isMeant(child)) found.push(child);
      else visit(child);
    }
  };
  visit(root);
  return found;
}

const textOf = (element: Tree.Element) =>
  element.childNodes
    .map((child) => (child.nodeName === "#text" ? (child as Tree.TextNode).value : ""))
    .join("");

const tidyLine = (text: string) => withoutInvisible(text).replaceAll(/\s+/g, " ").trim();

function tidy(text: string): string {
  return withoutInvisible(text)
    .replaceAll(/[^\S\n]+\n/g, "\n")
    .replaceAll(/\n[^\S\n](?=\S)/g, "\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}
