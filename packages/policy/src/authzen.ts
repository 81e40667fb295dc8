export type { AuthZenEntity, AuthZenRequest } from "./authzen-entities.ts";
export { evaluation, type Evaluation } from "./authzen-evaluation.ts";
export { evaluations, type Evaluations } from "./authzen-evaluations.ts";
export { fromAuthZen } from "./from-authzen.ts";
export { toAuthZen } from "./to-authzen.ts";
