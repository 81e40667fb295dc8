/** `diff` against a decision of every request under both policies. */
import type { Policy } from "../src/index.ts";
import type { Request, StateFacts } from "../src/request.ts";
import { answerOf, keyOfAnswer } from "../src/analysis/answer.ts";
import type { Answer, Whom } from "../src/analysis/types.ts";
import type { Parts } from "./analysis-parts.ts";
import { readingOf } from "./analysis-reading.ts";
import type { Case } from "./scope.ts";

export interface Compared {
  readonly requests: number;
  readonly changed: number;
  /** The first request of which the analysis says otherwise than the decisions. */
  readonly wrong: string | null;
}

/** `make`: requests to ask, given one request of each change. */
export function compareDiff(
  { difference }: Parts,
  before: Policy,
  after: Policy,
  make: (witnesses: readonly Case[]) => readonly Case[],
): Compared {
  const { landscape, messages, runs, found: all } = difference(before, after);
  const cases = make(all.map(({ witness }) => witness));
  const { isWhom, isShape, isWanted } = readingOf(landscape);
  let changed = 0;
  for (const { request, state } of cases) {
    const [was, is] = [before, after].map((policy) => answerOf(policy.decide(request, state))) as [
      Answer,
      Answer,
    ];
    const isChanged = keyOfAnswer(was) !== keyOfAnswer(is);
    if (isChanged) changed++;
    const isMeant = ({ whom }: { readonly whom: readonly Whom[] }) =>
      whom.some((each) => isWhom(each, request, state));
    const own = request.action === "session" ? ownSessions([before, after], request, state) : [];
    const found =
      request.action === "message"
        ? messages.filter((each) => isShape(each.change, request) && isMeant(each))
        : runs.filter((each) => isWanted(each.change, request, state, own) && isMeant(each));
    const changes = found.map(({ change }) => change);
    const problem = problemOf(isChanged, changes, was, is, request);
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
