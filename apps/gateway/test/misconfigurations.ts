/**
 * Configs as people really write them, each with a mistake in its meaning and none in its form: what somebody gets by it that
 * nobody wanted them to have, what it only seems to give, and the keys that lint must name.
 */
import { elevated } from "./misconfigurations/elevated.ts";
import { lists } from "./misconfigurations/lists.ts";
import { open } from "./misconfigurations/open.ts";
import { people } from "./misconfigurations/people.ts";
import { places } from "./misconfigurations/places.ts";
import { sessions } from "./misconfigurations/sessions.ts";
import type { Misconfiguration } from "./misconfigurations/misconfiguration.ts";

export const misconfigurations: readonly Misconfiguration[] = [
  ...elevated,
  ...people,
  ...open,
  ...places,
  ...lists,
  ...sessions,
];
