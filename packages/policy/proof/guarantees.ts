/**
 * docs/guarantees.md is written by the proofs, one section for each, and compared with their results in every run.
 * `CLAWD_WRITE_GUARANTEES=1 vitest run --project policy --no-file-parallelism packages/policy/proof` writes it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const file = fileURLToPath(new URL("../../../docs/guarantees.md", import.meta.url));

/** The sections in their order. The file holds these and nothing else. */
export const sectionNames = [
  "introduction",
  "laws",
  "small scope",
  "renaming",
  "analysis",
  "mutants",
  "generated faults",
] as const;
export type SectionName = (typeof sectionNames)[number];

const opening = (name: SectionName) => `<!-- proof: ${name} -->`;

/** Expects the committed section to be what this run found, or writes it. No times, no dates: two runs give one text. */
export function expectSection(name: SectionName, lines: readonly string[]): void {
  const text = `${opening(name)}\n\n${lines.join("\n")}\n`;
  if (process.env["CLAWD_WRITE_GUARANTEES"] === "1") {
    writeFileSync(file, sectionNames.map((each) => (each === name ? text : readSection(each))).join("\n"));
  }
  expect(readSection(name), `docs/guarantees.md, section "${name}"`).toBe(text);
}

/** The whole file as its sections make it, for the test that nothing else is in it. */
export function readGuarantees(): { readonly whole: string; readonly fromSections: string } {
  return { whole: read(), fromSections: sectionNames.map(readSection).join("\n") };
}

function readSection(name: SectionName): string {
  const whole = read();
  const start = whole.indexOf(opening(name));
  if (start < 0) return `${opening(name)}\n`;
  const next = sectionNames
    .map((each) => whole.indexOf(`\n${opening(each)}`, start + 1))
    .filter((position) => position > start);
  return whole.slice(start, next.length === 0 ? undefined : Math.min(...next));
}

function read(): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** `2743042` as `2,743,042`, the same in every locale. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
