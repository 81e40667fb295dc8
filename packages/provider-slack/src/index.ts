export { network } from "./network.ts";
export { secretSettings, settings } from "./settings.ts";
