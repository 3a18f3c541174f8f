import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';

/** A finger rests so long before and after it presses. */
const rest_ms = 60;
/** A key that is held comes thirty times a second. */
const repeat_ms = 33;

/**
 * Clicks as a hand does. Playwright's own click looks for the element, scrolls to it and asks what lies under the pointer, all on the page's thread
 * while the page answers the click: its work would be measured as the page's.
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

/** By the clock: whether the page has answered the one before or not. */
export async function hold(page: Page, key: string, times: number): Promise<void> {
  const presses: Promise<void>[] = [];
  for (let time = 0; time < times; time++) {
    presses.push(page.keyboard.press(key));
    await sleep(repeat_ms);
  }
  await Promise.all(presses);
}
