/** This package's part of the config: the key `gateway`. */
import { z } from "zod";

/** `name` or `name:port`, as a browser writes it in the Host header: no scheme, no path, no wildcard. */
const hostName = z
  .string()
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/i,
    "must be a host name, with or without a port",
  );

export const gatewayShape = {
  port: z.int().min(0).max(65_535).default(18_789).describe("The HTTP port; 0 takes any free one."),
  bind: z
    .enum(["loopback", "lan"])
    .default("loopback")
    .describe("loopback: this machine only. lan: all addresses; other machines need the token as well."),
  auth: z
    .strictObject({
      token: z.string().optional().describe("At least 128 bits. Absent: one is made at the first start."),
    })
    .default({}),
  allowedHosts: z
    .array(hostName)
    .default([])
    .describe("Names, beside the loopback ones, under which the gateway is reached."),
};
