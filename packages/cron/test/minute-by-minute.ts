/** When an expression comes true, found by walking through the minutes: slow, and in the words of the documentation. */

const minute = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();

interface Local {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

/** The same nights are walked through for each expression. */
const known = new Map<string, Local>();

function localAt(zone: string, time: number): Local {
  const key = `${zone} ${time}`;
  const local = known.get(key) ?? look(zone, time);
  known.set(key, local);
  return local;
}

function look(zone: string, time: number): Local {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(
    format.formatToParts(time).map(({ type, value }) => [type, Number(value)]),
  );
  const { year, month, day, hour, minute: shown } = parts as Record<string, number>;
  const weekday = new Date(Date.UTC(year!, month! - 1, day!)).getUTCDay();
  return { minute: shown!, hour: hour!, day: day!, month: month!, weekday };
}

function numbersOf(field: string, least: number, most: number): ReadonlySet<number> {
  const all = field.split(",").flatMap((part) => {
    const [range, step = "1"] = part.split("/");
    const [from, to = from] = range === "*" ? [least, most] : range!.split("-").map(Number);
    const numbers: number[] = [];
    for (let number = from!; number <= to!; number += Number(step)) numbers.push(number);
    return numbers;
  });
  return new Set(all);
}

/** Times in `(from, to]`. */
export function matchesIn(expression: string, zone: string, from: number, to: number): readonly number[] {
  const [minutes, hours, days, months, weekdays] = expression.split(" ") as [
    string,
    string,
    string,
    string,
    string,
  ];
  const at = {
    minutes: numbersOf(minutes, 0, 59),
    hours: numbersOf(hours, 0, 23),
    days: numbersOf(days, 1, 31),
    months: numbersOf(months, 1, 12),
    weekdays: new Set([...numbersOf(weekdays, 0, 7)].map((day) => day % 7)),
  };
  /** Meant once: no wildcard and no step in the minute and the hour. */
  const isFixed = !/[*/]/.test(`${minutes}${hours}`);
  const isDay = ({ day, month, weekday }: Local): boolean => {
    if (!at.months.has(month)) return false;
    // Where both are restricted, either is enough.
    if (days !== "*" && weekdays !== "*") return at.days.has(day) || at.weekdays.has(weekday);
    return at.days.has(day) && at.weekdays.has(weekday);
  };
  const isTime = (hour: number, shown: number) => at.hours.has(hour) && at.minutes.has(shown);
  const found: number[] = [];
  for (let time = Math.floor(from / minute) * minute + minute; time <= to; time += minute) {
    const local = localAt(zone, time);
    const isShown = isDay(local) && isTime(local.hour, local.minute);
    const isMeant = isFixed
      ? (isShown && !wasShown(zone, time)) || endsGap(zone, time, local, isDay, isTime)
      : isShown;
    if (isMeant) found.push(time);
  }
  return found;
}

/** The same hour and minute of the same day were there before: the clock was put back. */
function wasShown(zone: string, time: number): boolean {
  const now = localAt(zone, time);
  for (let back = 1; back <= 120; back++) {
    const then = localAt(zone, time - back * minute);
    if (then.day === now.day && then.hour === now.hour && then.minute === now.minute) return true;
  }
  return false;
}

/** The first minute after a gap stands for all those of its day that the gap swallowed. */
function endsGap(
  zone: string,
  time: number,
  local: Local,
  isDay: (local: Local) => boolean,
  isTime: (hour: number, minute: number) => boolean,
): boolean {
  const before = localAt(zone, time - minute);
  const minuteOfDay = local.hour * 60 + local.minute;
  const isSameDay = before.day === local.day;
  const first = isSameDay ? before.hour * 60 + before.minute + 1 : 0;
  if (first >= minuteOfDay || !isDay(local)) return false;
  for (let swallowed = first; swallowed < minuteOfDay; swallowed++)
    if (isTime(Math.floor(swallowed / 60), swallowed % 60)) return true;
  return false;
}
