/** Which law a copy of the engine breaks, for each file whose answers are proved as a whole. */
import type { Facts } from "../src/facts.ts";
import { messageProofs, rightsProof, sendProof, sessionProof, toolProof } from "./cores.ts";
import { domains, recordsOf, sizeOf } from "./domain.ts";
import { firstRemembered } from "./after-others.ts";
import type { Engine } from "./engine-copy.ts";
import { brokenLaw } from "./exhaust.ts";
import { wronglyLimited } from "./limited.ts";
import { everyMeet } from "./strictest-laws.ts";

const smallestFirst = messageProofs.toSorted((a, b) => sizeOf(a.domain) - sizeOf(b.domain));

/** By file in `src`. Null: every law holds. */
export const lawsOf: Readonly<Record<string, (engine: Engine) => string | null>> = {
  "core.ts"({ core }) {
    for (const proof of smallestFirst) {
      const broken = brokenLaw(proof, core);
      if (broken !== null) return broken;
    }
    return null;
  },
  "tool-core.ts": ({ toolCore }) => brokenLaw(toolProof, toolCore),
  "send-core.ts": ({ sendCore }) => brokenLaw(sendProof, sendCore),
  "session-core.ts": ({ sessionCore }) => brokenLaw(sessionProof, sessionCore),
  "rights.ts"({ limitOf, limited }) {
    const broken = brokenLaw(rightsProof, (facts) => limitOf(facts, facts.deed));
    if (broken !== null) return broken;
    return wronglyLimited({ limitOf, limited }).wrong.length > 0 ? "only-takes-away" : null;
  },
  "strictest.ts": brokenMeet,
  "meet-obligations.ts": brokenMeet,
  "tool-verdict.ts": ({ compile }) => (firstRemembered(compile) === null ? null : "after-others"),
};

function brokenMeet({ strictest }: Engine): string | null {
  let broken: string | null = null;
  everyMeet(strictest, ({ name }) => {
    broken = name;
    return false;
  });
  return broken;
}

/** Whether the copy answers every record of facts as the sound engine does: a listed change of a core is proved harmless. */
export function answersAlike(engine: Engine, sound: Engine): boolean {
  return domains.every((domain) => {
    let isAlike = true;
    recordsOf<Facts>(domain, (facts) => (isAlike = engine.core(facts) === sound.core(facts)));
    return isAlike;
  });
}
