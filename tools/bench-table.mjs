// How measurements are shown: the table of everything, and the one of the policy engines.

export const isContender = (line) => "reused" in line;

/** The lines that miss what is promised, by name. */
export function missed(lines) {
  const ours = lines.find(isContender);
  const rows = lines.filter((line) => !isContender(line));
  return [
    ...rows
      .filter(({ goal, ours: own }) => goal !== undefined && !isMet(goal, own.median))
      .map(({ what }) => what),
    ...lines
      .filter((line) => isContender(line) && !keepsDistance(line, ours))
      .map(({ name, goal }) => `${goal} times faster than ${name}`),
  ];
}

export function table(lines) {
  const head = [
    "measured",
    "goal",
    "Clawdbot: median (min–max)",
    "beside it, in turns: median (min–max)",
    "ratio",
    "openclaw 2026.9.6",
    "openclaw 2026.1.24-3",
  ];
  const body = lines
    .filter((line) => !isContender(line))
    .map(({ what, unit, goal, ours, beside, openclaw = [] }) => [
      what,
      goal === undefined ? "" : `${limit(goal)} ${unit}${isMet(goal, ours.median) ? "" : ", **missed**"}`,
      shown(ours, unit),
      beside === undefined ? "" : `${beside.what}: ${shown(beside.figures, unit)}`,
      beside === undefined ? "" : `${number(ours.median / beside.figures.median)}×`,
      ...[0, 1].map((index) => (openclaw[index] === undefined ? "" : `${openclaw[index]} ${unit}`)),
    ]);
  return markdown(head, body);
}

/** Empty where no engines were measured. */
export function enginesTable(lines) {
  const contenders = lines.filter(isContender);
  if (contenders.length === 0) return "";
  const [ours] = contenders;
  const head = [
    "engine",
    "a decision, same requests",
    "times ours",
    "a decision, new requests",
    "times ours",
    "goal: times ours",
    "compile, first",
    "compile, warm",
    "first decision",
    "memory",
    "bundle",
  ];
  const body = contenders.map((one) => [
    one.name,
    `${number(one.reused.median)} µs`,
    times(one.reused, ours.reused),
    `${number(one.fresh.median)} µs`,
    times(one.fresh, ours.fresh),
    one.goal === undefined ? "" : `> ${one.goal}${keepsDistance(one, ours) ? "" : ", **missed**"}`,
    `${number(one.coldCompile.median)} ms`,
    `${number(one.warmCompile.median)} ms`,
    `${number(one.firstDecision.median)} ms`,
    `+${number(one.memory.median)} MB`,
    one.bundle === null ? "" : `${number(one.bundle)} KB`,
  ]);
  return markdown(head, body);
}

const keepsDistance = ({ goal = 0, reused }, ours) => reused.median / ours.reused.median > goal;

const times = (theirs, ours) => `${number(theirs.median / ours.median)}×`;

const markdown = (head, body) =>
  [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

function limit({ below, above }) {
  return below === undefined ? `> ${above}` : `< ${below}`;
}

function isMet({ below, above }, median) {
  return below === undefined ? median > above : median < below;
}

function shown({ median, min, max, count }, unit) {
  const range = count === 1 ? "" : ` (${number(min)}–${number(max)})`;
  return `${number(median)} ${unit}${range}`.trim();
}

/** Three digits that count. */
function number(value) {
  if (Number.isInteger(value)) return String(value);
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toFixed(3);
}
