export { explain, type Explanation, type Remedy } from "./explain.ts";
export { meanings } from "./meanings.ts";
