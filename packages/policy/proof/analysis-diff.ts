/** `diff` against a decision of every request under both policies. */
import { compile, type Policy } from "../src/index.ts";
import type { Request, StateFacts } from "../src/request.ts";
import { answerOf, keyOfAnswer } from "../src/analysis/answer.ts";
import { diff } from "../src/analysis/diff.ts";
import { landscapeOf } from "../src/analysis/landscape.ts";
import { messageChanges } from "../src/analysis/message-changes.ts";
import { any } from "../src/analysis/products.ts";
import { runLandscapeOf } from "../src/analysis/run-bases.ts";
import { runChanges } from "../src/analysis/run-changes.ts";
import type { Answer } from "../src/analysis/types.ts";
import { whoWhere } from "../src/analysis/who-where.ts";
import { dimensions } from "../src/analysis/message-changes.ts";
import { activations } from "../src/analysis/message-shapes.ts";
import { networks } from "./networks.ts";
import type { Case } from "./scope.ts";
import { readingOf } from "./analysis-reading.ts";

export function policyOf(config: unknown): Policy | null {
  const result = compile(config, { networks });
  return result.ok ? result.policy : null;
}

export interface Compared {
  readonly requests: number;
  readonly changed: number;
  /** The first request of which the analysis says otherwise than the decisions. */
  readonly wrong: string | null;
}

/** `make`: requests to ask, given one request of each change. */
export function compareDiff(
  before: Policy,
  after: Policy,
  make: (witnesses: readonly Case[]) => readonly Case[],
): Compared {
  const cases = make(diff(before, after).changes.map(({ witness }) => witness));
  const landscape = runLandscapeOf(landscapeOf([before, after]));
  const { isWhom, isShape, isWanted } = readingOf(landscape);
  const messages = messageChanges(landscape).map((change) => ({
    change,
    whom: whomOfMessages(landscape, change),
  }));
  const runs = runChanges(landscape).map((change) => ({
    change,
    whom: whoWhere(
      landscape,
      change.origins.map(({ isPaired, ...origin }) => ({
        ...origin,
        isPaired: isPaired === null ? any : Number(isPaired),
      })),
    ),
  }));
  let changed = 0;
  for (const { request, state } of cases) {
    const [was, is] = [before, after].map((policy) => answerTo(policy, request, state)) as [Answer, Answer];
    const isChanged = keyOfAnswer(was) !== keyOfAnswer(is);
    if (isChanged) changed++;
    const found =
      request.action === "message"
        ? messages.filter(
            ({ change, whom }) =>
              isShape(change, request) && whom.some((each) => isWhom(each, request, state)),
          )
        : runs.filter(
            ({ change, whom }) =>
              isWanted(change, request, state, ownSessions([before, after], request, state)) &&
              whom.some((each) => isWhom(each, request, state)),
          );
    const problem = problemOf(
      isChanged,
      found.map(({ change }) => change),
      was,
      is,
      request,
    );
    if (problem !== null)
      return {
        requests: cases.length,
        changed,
        wrong: `${problem}: ${JSON.stringify({ request, state, was, is })}`,
      };
  }
  return { requests: cases.length, changed, wrong: null };
}

function problemOf(
  isChanged: boolean,
  found: readonly { readonly before: Answer; readonly after: Answer }[],
  was: Answer,
  is: Answer,
  request: Request,
): string | null {
  if (!isChanged) return found.length === 0 ? null : "named, and not changed";
  if (found.length !== 1)
    return found.length === 0 ? "changed, and not named" : `named ${found.length} times`;
  const [{ before, after }] = found as [{ readonly before: Answer; readonly after: Answer }];
  const isSame = isPattern(before, was, request) && isPattern(after, is, request);
  return isSame ? null : `named with other answers ${JSON.stringify({ before, after })}`;
}

/** Whether the answer is the pattern's, with the ids of this request where that has `*`. A thread's name follows its room's. */
function isPattern(pattern: Answer, answer: Answer, { chat, sender }: Request): boolean {
  if (pattern.session === undefined) return keyOfAnswer(pattern) === keyOfAnswer(answer);
  const ids = chat.kind === "dm" ? [sender.id ?? ""] : [chat.id, chat.thread ?? ""];
  // Where groups and channels stand in one map, a channel is read as the group of its id.
  const kind = pattern.session.replace(":group:", `:${chat.kind}:`);
  const session = ids.reduce((text, id) => text.replace("*", () => id), kind);
  const found = answer.session?.startsWith(`${session}:`) && chat.thread ? session : answer.session;
  return (
    keyOfAnswer({ ...pattern, session }) === keyOfAnswer({ ...answer, ...(found && { session: found }) })
  );
}

const answerTo = (policy: Policy, request: Request, state: StateFacts): Answer =>
  answerOf(policy.decide(request, state));

/** For each policy the session that a message of this sender runs in, as a run of this agent; null where none is let in. */
function ownSessions(
  policies: readonly Policy[],
  { provider, account, chat, sender, ...asked }: Request,
  state: StateFacts,
): readonly (string | null)[] {
  const agent = "agent" in asked ? asked.agent : "main";
  const origin = { provider, ...(account !== undefined && { account }), chat, sender };
  const message = { action: "message", ...origin, mentioned: true, mentionsOthers: false };
  return policies.map((policy) => {
    const { effect, code } = policy.decide(message, state);
    const isLetIn =
      effect === "allow" || ["profile-unknown", "agent-not-allowed", "budget-spent"].includes(code);
    return isLetIn ? policy.decide({ action: "tool", ...origin, agent, tool: "bash" }, state).session : null;
  });
}

export function whomOfMessages(
  landscape: Parameters<typeof whoWhere>[0],
  { product, standings }: ReturnType<typeof messageChanges>[number],
) {
  const values = (dimension: (typeof dimensions)[number]) => product[dimensions.indexOf(dimension)]!;
  const [isPaired, budget, activation] = [
    values("isPaired")[0]!,
    values("isWithinBudget")[0]!,
    values("activation"),
  ];
  const members = standings.flatMap((standing) =>
    values("profile").map((profile) => ({ standing, isPaired, profile })),
  );
  return whoWhere(landscape, members, {
    ...(budget !== any && { isWithinBudget: budget === 1 }),
    ...(activation[0] !== any && { activation: activation.map((at) => activations[at]!) }),
  });
}
