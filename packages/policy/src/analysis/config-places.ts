/** The places of a config that have rules of their own: groups, topics, guilds and channels, in networks and their accounts. */
import type { ConfigPath } from "../config-path.ts";
import type { AccessLayout, Network } from "../network.ts";
import { keysAt } from "./config-edit.ts";

export interface ConfigPlace {
  readonly network: string;
  /** Of the section of the network, or of one of its accounts. */
  readonly section: ConfigPath;
  readonly path: ConfigPath;
  readonly level: "group" | "topic" | "guild" | "channel";
  /** Where its people stand. */
  readonly listKey: "allowFrom" | "users";
}

/** The sections in which rules of the network stand: its own, and those of its accounts. */
export function sectionsOf(config: unknown, network: string): readonly ConfigPath[] {
  const accounts = keysAt(config, [network, "accounts"]);
  return [[network], ...accounts.map((account) => [network, "accounts", account])];
}

export function placesOf(config: unknown, { id, layout }: Network): readonly ConfigPlace[] {
  return sectionsOf(config, id).flatMap((section) =>
    placesIn(config, layout, section).map((place) => ({ network: id, section, ...place })),
  );
}

type Place = Pick<ConfigPlace, "path" | "level" | "listKey">;

function placesIn(config: unknown, layout: AccessLayout, section: ConfigPath): readonly Place[] {
  const each = (path: ConfigPath, level: Place["level"], listKey: Place["listKey"]): readonly Place[] =>
    keysAt(config, path).map((key) => ({ path: [...path, key], level, listKey }));
  switch (layout) {
    case "groups":
      return each([...section, "groups"], "group", "allowFrom").flatMap((group) => [
        group,
        ...each([...group.path, "topics"], "topic", "allowFrom"),
      ]);
    case "guilds":
      return each([...section, "guilds"], "guild", "users").flatMap((guild) => [
        guild,
        ...each([...guild.path, "channels"], "channel", "users"),
      ]);
    case "channels":
      return each([...section, "channels"], "channel", "users");
    case "operator":
      return [];
  }
}
