/** Several questions of AuthZEN 1.0 in one. */
import { evaluation, type Evaluation } from "./authzen-evaluation.ts";
import type { Decision, Obligation } from "./decision.ts";
import { fromAuthZen } from "./from-authzen.ts";
import { isRecord, type Fields } from "./read-field.ts";
import type { Request } from "./request.ts";

export interface Evaluations {
  readonly evaluations: readonly Evaluation[];
}

/** Where to stop: at the first answer that is this one. */
const stopsAt: ReadonlyMap<unknown, boolean | undefined> = new Map<unknown, boolean | undefined>([
  [undefined, undefined],
  ["execute_all", undefined],
  ["deny_on_first_deny", false],
  ["permit_on_first_permit", true],
]);

const mostEvaluations = 1000;

/**
 * Answers in the order of the questions, up to the one at which `options.evaluations_semantic` stops. A member of the
 * four that a question leaves out is that of the whole. Without questions it is one itself; what cannot be read as
 * several (a semantic that AuthZEN does not have, more than 1,000 questions) is one that is denied.
 */
export function evaluations(
  body: unknown,
  decide: (request: Request | null) => Decision,
  understood: readonly Obligation["kind"][] = [],
): Evaluation | Evaluations {
  const batch = readBatch(body);
  if (batch === null) return evaluation(decide(null), understood);
  if (batch.questions.length === 0) return evaluation(decide(fromAuthZen(body)), understood);
  const answers: Evaluation[] = [];
  for (const question of batch.questions) {
    const answer = evaluation(decide(fromAuthZen(question)), understood);
    answers.push(answer);
    if (answer.decision === batch.stop) break;
  }
  return { evaluations: answers };
}

interface Batch {
  readonly questions: readonly unknown[];
  readonly stop: boolean | undefined;
}

function readBatch(body: unknown): Batch | null {
  try {
    if (!isRecord(body)) return null;
    const { evaluations: list = [], options = {}, ...defaults } = body;
    if (!Array.isArray(list) || list.length > mostEvaluations || !isRecord(options)) return null;
    const semantic = options["evaluations_semantic"];
    if (!stopsAt.has(semantic)) return null;
    const questions = Array.from({ length: list.length }, (_, at) => withDefaults(list[at], defaults));
    return { questions, stop: stopsAt.get(semantic) };
  } catch {
    return null;
  }
}

/** Each of the four as a whole: an action of its own has nothing of the common one. */
const withDefaults = (item: unknown, defaults: Fields): unknown =>
  isRecord(item) ? { ...defaults, ...item } : null;
