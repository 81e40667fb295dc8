/** `/elevated`: lets the calls of this session ask for the host, for a while. Off until an owner says otherwise. */
import type { Command } from "./command.ts";

const minute = 60_000;
const usual = 15;
/** Minutes; it ends by itself. */
const longest = 480;

export const elevated: Command = {
  name: "elevated",
  summary: "let commands of this conversation leave the sandbox for a while: on, on 30, off",
  run(context, services) {
    const [word = "", bound, ...rest] = context.args.trim().toLowerCase().split(/\s+/);
    if (rest.length > 0 || !["", "on", "off"].includes(word) || (word !== "on" && bound !== undefined))
      return usage;
    if (word === "") return standing(services.elevation(context).left);
    if (word === "off") {
      services.elevate(context, 0);
      return "Elevated mode is off.";
    }
    const minutes = bound === undefined ? usual : Number(bound);
    if (!Number.isInteger(minutes) || minutes < 1 || minutes > longest) return usage;
    if (!services.elevation(context).isGranted) return "Elevated mode is not available right now.";
    services.elevate(context, minutes * minute);
    return `Elevated mode is on for ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`;
  },
};

const usage = `Write /elevated on, /elevated on 30 (minutes, at most ${longest}) or /elevated off.`;

function standing(left: number): string {
  if (left <= 0) return "Elevated mode is off.";
  const minutes = Math.ceil(left / minute);
  return `Elevated mode is on for ${minutes} more ${minutes === 1 ? "minute" : "minutes"}.`;
}
