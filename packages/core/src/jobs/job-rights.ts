/**
 * The rights that a job was made with: the policy of that moment, kept as text, and asked as it would have been asked then.
 * INVARIANT: what the job may do is what both that policy and the one in force allow; what is added later is not added to it,
 * and what is taken away is gone (job-rights.test.ts, with the policy itself and random configs).
 */
import { createHash } from "node:crypto";
import type { Logger } from "@clawd/kernel";
import { type Decision, type Policy, portable, type Request, type StateFacts } from "@clawd/policy";
import { policyFrom } from "@clawd/policy/decide";
import type { Store } from "@clawd/store";
import type { Address } from "@clawd/tools";
import type { Job } from "./job.ts";

/** What else a run is held to, beside the policy in force. */
export interface HeldTo {
  /** Total: what is not understood is denied. @param isWithinBudget absent: something is left of the budget of then */
  decide(request: Request, isWithinBudget?: boolean): Decision;
}

export interface JobRights {
  /** Keeps the policy in force, and gives the name that a job has to carry. */
  keep(): string;
  /** Null: the text is gone, or of a version that is not understood. Nothing may be done then. */
  of(job: Job): HeldTo | null;
}

export function createJobRights(ports: {
  readonly store: Pick<Store, "jobs">;
  readonly logger: Logger;
  readonly policy: () => Policy;
}): JobRights {
  const { jobs } = ports.store;
  /** Texts are long, and read once. */
  const policies = new Map<string, Policy | null>();
  let kept: { readonly policy: Policy; readonly name: string } | undefined;

  function policyOf(name: string): Policy | null {
    const known = policies.get(name);
    if (known !== undefined) return known;
    const text = jobs.rights(name);
    const isWhole = text !== null && nameOf(text) === name;
    const policy = isWhole ? policyFrom(text) : null;
    if (policy === null) ports.logger.error("the rights of a scheduled job cannot be read", { rights: name });
    policies.set(name, policy);
    return policy;
  }

  return {
    keep() {
      const policy = ports.policy();
      const text = kept?.policy === policy ? null : portable(policy);
      if (text !== null) kept = { policy, name: nameOf(text) };
      // The text of an older job may have been forgotten since.
      const name = kept!.name;
      if (jobs.rights(name) === null) jobs.keepRights(name, text ?? portable(policy));
      return name;
    },
    of(job) {
      const now = ports.policy();
      // Of the very config of then there is no need to read what another version made of it.
      const policy = now.hash === job.definition.made.policy ? now : policyOf(job.rights);
      return policy && heldTo(policy, job);
    },
  };
}

const nameOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** The same question, as it stood when the job was made: with the model of then, for the sender as they were. */
export function heldTo(policy: Policy, { definition: { made, deliver } }: Pick<Job, "definition">): HeldTo {
  return {
    decide(request, isWithinBudget = true) {
      const state: StateFacts = { ...made.standing, isWithinBudget };
      if (request.action === "message") return policy.decide(request, state);
      const isTargetPaired =
        request.action === "send" &&
        deliver !== null &&
        isSameChat(request.to, deliver) &&
        made.isTargetPaired;
      return policy.decide({ ...request, model: made.model }, { ...state, isTargetPaired });
    },
  };
}

function isSameChat(to: Extract<Request, { action: "send" }>["to"], at: Address): boolean {
  const { provider, account = "default", chat } = to;
  return (
    provider === at.provider && account === at.account && chat.kind === at.chat.kind && chat.id === at.chat.id
  );
}
