/** How a tab is named to the model: its id, its title, its address. All but the id are the page's own words. */
import { bounded } from "./bounded.ts";
import type { Tab } from "./tabs.ts";

export async function titled({ id, page }: Tab): Promise<string> {
  // A page that hangs has no title to give.
  const title = await Promise.race([page.title().catch(() => ""), later(1000)]);
  return `Tab ${id}: ${bounded(title, 200)}\n${page.url().slice(0, 2000)}`;
}

const later = (milliseconds: number) =>
  new Promise<string>((resolve) => setTimeout(resolve, milliseconds, "").unref());
