/** Whether a job may run now, and may say what it found: asked at each occurrence, and again when it has its answer. */
import {
  type Authority,
  type Decision,
  type Policy,
  type Request,
  type RunReference,
  type StateFacts,
  strictest,
} from "@clawd/policy";
import type { Usage } from "@clawd/store";
import { eventOf, type Job } from "./job.ts";
import type { HeldTo, JobRights } from "./job-rights.ts";
import { messageRequest, originOf } from "../request.ts";
import { budgetSubject, decideWithinBudget, stateOf, type StatePorts } from "../state.ts";

export interface JobLeavePorts extends StatePorts {
  readonly policy: () => Policy;
  readonly usage: Pick<Usage, "read">;
  readonly rights: JobRights;
  /** Ids of the agents that there are. */
  readonly agents: () => readonly string[];
  /** `provider/model` of an agent. */
  readonly model: (agent: string) => string;
  /** Whether the person there is approved at that network. */
  readonly isPaired: (provider: string, account: string, id: string) => boolean;
}

export type Leave =
  | { readonly may: true; readonly decision: Decision; readonly authority: Authority; readonly held: HeldTo }
  /** `isForNow`: it may be otherwise later without anybody's doing. */
  | { readonly may: false; readonly code: string; readonly isForNow: boolean };

export interface JobLeave {
  /** @param turn names the occurrence, which does not stand in its own way in a budget */
  toRun(job: Job, now: number, turn: string): Leave;
  /** Whether what it found may go where it is to go. */
  toDeliver(job: Job, now: number, turn: string): Leave;
}

const refused = (code: string, isForNow = false): Leave => ({ may: false, code, isForNow });

export function createJobLeave(ports: JobLeavePorts): JobLeave {
  const { rights } = ports;

  function toRun(job: Job, now: number, turn: string): Leave {
    const { agent, made } = job.definition;
    if (!ports.agents().includes(agent)) return refused("agent-gone");
    const held = rights.of(job);
    if (held === null) return refused("rights-unreadable");
    const decision = admission(job, held, now, turn);
    const start = decision.obligations.find((one) => one.kind === "start-turn");
    if (decision.effect !== "allow" || start === undefined)
      return refused(decision.code, decision.code === "budget-spent");
    if (decision.agent !== agent) return refused("routed-elsewhere");
    if (made.by === "model") {
      // Whoever could not make it now has no job.
      const making = asked(job, held, now, { ...creator(job, now), action: "tool", tool: "cron" });
      if (making.effect !== "allow") return refused(making.code);
    }
    return { may: true, decision, authority: start.authority, held };
  }

  /** As if the creator had just spoken to the bot: under the policy in force, and under that of the job. */
  function admission(job: Job, held: HeldTo, now: number, turn: string): Decision {
    const event = eventOf(job, now);
    const request = messageRequest(event, { matched: true, available: true });
    const state = stateOf(event, ports);
    return decideWithinBudget(
      (isWithinBudget) =>
        strictest(
          ports.policy().decide(request, { ...state, isWithinBudget }),
          held.decide(request, isWithinBudget),
        ),
      () => ports.usage.read(budgetSubject(event), turn),
    );
  }

  function asked(job: Job, held: HeldTo, now: number, request: Request, more: StateFacts = {}): Decision {
    const state = { ...stateOf(eventOf(job, now), ports), ...more };
    return strictest(ports.policy().decide(request, state), held.decide(request));
  }

  /** The run of the creator that made it, were it to be made now. */
  const creator = (job: Job, now: number): RunReference => ({
    agent: job.definition.agent,
    model: ports.model(job.definition.agent),
    ...originOf(eventOf(job, now)),
  });

  return {
    toRun,
    toDeliver(job, now, turn) {
      const leave = toRun(job, now, turn);
      const { deliver, origin } = job.definition;
      if (!leave.may || deliver === null) return leave;
      // An answer where its creator asked is what any turn of theirs may give.
      const { provider, account, chat } = deliver;
      const isHere =
        provider === origin.provider &&
        account === origin.account &&
        chat.kind === origin.chat.kind &&
        chat.id === origin.chat.id;
      if (isHere) return leave;
      const isTargetPaired = ports.isPaired(provider, account, chat.id);
      const to = { provider, account, chat };
      const request: Request = { ...creator(job, now), action: "send", to };
      const decision = asked(job, leave.held, now, request, { isTargetPaired });
      return decision.effect === "allow" ? leave : refused(decision.code);
    },
  };
}
