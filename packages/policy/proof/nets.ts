/** The small scope with fewer configs and cases, for faults: most are caught in the wide net, in no time. */
import { examine, pose, type Compile, type Posed } from "./compare.ts";
import { spread } from "./product.ts";
import type { Case, Slice } from "./scope.ts";
import { slices } from "./slices.ts";

export interface Net {
  readonly name: string;
  /** What of the decision differs from what is expected, in the first case that it meets; null: nothing. */
  readonly notices: (compile: Compile) => string | null;
}

/**
 * Every slice twice, the widest nets of all of them first. What the reference says is worked out once and kept for all
 * faults.
 */
export function nets(): readonly (readonly Net[])[] {
  return [slices.map((slice) => thin(slice, 25, 150)), slices.map((slice) => thin(slice, 150, 2_500))];
}

/** So many mistaken configs are few: each may be a mistake of its own, and costs one compilation and no decision. */
const fewMistakes = 300;

/** About so many cases and decisions of the slice, and of mistaken configs all that are few, else some. */
function thin(slice: Slice, most: number, decisions: number): Net {
  const cases: readonly Case[] = spread(slice.cases(), most);
  const all = [...pose(slice.configs(), cases)];
  const right = all.filter(({ mistakes }) => mistakes.length === 0);
  const wrong = all.filter(({ mistakes }) => mistakes.length > 0);
  const isFine = decisions > 1_000;
  const mistaken = spread(
    wrong,
    isFine && wrong.length <= fewMistakes ? fewMistakes : decisions / (isFine ? 100 : 20),
  );
  const posed = [...spread(right, Math.ceil(decisions / cases.length)), ...mistaken].map(remembered);
  return {
    name: slice.name,
    notices: (compile) => examine(posed, cases, compile).disagreements[0]?.about ?? null,
  };
}

function remembered(posed: Posed): Posed {
  const answers: ReturnType<Posed["answer"]>[] = [];
  return { ...posed, answer: (index) => (answers[index] ??= posed.answer(index)) };
}
