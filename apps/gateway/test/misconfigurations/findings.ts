/** Whether what the analysis found is what an attempt claims. */
import type { ChatPlace, Reach } from "@clawd/policy/analysis";
import type { Attempt, Misconfiguration } from "./misconfiguration.ts";
import { ids, type Person, rooms, stage } from "./scene.ts";

/** The entries that say that this person gets this, there. */
export function finding(
  found: readonly Reach[],
  attempt: Attempt,
  agent: string,
  { config }: Misconfiguration,
): readonly Reach[] {
  const text = JSON.stringify(config);
  const isNamed = (id: string) => text.includes(`"${id}"`);
  return found.filter(
    (entry) =>
      entry.capability === attempt.what &&
      entry.agent === agent &&
      entry.through.length === 0 &&
      entry.by.includes(wordsOf(attempt, agent)) &&
      isAbout(entry, ids[attempt.by]) &&
      entry.chats.some((chat) => isThere(chat, attempt, isNamed)) &&
      // Nobody is approved in these configs.
      entry.when.isPaired !== true &&
      (entry.when.profile ?? [null]).includes(null),
  );
}

/** The words of the analysis for what is used or reached. */
function wordsOf({ tool, elevated, to, session, target }: Attempt, agent: string): string {
  if (to !== undefined) return `writes to ${stage}:${ids[to]}`;
  if (target !== undefined) return `spawns ${target}`;
  if (session === undefined) return elevated === true ? `${tool} elevated` : tool;
  const [, other] = session.split(":");
  return other === agent ? "reads other sessions of its agent" : `reads sessions of ${other}`;
}

/** The sessions that this person's direct messages share with somebody else's. */
export const sharedBy = (found: readonly Reach[], person: Person): readonly string[] =>
  found
    .filter((entry) => entry.capability === "sessions" && isAbout(entry, ids[person]))
    .flatMap(({ by }) => by)
    .filter((words) => words.startsWith("shares "));

export const placeOf = ({ place, needsApproval }: Reach) =>
  needsApproval ? `${place} after approval` : place;

function isAbout({ senders: { network, kind, ids: some } }: Reach, id: string): boolean {
  return network === stage && some.includes(id) === (kind === "only");
}

function isThere(
  { provider, kind, id, thread }: ChatPlace,
  { in: room, topic }: Attempt,
  isNamed: (id: string) => boolean,
): boolean {
  if (provider !== stage || kind !== (room === undefined ? "dm" : "group")) return false;
  if (room === undefined) return true;
  const isRoom = id === null ? !isNamed(rooms[room]) : id === rooms[room];
  const isTopic = topic === undefined ? thread === undefined : thread === topic || thread === undefined;
  return isRoom && isTopic;
}
