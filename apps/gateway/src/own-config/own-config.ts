/**
 * The gateway's config, as the model of an owner's conversation may see and change it. INVARIANT: whatever is asked, nobody and
 * nothing has more afterwards than before (own-config.test.ts, T-K7).
 */
import {
  loadConfig,
  type LoadConfigOptions,
  type LoadedConfig,
  parseDocument,
  readDocument,
  replaceDocument,
  rewriteConfig,
} from "@clawd/config";
import { toJsonSchema } from "@clawd/config/schema";
import { type ConfigInForce, configDifference } from "@clawd/core";
import { formatPath, isClawdError, type Issue, type PathSegment } from "@clawd/kernel";
import { canonical } from "@clawd/sandbox/config";
import type { ConfigProposal, ControlAnswer, ControlPort } from "@clawd/tools";
import type { Config } from "../config.ts";
import { leavesOf, mayBeProposed } from "./config-keys.ts";
import { violatedExamples } from "../load.ts";
import { mergePatch } from "./merge-patch.ts";
import type { Paths } from "../paths.ts";
import { policyOf } from "../policy-of.ts";
import { secretSettingsOf } from "../providers.ts";
import { cleaned, type SecretMarks, withoutSecrets, withSecrets } from "./redact-config.ts";
import type { Reload } from "../reload.ts";
import { settingChanges } from "./setting-changes.ts";
import { configOptions } from "../settings.ts";

export interface OwnConfigPorts {
  readonly paths: Pick<Paths, "config" | "stateDir">;
  readonly inForce: Pick<ConfigInForce<LoadedConfig<Config>>, "current" | "policy" | "held">;
  /** Has the file read and, where it gives nothing more, put in force. */
  readonly offer: Reload["offer"];
  /** Every secret that is known now. */
  readonly secrets: () => readonly string[];
}

type OwnConfig = Pick<ControlPort, "read" | "schema" | "apply">;

/** Of a difference or a list of mistakes. */
const mostLines = 40;
const longestAnswer = 40_000;

export function createOwnConfig(ports: OwnConfigPorts): OwnConfig {
  const { paths, inForce } = ports;
  let last: Promise<unknown> = Promise.resolve();

  async function settings() {
    const [options, secretSettings] = [await configOptions(paths.config), await secretSettingsOf()];
    const marks: SecretMarks = { keys: options.secretKeys ?? [], values: ports.secrets() };
    return { options, secretSettings, marks };
  }

  /** Whatever is said of it, no secret is in it. */
  async function safely(
    work: (known: Known) => Promise<ControlAnswer> | ControlAnswer,
  ): Promise<ControlAnswer> {
    const known = await settings();
    const answer = await work(known);
    return { ...answer, text: cleaned(answer.text, known.marks) };
  }

  async function apply({ text, isPatch, baseHash }: ConfigProposal, known: Known): Promise<ControlAnswer> {
    const { options, secretSettings, marks } = known;
    const document = readDocument(paths.config);
    if (!document.ok) return invalid("The config file cannot be read as it is", document.issues);
    if (document.value.hash !== baseHash)
      return { outcome: "changed", text: "Refused: the config is another one by now. Read it again." };
    const proposal = parseDocument(text, "proposal");
    if (!proposal.ok) return invalid("Refused: the proposal cannot be read", proposal.issues);
    const was = document.value.value;
    const { value, unknownMarks } = withSecrets(
      isPatch ? mergePatch(was, proposal.value) : proposal.value,
      was,
      marks,
    );
    if (unknownMarks.length > 0)
      return refused("protected", "no value stands behind the mark at", unknownMarks);
    const wanted = value as Readonly<Record<string, unknown>>;
    const keys = changedKeys(was, wanted);
    if (keys.length === 0) return { outcome: "done", text: "Nothing would change." };
    const names = keys.map(({ path }) => formatPath(path));
    const kept = keys
      .filter(({ path }) => !mayBeProposed(path, secretSettings))
      .map(({ path }) => formatPath(path));
    if (kept.length > 0) return refused("protected", "these are not written from a conversation:", kept);
    // A variable's value would stand wherever the model reads.
    const variables = keys
      .filter(({ after }) => canonical(after).includes("${"))
      .map(({ path }) => formatPath(path));
    if (variables.length > 0) return refused("protected", "variables are the owner's alone:", variables);
    const rewritten = rewriteConfig(document.value.text, wanted);
    if (!rewritten.ok) return invalid("Refused", rewritten.issues);
    const candidate = await loaded({ ...options, text: rewritten.value });
    if (!candidate.ok) return { ...invalid("Refused: it would not be valid", candidate.issues), keys: names };
    const difference = await configDifference(
      inForce.policy(),
      policyOf(candidate.value),
      settingChanges(inForce.current().value, candidate.value.value, { paths, secretSettings }),
    );
    if (difference.widens) return { ...wider(difference.lines), keys: names };
    replaceDocument(paths.config, baseHash, rewritten.value);
    return { ...inForceNow(await ports.offer(), difference.lines), keys: names };
  }

  return {
    read: () =>
      safely(({ marks }) => {
        const document = readDocument(paths.config);
        if (!document.ok) return invalid("The config file cannot be read as it is", document.issues);
        const { hash, value } = document.value;
        const held = inForce.held();
        const waits = held === null ? {} : { notInForce: held.lines.slice(0, mostLines) };
        const text = JSON.stringify({ hash, ...waits, config: withoutSecrets(value, marks) }, null, 1);
        return { outcome: "done", text };
      }),
    schema: (key) => safely(({ options }) => describe(toJsonSchema(options.schema), key)),
    apply(proposal) {
      const result = last.then(() => safely((known) => apply(proposal, known)));
      const answered = result.catch((fault: unknown): ControlAnswer => {
        if (!isClawdError(fault)) throw fault;
        return { outcome: fault.code, text: `Refused: ${fault.message} ${fault.hint}` };
      });
      last = answered.catch(() => undefined);
      return answered;
    },
  };
}

interface Known {
  readonly options: LoadConfigOptions<Config>;
  readonly secretSettings: (network: string) => readonly string[];
  readonly marks: SecretMarks;
}

async function loaded(options: LoadConfigOptions<Config>) {
  const result = loadConfig<Config>(options);
  if (!result.ok) return result;
  const violated = await violatedExamples(result.value);
  return violated.length === 0 ? result : { ok: false as const, issues: violated };
}

interface ChangedKey {
  readonly path: readonly PathSegment[];
  readonly after: unknown;
}

/** Every leaf that one of the two has otherwise. */
function changedKeys(before: unknown, after: unknown): readonly ChangedKey[] {
  const [was, is] = [leavesOf(before), leavesOf(after)].map(
    (leaves) => new Map(leaves.map((leaf) => [JSON.stringify(leaf.path), leaf])),
  ) as [Map<string, Leaf>, Map<string, Leaf>];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [old, now] = [was.get(key), is.get(key)];
    if (old !== undefined && now !== undefined && canonical(old.value) === canonical(now.value)) return [];
    return [{ path: (old ?? now)!.path, after: now?.value }];
  });
}

type Leaf = ReturnType<typeof leavesOf>[number];

const refused = (outcome: string, why: string, keys: readonly string[]): ControlAnswer => ({
  outcome,
  text: `Refused: ${why} ${keys.slice(0, mostLines).join(", ")}. Their owner edits the config file.`,
  keys,
});

function invalid(what: string, issues: readonly Issue[]): ControlAnswer {
  const lines = issues
    .slice(0, mostLines)
    .map(({ path, message, hint }) => `${path}: ${message} ${hint}`.trim());
  return { outcome: "invalid", text: [`${what}.`, ...lines].join("\n") };
}

function wider(lines: readonly string[]): ControlAnswer {
  const shown = lines.slice(0, -1).slice(0, mostLines);
  const text = [
    "Refused: it would give more than is given now.",
    ...shown,
    "Only an owner can do that, by hand: write it into the config file, look at it with `clawdbot config apply`, and accept it there or with the button in their chat.",
  ].join("\n");
  return { outcome: "widens", text };
}

function inForceNow(offer: Awaited<ReturnType<Reload["offer"]>>, lines: readonly string[]): ControlAnswer {
  switch (offer.state) {
    case "in-force":
      return { outcome: "done", text: ["It is in force.", ...lines.slice(0, mostLines)].join("\n") };
    case "held":
      return {
        outcome: "held",
        text: "It is written, and waits for an owner: what is in force changed meanwhile.",
      };
    case "invalid":
      return invalid("It is written, and not in force: the file is not valid by now", offer.issues);
  }
}

/** A part of the schema, or the names of what is in it where the part is too long to read. */
function describe(schema: Record<string, unknown>, key: string | null): ControlAnswer {
  let node: SchemaPart | undefined = schema;
  for (const segment of key === null ? [] : key.split(/\.|\[\]\.?/).filter((part) => part !== "")) {
    const { properties = {}, additionalProperties, items }: SchemaPart = node?.items ?? node ?? {};
    node = Object.hasOwn(properties, segment)
      ? properties[segment]
      : (Object(additionalProperties ?? items) as SchemaPart);
  }
  if (node === undefined || Object.keys(node).length === 0)
    return { outcome: "unknown-key", text: `There is no key ${JSON.stringify(key)}.` };
  const text = JSON.stringify(node, null, 1);
  if (text.length <= longestAnswer) return { outcome: "done", text };
  const names = Object.keys((node.items ?? node).properties ?? {});
  return { outcome: "done", text: `It is long. Ask for one of its keys: ${names.join(", ")}.` };
}

interface SchemaPart {
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly additionalProperties?: unknown;
  readonly items?: SchemaPart;
}
