import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';

/** The pause before and after a press. */
const rest_ms = 60;
/** The repeat interval of a held key. */
const repeat_ms = 33;

/**
 * Clicks by mouse events alone. Playwright's own click looks for the element, scrolls to it and checks what is under
 * the pointer, all on the page's thread while it handles the click: that work would be measured as the page's.
 */
export async function tap(page: Page, element: Locator): Promise<void> {
  await element.waitFor();
  const box = await element.boundingBox();
  if (!box) throw new Error(`Nothing to click on: ${element}`);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await sleep(rest_ms);
  await page.mouse.down();
  await sleep(rest_ms);
  await page.mouse.up();
  await sleep(2 * rest_ms);
}

/** Presses a key at its repeat rate, without waiting for the page. */
export async function hold(page: Page, key: string, times: number): Promise<void> {
  const presses: Promise<void>[] = [];
  for (let time = 0; time < times; time++) {
    presses.push(page.keyboard.press(key));
    await sleep(repeat_ms);
  }
  await Promise.all(presses);
}
