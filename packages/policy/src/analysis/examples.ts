/** Examples that stand in the config, and hold or do not: each is asked of everybody whom it speaks of. */
import { compile } from "../compile.ts";
import { child, isRecord, isSet, type ConfigNode } from "../config-node.ts";
import { formatPath, type ConfigPath } from "../config-path.ts";
import type { Decision } from "../decision.ts";
import { plainConfig } from "../plain-config.ts";
import { planOf } from "../plan-of.ts";
import type { CompileOptions, Policy, PolicyIssue, SourcePosition } from "../policy.ts";
import { groundOf, somebodiesOf, type Ground } from "./example-chats.ts";
import { grammar, readSentence } from "./example-sentence.ts";
import { askedFor } from "./example-steps.ts";
import type { ExampleResult } from "./types.ts";

const verdicts = ["allow", "deny", "challenge", "sandbox", "host", "gateway"] as const;
type ExpectedVerdict = (typeof verdicts)[number];

/**
 * One result for each sentence. `examples`: the value of `access.examples`, any JSON.
 * @throws TypeError for a policy that `compile` did not make
 */
export function checkExamples(policy: Policy, examples: unknown): readonly ExampleResult[] {
  const value = plainConfig(examples, () => {});
  return checkedAt(policy, { path: [], value: value ?? undefined }).map(({ result }) => result);
}

/** One error for each example of the config that does not hold; empty when the config makes no policy at all. */
export function exampleIssues(config: unknown, options: CompileOptions): readonly PolicyIssue[] {
  const compiled = compile(config, options);
  if (!compiled.ok) return [];
  const root: ConfigNode = { path: [], value: plainConfig(config, () => {}) };
  return checkedAt(compiled.policy, child(child(root, "access"), "examples")).flatMap(({ path, result }) => {
    if (result.holds === true) return [];
    const place = { path: formatPath(path), ...positionOf(path, options), severity: "error" as const };
    if (result.holds === null) {
      const { message, hint } = result;
      return [{ code: "example-not-understood", message, hint, ...place }];
    }
    const message = `"${result.sentence}" is to be ${result.expected}, and is ${result.found}.`;
    const hint = "Change the rules so that it holds again, or the example if it is no longer meant.";
    return [{ code: "example-violated", message, hint, ...place }];
  });
}

interface Checked {
  readonly path: ConfigPath;
  readonly result: ExampleResult;
}

function checkedAt(policy: Policy, node: ConfigNode): readonly Checked[] {
  const plan = planOf(policy);
  if (plan === undefined) throw new TypeError("Only a policy that compile() made can be analysed.");
  if (!isSet(node)) return [];
  if (!Array.isArray(node.value)) return [notAnExample(node, "The examples are no list.")];
  const ground = groundOf(plan);
  return node.value.flatMap((_, at): readonly Checked[] => {
    const entry = child(node, at);
    const sentences = isRecord(entry.value) ? Object.keys(entry.value) : [];
    if (sentences.length === 0) return [notAnExample(entry, "The example says nothing.")];
    return sentences.map((sentence) => {
      const { path, value } = child(entry, sentence);
      return { path, result: check(policy, ground, sentence, value) };
    });
  });
}

const notAnExample = ({ path }: ConfigNode, message: string): Checked => ({
  path,
  result: { sentence: "", holds: null, message, hint: 'Write [{ "stranger in dm": "deny" }, …].' },
});

function check(policy: Policy, ground: Ground, sentence: string, value: unknown): ExampleResult {
  const expected = verdicts.find((word) => word === value);
  if (expected === undefined) {
    const message = "The example has no verdict that is known.";
    return { sentence, holds: null, message, hint: `Write one of ${verdicts.join(", ")}.` };
  }
  const read = readSentence(sentence, ground.plan);
  if ("message" in read) return { sentence, holds: null, ...read };
  let isAboutSomebody = false;
  for (const somebody of somebodiesOf(ground, read)) {
    for (const { steps, decision } of askedFor(policy, ground, read, somebody)) {
      isAboutSomebody = true;
      if (isAs(expected, decision)) continue;
      const found = `${verdictText(decision)} for ${somebody.text}`;
      return { sentence, holds: false, expected, found, witness: steps };
    }
  }
  if (isAboutSomebody) return { sentence, holds: true };
  const message = "The example speaks of nobody: the config names none whom it could mean there.";
  return { sentence, holds: null, message, hint: `Name somebody, or remove it. ${grammar}` };
}

const placeOf = ({ obligations }: Decision) => obligations.find(({ kind }) => kind === "run-in");

function isAs(expected: ExpectedVerdict, decision: Decision): boolean {
  if (expected === "allow" || expected === "deny" || expected === "challenge")
    return decision.effect === expected;
  const runIn = placeOf(decision);
  return decision.effect === "allow" && runIn?.kind === "run-in" && runIn.place === expected;
}

function verdictText(decision: Decision): string {
  const runIn = placeOf(decision);
  const place = runIn?.kind === "run-in" ? `, ${runIn.place}` : "";
  return `${decision.effect} (${decision.code}${place})`;
}

/** Of the key, else of the nearest that holds it. */
function positionOf(path: ConfigPath, options: CompileOptions): SourcePosition | undefined {
  for (let length = path.length; length > 0; length--) {
    try {
      const found = options.locate?.(path.slice(0, length));
      if (found !== undefined) return { file: found.file, line: found.line, column: found.column };
    } catch {
      // An issue without a line is an issue all the same.
    }
  }
  return undefined;
}
