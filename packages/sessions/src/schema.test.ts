import { expect, test } from "vitest";
import { z } from "zod";
import { sessionShape } from "./schema.ts";

const schema = z.strictObject(sessionShape);

test("idleMinutes is an hour when absent", () => {
  expect(schema.parse({})).toEqual({ idleMinutes: 60 });
});

test.each([0, -1, 1.5, "60", null, Number.NaN, Number.POSITIVE_INFINITY, 525_601])(
  "idleMinutes cannot be %s",
  (idleMinutes) => {
    expect(schema.safeParse({ idleMinutes }).success).toBe(false);
  },
);
