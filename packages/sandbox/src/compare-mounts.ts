/**
 * Whether one list of mounts shows more than another. INVARIANT: what lies under a mount that is taken away is never more than
 * was seen before: where another mount comes to light, it is a change (compare-settings.test.ts).
 */
import type { DockerSettings } from "./settings.ts";
import { bytesOf } from "./settings.ts";
import { canonical, differ, type Difference, inOrder } from "./setting-rules.ts";
import { tmpfsOf } from "./specification.ts";

type Mounts = Pick<DockerSettings, "binds" | "tmpfs" | "readOnlyRoot">;

export function compareBinds(before: Mounts, after: Mounts): readonly Difference[] {
  const [was, is] = [bindsByTarget(before), bindsByTarget(after)];
  return targetsOf(was, is).flatMap((target): readonly Difference[] => {
    const [old, now] = [was.get(target), is.get(target)];
    if (canonical(old) === canonical(now)) return [];
    if (old === undefined) return [differ("widens", undefined, textOf(target, now))];
    if (now === undefined)
      return [differ(isWithinBind(target, after) ? "changes" : "narrows", textOf(target, old), undefined)];
    const isSameSource = old.length === 1 && now.length === 1 && old[0]!.source === now[0]!.source;
    const direction = !isSameSource ? "changes" : now[0]!.mode === "ro" ? "narrows" : "widens";
    return [differ(direction, textOf(target, old), textOf(target, now))];
  });
}

interface Bind {
  readonly source: string;
  readonly mode: string;
}

function bindsByTarget({ binds }: Mounts): ReadonlyMap<string, readonly Bind[]> {
  const found = new Map<string, Bind[]>();
  for (const bind of binds) {
    const [source = "", target = "", ...mode] = bind.split(":");
    const entry = { source: trimmed(source), mode: mode.length === 0 ? "ro" : mode.join(":") };
    const known = found.get(trimmed(target)) ?? [];
    if (!known.some((one) => canonical(one) === canonical(entry))) known.push(entry);
    found.set(trimmed(target), known);
  }
  return found;
}

const textOf = (target: string, binds: readonly Bind[] = []): string =>
  binds.map(({ source, mode }) => `${source}:${target}:${mode}`).join(" and ");

export function compareTmpfs(before: Mounts, after: Mounts): readonly Difference[] {
  const [was, is] = [tmpfsByPath(before), tmpfsByPath(after)];
  return targetsOf(was, is).flatMap((path): readonly Difference[] => {
    const [old, now] = [was.get(path), is.get(path)];
    if (canonical(old) === canonical(now)) return [];
    const text = (one: Tmpfs | undefined) => (one === undefined ? undefined : `${path}:${one.written}`);
    if (old === undefined) return [differ("widens", undefined, text(now))];
    if (now === undefined) {
      const isLaidBare = isWithinBind(path, after) || !after.readOnlyRoot;
      return [differ(isLaidBare ? "changes" : "narrows", text(old), undefined)];
    }
    const parts = [
      ...inOrder(false, true)(old.isExecutable, now.isExecutable).map(({ direction }) => direction),
      ...(now.size === old.size
        ? []
        : [now.size < old.size ? "narrows" : now.size > old.size ? "widens" : "changes"]),
      ...(old.rest === now.rest ? [] : ["changes"]),
    ];
    const direction = (["changes", "widens", "narrows"] as const).find((one) => parts.includes(one));
    return direction === undefined ? [] : [differ(direction, text(old), text(now))];
  });
}

interface Tmpfs {
  readonly size: number;
  readonly isExecutable: boolean;
  readonly rest: string;
  readonly written: string;
}

function tmpfsByPath({ tmpfs }: Mounts): ReadonlyMap<string, Tmpfs> {
  return new Map(
    tmpfs.map((entry) => {
      const [path, written] = tmpfsOf(entry);
      const options = written.split(",");
      const size = options.findLast((option) => option.startsWith("size="))?.slice("size=".length) ?? "";
      // Without a word the engine lets nothing there be run.
      const isExecutable = options.findLast((option) => /^(?:no)?exec$/.test(option)) === "exec";
      const rest = options.filter((option) => !/^(?:size=.*|(?:no)?exec)$/.test(option)).toSorted();
      // The kernel's 0 is no limit at all.
      const bytes = bytesOf(size) === 0 ? Infinity : bytesOf(size);
      return [trimmed(path), { size: bytes, isExecutable, rest: rest.join(), written }] as const;
    }),
  );
}

const isWithinBind = (path: string, { binds }: Mounts): boolean =>
  binds.some((bind) => path.startsWith(`${trimmed(bind.split(":")[1] ?? "")}/`));

const targetsOf = (...maps: readonly ReadonlyMap<string, unknown>[]): readonly string[] =>
  [...new Set(maps.flatMap((map) => [...map.keys()]))].toSorted();

const trimmed = (path: string): string => path.replace(/(?<=.)\/+$/, "");
