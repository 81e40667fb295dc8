/** Which plan a policy was made of, for `explain`; the plan itself is nobody's business outside the package. */
import type { Plan } from "./plan.ts";
import type { Policy } from "./policy.ts";

const plans = new WeakMap<Policy, Plan>();

export const rememberPlan = (policy: Policy, plan: Plan): void => void plans.set(policy, plan);

export const planOf = (policy: Policy): Plan | undefined => plans.get(policy);
