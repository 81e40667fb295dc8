export { network } from "./network.ts";
export { webchat } from "./webchat.ts";
