/**
 * The jobs of scheduled runs, the policies they were made under, and how their runs ended. What a job says is its owner's
 * business: here it is text.
 */
import type { Database } from "./database.ts";

export interface StoredJob {
  readonly id: string;
  /** Names the policy under which it was made: see `keepRights`. */
  readonly rights: string;
  /** What it is; JSON of whoever made it. */
  readonly definition: string;
  /** What has become of it, likewise. */
  readonly state: string;
}

export interface Jobs {
  /** In the order in which they were made. */
  list(): readonly StoredJob[];
  /** Adds it, or replaces the one of its id. Durable when it returns, or, inside a transaction, when that commits. */
  put(job: StoredJob): void;
  /** Takes it away, with the record of its runs. */
  remove(id: string): void;
  /** Keeps a policy as text, once for all jobs that name it. Forgets those that no job names any more. */
  keepRights(name: string, text: string): void;
  /** Null: none was kept under the name. */
  rights(name: string): string | null;
  /** Keeps how a run ended; of each job the newest `mostRuns`. */
  addRun(job: string, endedAt: number, record: string): void;
  /** The newest first. */
  runs(job: string, limit: number): readonly { readonly endedAt: number; readonly record: string }[];
}

/** Of one job. */
const mostRuns = 100;

export function createJobs(database: Database): Jobs {
  const list = database.prepare("SELECT id, rights, definition, state FROM jobs ORDER BY seq");
  const put = database.prepare(
    `INSERT INTO jobs (id, rights, definition, state) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET rights = excluded.rights, definition = excluded.definition, state = excluded.state`,
  );
  const remove = database.prepare("DELETE FROM jobs WHERE id = ?");
  const removeRuns = database.prepare("DELETE FROM job_runs WHERE job = ?");
  const keep = database.prepare("INSERT OR IGNORE INTO job_rights (name, text) VALUES (?, ?)");
  const forget = database.prepare(
    "DELETE FROM job_rights WHERE name <> ? AND name NOT IN (SELECT rights FROM jobs)",
  );
  const rights = database.prepare("SELECT text FROM job_rights WHERE name = ?");
  const addRun = database.prepare("INSERT INTO job_runs (job, ended_at, record) VALUES (?, ?, ?)");
  const trim = database.prepare(
    "DELETE FROM job_runs WHERE job = ? AND id NOT IN (SELECT id FROM job_runs WHERE job = ? ORDER BY id DESC LIMIT ?)",
  );
  const runs = database.prepare(
    "SELECT ended_at AS endedAt, record FROM job_runs WHERE job = ? ORDER BY id DESC LIMIT ?",
  );
  return {
    list: () => list.all() as unknown as StoredJob[],
    put: ({ id, rights: name, definition, state }) => void put.run(id, name, definition, state),
    remove(id) {
      remove.run(id);
      removeRuns.run(id);
    },
    keepRights(name, text) {
      keep.run(name, text);
      forget.run(name);
    },
    rights: (name) => (rights.get(name)?.["text"] ?? null) as string | null,
    addRun(job, endedAt, record) {
      addRun.run(job, endedAt, record);
      trim.run(job, job, mostRuns);
    },
    runs: (job, limit) =>
      runs.all(job, limit) as unknown as { readonly endedAt: number; readonly record: string }[],
  };
}
