/** `/approve` and `/deny`: an owner's word about what waits for it, named by its hash. Written, or by a button. */
import type { Command, OwnersWord } from "./command.ts";

export const approve = answering("approve", "accept what waits under a hash");
export const deny = answering("deny", "refuse what waits under a hash");

const form = /^([0-9a-f]{8,64})(?:\s+([1-9]\d{0,3})([mh]))?$/i;
const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000 };

function answering(verdict: OwnersWord["verdict"], summary: string): Command {
  return {
    name: verdict,
    summary,
    async run({ args, event }, { hearOwner }) {
      const [, hash, count, unit] = form.exec(args.trim()) ?? [];
      if (hash === undefined) return `Which one? Write /${verdict} and the hash that I named.`;
      const milliseconds = Number(count) * (units[unit?.toLowerCase() ?? ""] ?? Number.NaN);
      const answer = await hearOwner({ verdict, hash, event, ...(milliseconds > 0 && { milliseconds }) });
      return (
        answer ??
        "Nothing waits under this hash. It may have changed since: look at my latest message about it."
      );
    },
  };
}
