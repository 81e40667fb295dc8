/** What notices a fault in a copy of the engine, beside the laws: from what costs least to what costs most. */
import { firstRemembered } from "./after-others.ts";
import type { Engine } from "./engine-copy.ts";
import { firstAccepted } from "./malformed.ts";
import { firstUnnamed } from "./named-keys.ts";
import { nets, type Net } from "./nets.ts";
import { firstMixedUp } from "./one-field-apart.ts";
import { firstToldApart } from "./told-alike.ts";
import { firstMistold } from "./told-facts.ts";

/** What is noticed, in the words of whoever notices; null: nothing. */
export type Prover = (engine: Engine) => string | null;

const examples: readonly Net[] = [
  { name: "malformed requests", notices: firstAccepted },
  { name: "named keys", notices: firstUnnamed },
  { name: "told facts", notices: firstMistold },
  { name: "told alike", notices: firstToldApart },
];

const late: readonly Net[] = [
  { name: "one field apart", notices: firstMixedUp },
  { name: "after others", notices: firstRemembered },
];

/** The widest nets of the small scope first. */
function steps(): readonly (readonly Net[])[] {
  const [wide, fine] = nets().map((step) => step.map(ofScope));
  return [
    [...examples, ...wide!],
    [...late, ...fine!],
  ];
}

/** Each step is always asked in the same order. */
export function steadyProvers(): readonly Prover[] {
  return steps().map((step): Prover => {
    return ({ compile }) => {
      for (const { name, notices } of step) {
        const about = notices(compile);
        if (about !== null) return `${name}: ${about}`;
      }
      return null;
    };
  });
}

/** What noticed the last fault is asked first about the next: for very many faults. */
export function eagerProvers(): readonly Prover[] {
  return steps().map((step): Prover => {
    const order = [...step];
    return ({ compile }) => {
      for (const [at, net] of order.entries()) {
        const about = net.notices(compile);
        if (about === null) continue;
        order.splice(at, 1);
        order.unshift(net);
        return `${net.name}: ${about}`;
      }
      return null;
    };
  });
}

const ofScope = ({ name, notices }: Net): Net => ({
  name: "small scope",
  notices(compile) {
    const about = notices(compile);
    return about === null ? null : `${name} (${about})`;
  },
});
