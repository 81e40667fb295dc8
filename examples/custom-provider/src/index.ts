export { network } from "./network.ts";
export { provider } from "./provider.ts";
export { secretSettings, settings, type Settings } from "./settings.ts";
