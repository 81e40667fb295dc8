/** What `act` does on a page. Elements are those of the last snapshot. */
import type { Locator, Page } from "playwright-core";
import type { ActRequest } from "../parameters.ts";
import { bounded } from "./bounded.ts";
import { mistake } from "./mistake.ts";

/** Resolves to what to tell. */
export async function act(page: Page, request: ActRequest, timeout: number): Promise<string> {
  const at = (ref: string | undefined, name = "ref"): Locator => {
    if (ref === undefined) throw mistake(`${request.kind} needs ${name}.`);
    return page.getByRef(ref);
  };
  switch (request.kind) {
    case "click": {
      const { button, modifiers } = request;
      const options = { timeout, ...(button && { button }), ...(modifiers && { modifiers }) };
      if (request.doubleClick === true) await at(request.ref).dblclick(options);
      else await at(request.ref).click(options);
      return "Clicked.";
    }
    case "type":
      return type(at(request.ref), request, timeout);
    case "press":
      await page.keyboard.press(needed(request.key, "press", "key"));
      return "Pressed.";
    case "hover":
      await at(request.ref).hover({ timeout });
      return "Hovered.";
    case "drag":
      await at(request.startRef, "startRef").dragTo(at(request.endRef, "endRef"), { timeout });
      return "Dragged.";
    case "select": {
      const values = needed(request.values, "select", "values");
      const chosen = await at(request.ref).selectOption([...values], { timeout });
      return `Selected: ${bounded(chosen.join(", "), 500)}`;
    }
    case "fill":
      for (const { ref, value } of needed(request.fields, "fill", "fields"))
        await fill(page.getByRef(ref), value, timeout);
      return "Filled in.";
    case "resize": {
      const [width, height] = [
        needed(request.width, "resize", "width"),
        needed(request.height, "resize", "height"),
      ];
      await page.setViewportSize({ width, height });
      return "Resized.";
    }
    case "wait":
      return wait(page, request, timeout);
    case "evaluate": {
      const fn = needed(request.fn, "evaluate", "fn");
      const code = pageFunction(fn);
      const result: unknown =
        request.ref === undefined
          ? await page.evaluate(code)
          : await at(request.ref).evaluate(code, undefined, { timeout });
      return bounded(JSON.stringify(result, null, 2) ?? "undefined", 40_000);
    }
    case "close":
      await page.close();
      return "Closed.";
  }
}

/** The library takes a function's text for the page; this one has no other meaning here, and is never run. */
function pageFunction(fn: string): () => unknown {
  const text = `(element) => { const given = (${fn}\n); return typeof given === "function" ? given(element) : given; }`;
  return Object.assign(() => undefined, { toString: () => text });
}

async function type(element: Locator, request: ActRequest, timeout: number): Promise<string> {
  const text = needed(request.text, "type", "text");
  if (request.slowly === true) {
    await element.click({ timeout });
    await element.pressSequentially(text, { delay: 30, timeout });
  } else await element.fill(text, { timeout });
  if (request.submit === true) await element.press("Enter", { timeout });
  return request.submit === true ? "Typed and submitted." : "Typed.";
}

async function fill(element: Locator, value: string | number | boolean, timeout: number): Promise<void> {
  if (typeof value === "boolean") await element.setChecked(value, { timeout });
  else await element.fill(String(value), { timeout });
}

async function wait(page: Page, { timeMs, text, textGone }: ActRequest, timeout: number): Promise<string> {
  if (timeMs === undefined && text === undefined && textGone === undefined)
    throw mistake("wait needs timeMs, text or textGone.");
  if (timeMs !== undefined) await page.waitForTimeout(timeMs);
  if (text !== undefined) await page.getByText(text).first().waitFor({ state: "visible", timeout });
  if (textGone !== undefined) await page.getByText(textGone).first().waitFor({ state: "hidden", timeout });
  return "Waited.";
}

function needed<Value>(value: Value | undefined, kind: string, name: string): Value {
  if (value === undefined) throw mistake(`${kind} needs ${name}.`);
  return value;
}
