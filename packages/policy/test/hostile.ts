/** Values that nobody who means well passes, made anew for each use. */
type Values = readonly (readonly [string, () => unknown])[];

/** JSON can say these. */
export const oddValues: Values = [
  ["null", () => null],
  ["true", () => true],
  ["false", () => false],
  ["zero", () => 0],
  ["a fraction", () => 1.5],
  ["a number too large", () => 2 ** 60],
  ["an empty text", () => ""],
  ["a space", () => " "],
  ["a star", () => "*"],
  ["__proto__", () => "__proto__"],
  ["constructor", () => "constructor"],
  ["toString", () => "toString"],
  ["a lone surrogate", () => "42\ud800"],
  ["a megabyte", () => "4".repeat(2 ** 20)],
  ["an empty record", () => ({})],
  ["a record without prototype", () => Object.assign(Object.create(null) as object, { id: "42" })],
  ["an own __proto__", () => JSON.parse('{"__proto__":{"allow":["*"],"id":"42"}}') as object],
  ["an own constructor", () => ({ constructor: { prototype: { allow: ["*"] } }, toString: "42" })],
  ["an empty list", () => []],
  ["a list of null", () => [null]],
  ["a list in a list", () => [["42"]]],
  ["a list of records", () => [{ id: "42" }]],
];

/** And these it cannot. */
export const foreignValues: Values = [
  ["NaN", () => Number.NaN],
  ["an infinity", () => Number.NEGATIVE_INFINITY],
  ["a bigint", () => 42n],
  ["a symbol", () => Symbol("42")],
  ["a function", () => () => "42"],
  ["a class", () => class {}],
  ["a text object", () => new String("42")],
  ["a date", () => new Date(0)],
  ["a regular expression", () => /42/],
  ["an error", () => new Error("42")],
  ["a map", () => new Map([["*", {}]])],
  ["a set", () => new Set(["*", "42"])],
  ["bytes", () => new Uint8Array([42])],
  ["a promise", () => Promise.resolve("42")],
  ["an instance", () => new Instance()],
  ["a record that inherits", () => Object.create({ allow: ["*"], id: "42", kind: "dm" }) as object],
  ["the longest list", () => Object.assign(["42"], { length: 2 ** 32 - 1 })],
  ["a record that holds itself", () => holdingItself({})],
  ["a list that holds itself", () => holdingItself([])],
  ["a thousand records deep", () => deep(1000, (inner) => ({ groups: inner }))],
  ["a thousand lists deep", () => deep(1000, (inner) => [inner])],
  ["a getter that throws", () => Object.defineProperty({}, "id", { enumerable: true, get: thrower })],
  ["a proxy that throws", () => new Proxy({}, throwing)],
  ["a list proxy that throws", () => new Proxy([], throwing)],
  ["a proxy that is everything", () => everything()],
  ["a revoked proxy", () => revoked()],
];

class Instance {
  readonly allow = ["*"];
  readonly id = "42";
}

const thrower = (): never => {
  throw new Error("Not for you.");
};

const throwing: ProxyHandler<object> = {
  get: thrower,
  has: thrower,
  ownKeys: thrower,
  getPrototypeOf: thrower,
  getOwnPropertyDescriptor: thrower,
};

function holdingItself(value: object): object {
  return Object.assign(value, { 0: value, groups: value, allow: value });
}

export function deep(levels: number, wrap: (inner: unknown) => object): unknown {
  let value: unknown = "42";
  for (let level = 0; level < levels; level++) value = wrap(value);
  return value;
}

/** Whatever is asked of it, it has itself there; what it is called with, it answers with itself. */
export function everything(): unknown {
  const target = Object.assign(() => undefined, { id: "42" });
  const proxy: unknown = new Proxy(target, { get: () => proxy, has: () => true, apply: () => proxy });
  return proxy;
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Every place in a value, the value itself first. */
export function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

/** A copy with something else there. */
export function withAt(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  const inner = (value as Record<string, unknown>)[key];
  const changed = withAt(inner, rest, replacement);
  if (Array.isArray(value)) return value.map((item: unknown, at) => (String(at) === key ? changed : item));
  return { ...(value as object), [key]: changed };
}
