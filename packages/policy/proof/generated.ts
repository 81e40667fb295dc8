/** Every generated mutation of some files, and whether it is noticed. */
import { equivalents, type Equivalent } from "./equivalents.ts";
import { readSources, type Engine } from "./engine-copy.ts";
import { answersAlike, lawsOf } from "./laws-of-copies.ts";
import { mutationsOf, type Mutation } from "./mutate.ts";
import { eagerProvers, type Prover } from "./provers.ts";

export interface Score {
  readonly file: string;
  readonly made: number;
  readonly noticed: number;
  readonly equivalent: number;
}

export interface Hunt {
  readonly scores: readonly Score[];
  /** Mutations that nobody notices and that are not listed as changing no answer. */
  readonly survivors: readonly string[];
  /** Entries of the list that no mutation makes, or that somebody notices. */
  readonly wrong: readonly string[];
}

/** `scope`: whether the small scope is asked where no law is broken. */
export function hunt(files: readonly string[], scope: "laws" | "small scope"): Hunt {
  const sources = readSources();
  const sound = sources.with({});
  const provers = scope === "laws" ? [] : eagerProvers();
  const mutations = mutationsOf(files);
  const met = new Set<string>();
  const scores: Score[] = [];
  const survivors: string[] = [];
  const wrong: string[] = [];
  for (const file of files) {
    const mine = mutations.filter((mutation) => mutation.file === file);
    let noticed = 0;
    let equivalent = 0;
    for (const mutation of mine) {
      const isListed = equivalents.some((each) => isEntry(each, mutation));
      if (isListed) met.add(keyOf(file, mutation.from, mutation.to));
      const make = () => sources.with({ [file]: mutation.text });
      const killer = isListed ? refutation(file, make, sound, provers) : killerOf(file, make, provers);
      if (isListed && killer !== null) wrong.push(`${said(mutation)}: ${killer}`);
      else if (isListed) equivalent++;
      else if (killer === null) survivors.push(said(mutation));
      else noticed++;
    }
    scores.push({ file, made: mine.length, noticed, equivalent });
  }
  for (const { file, from, to } of equivalents.filter((each) => files.includes(each.file)))
    for (const line of to)
      if (!met.has(keyOf(file, from, line))) wrong.push(`${file}: no mutation makes ${line}`);
  return { scores, survivors, wrong };
}

const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);
const said = ({ file, line, from, to }: Mutation): string => `${file}:${line}\n  ${from}\n  ${to}`;

const isEntry = (listed: Equivalent, { file, from, to }: Mutation): boolean =>
  listed.file === file && listed.from === from && listed.to.includes(to);

function killerOf(file: string, make: () => Engine, provers: readonly Prover[]): string | null {
  try {
    const engine = make();
    const law = lawsOf[file]?.(engine) ?? null;
    if (law !== null) return law;
    for (const prove of provers) {
      const found = prove(engine);
      if (found !== null) return found;
    }
    return null;
  } catch (fault) {
    // A decision never throws.
    return `throws ${String(fault)}`;
  }
}

/**
 * What shows that a listed mutation does change an answer. Of `core.ts` every record of facts is asked; elsewhere the laws
 * and the widest nets, since to visit the whole small scope takes seconds.
 */
function refutation(
  file: string,
  make: () => Engine,
  sound: Engine,
  provers: readonly Prover[],
): string | null {
  if (file === "core.ts") return answersAlike(make(), sound) ? null : "another answer";
  return killerOf(file, make, provers.slice(0, 1));
}
