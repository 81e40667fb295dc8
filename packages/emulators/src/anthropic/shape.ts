/** Checks of a JSON value's shape, with the Messages API's way of naming the place: `messages.0.content: …`. */
import { invalid } from "./refusal.ts";

/** Throws a Refusal (400) when the value is not of the shape. */
export type Check = (value: unknown, path: string) => void;

export type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const text: Check = (value, path) => {
  if (typeof value !== "string") throw invalid(`${path}: Input should be a valid string`);
};

export const filledText: Check = (value, path) => {
  text(value, path);
  if (value === "") throw invalid(`${path}: String should have at least 1 character`);
};

export const flag: Check = (value, path) => {
  if (typeof value !== "boolean") throw invalid(`${path}: Input should be a valid boolean`);
};

export const integerFrom =
  (least: number): Check =>
  (value, path) => {
    if (!Number.isSafeInteger(value)) throw invalid(`${path}: Input should be a valid integer`);
    if ((value as number) < least)
      throw invalid(`${path}: Input should be greater than or equal to ${least}`);
  };

export const numberBetween =
  (least: number, most: number): Check =>
  (value, path) => {
    const fits = typeof value === "number" && value >= least && value <= most;
    if (!fits) throw invalid(`${path}: Input should be a number from ${least} to ${most}`);
  };

export const oneOf =
  (...known: readonly string[]): Check =>
  (value, path) => {
    if (known.includes(value as string)) return;
    throw invalid(`${path}: Input should be ${known.map((one) => `'${one}'`).join(" or ")}`);
  };

export const matching =
  (pattern: RegExp): Check =>
  (value, path) => {
    text(value, path);
    if (!pattern.test(value as string))
      throw invalid(`${path}: String should match pattern '${pattern.source}'`);
  };

export const anyObject: Check = (value, path) => {
  if (!isObject(value)) throw invalid(`${path}: Input should be a valid dictionary`);
};

export const listOf =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) throw invalid(`${path}: Input should be a valid list`);
    value.forEach((item, index) => check(item, `${path}.${index}`));
  };

export const orNull =
  (check: Check): Check =>
  (value, path) => {
    if (value !== null) check(value, path);
  };

/** An object with these members, and no others. */
export const objectOf =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
  (value, path) => {
    if (!isObject(value)) throw invalid(`${path}: Input should be a valid dictionary`);
    const at = (name: string) => (path === "" ? name : `${path}.${name}`);
    for (const [name, check] of Object.entries(required)) {
      if (!Object.hasOwn(value, name)) throw invalid(`${at(name)}: Field required`);
      check(value[name], at(name));
    }
    for (const [name, member] of Object.entries(value)) {
      if (Object.hasOwn(required, name)) continue;
      if (!Object.hasOwn(optional, name)) throw invalid(`${at(name)}: Extra inputs are not permitted`);
      optional[name]!(member, at(name));
    }
  };

/** An object whose `type` chooses its shape. */
export const taggedBy =
  (shapes: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (!isObject(value)) throw invalid(`${path}: Input should be a valid dictionary`);
    const { type } = value;
    if (type === undefined) throw invalid(`${path}.type: Field required`);
    if (typeof type !== "string" || !Object.hasOwn(shapes, type)) {
      const known = Object.keys(shapes).map((one) => `'${one}'`);
      throw invalid(
        `${path}: Input tag ${JSON.stringify(type)} found using 'type' does not match any of the expected tags: ${known.join(", ")}`,
      );
    }
    shapes[type]!(value, path);
  };

/** A string, or a list of blocks. */
export const textOr =
  (blocks: Check): Check =>
  (value, path) => {
    if (typeof value !== "string") blocks(value, path);
  };
