import { expect, test } from "vitest";
import { z } from "zod";
import { gatewayShape } from "./schema.ts";

const schema = z.strictObject(gatewayShape);

test("nothing at all is loopback on port 18789 with a token to be made", () => {
  expect(schema.parse({})).toEqual({ port: 18_789, bind: "loopback", auth: {}, allowedHosts: [] });
});

test.each([
  { port: -1 },
  { port: 65_536 },
  { port: "18789" },
  { bind: "0.0.0.0" },
  { bind: "LAN" },
  { auth: { mode: "none" } },
  { auth: { token: 5 } },
  { allowedHosts: ["*"] },
  { allowedHosts: ["*.example.com"] },
  { allowedHosts: ["https://clawd.example"] },
  { allowedHosts: ["clawd.example/path"] },
  { allowedHosts: [""] },
  { allowedHosts: ["a b"] },
  { allowedHosts: "clawd.example" },
])("%j is a mistake", (value) => {
  expect(schema.safeParse(value).success).toBe(false);
});

test.each(["clawd.example", "clawd.example:8443", "192.168.1.5", "[fd00::1]:18789", "nas"])(
  "%s is a host",
  (host) => {
    expect(schema.safeParse({ allowedHosts: [host] }).success).toBe(true);
  },
);
