import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Locator, Page } from 'playwright-core';
import { barriers, launch, settled } from '../../test/e2e/browser.ts';
import type { Bench, Case } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { limitFigure } from '../limit.ts';
import { Connection } from '../load.ts';
import { workPerFrame } from '../page/frames.ts';
import { hold, tap } from '../page/input.ts';
import { gzipKilobytes, show, type Visit, type Visitor, visit } from '../page/visit.ts';
import { readVitals, scoreOf, slowestInteraction, watchVitals } from '../page/vitals.ts';
import { percentile } from '../statistics.ts';

const root = new URL('../..', import.meta.url).pathname;
/** Where one comes in. */
const first_views = ['/', '/sign-in'];
const looked_at = ['/', '/contacts', '/deals?layout=board', '/tasks', '/dashboard', '/settings'];
/** Languages whose words come beside the page. */
const others = ['de'];
/** As Lighthouse takes it for a desktop: 10 Mbit/s, 40 ms there and back. */
const desktop_line = { offline: false, latency: 40, downloadThroughput: 1_310_720, uploadThroughput: 1_310_720 };
/** A page every five seconds for an hour, in pages. */
const pages_an_hour = 720;
/**
 * What the browser compiles counts as heap too. It has compiled what is used often when so many rounds add less than
 * this.
 */
const stretch_rounds = 10;
const settled_percent = 1;
const settled_rounds_max = 80;
const board_cards = 5_000;
const card_px = 104;
const wheel_turns = 120;
/** Until what the wheel brought stands still. */
const scrolled_ms = 500;

async function firstView(
  bench: Bench,
  browser: Browser,
  path: string,
  visitor?: Visitor,
): Promise<{ kilobytes: number; score: number }> {
  const { page, cdp, scripts, close } = await visit(bench, browser, visitor);
  await cdp.send('Network.emulateNetworkConditions', desktop_line);
  await page.addInitScript(watchVitals);
  await page.goto(path);
  await settled(page);
  // What the browser fetches at leisure, for what comes next, is not the first view.
  const kilobytes = gzipKilobytes(scripts);
  if (!bench.smoke) await page.waitForLoadState('networkidle').catch(() => undefined);
  const score = scoreOf(await readVitals(page));
  await close();
  return { kilobytes, score };
}

/** The kilobytes of the first views as one of the people gets them who reads another language. */
async function firstViewsIn(bench: Bench, browser: Browser, locale: string): Promise<number[]> {
  const { url, callers } = bench.holdfastAsPeople;
  const headers = callers![0]!;
  const connection = new Connection({ url, headers });
  const speak = (language: string) =>
    connection.send({ method: 'PATCH', path: '/api/v1/profile', body: { locale: language } });
  await speak(locale);
  const visitor = { token: headers.cookie!.split('=')[1]!, locale };
  const kilobytes: number[] = [];
  for (const path of first_views) kilobytes.push((await firstView(bench, browser, path, visitor)).kilobytes);
  await speak('en');
  await connection.close();
  return kilobytes;
}

/** Sorting, walking, selecting, filtering, opening and searching on the list of all contacts, by mouse and keyboard. */
async function interact({ smoke }: Bench, { page }: Visit): Promise<void> {
  const grid = page.getByRole('grid', { name: 'Contacts' });
  await tap(page, grid.getByRole('gridcell').nth(1));
  await hold(page, 'ArrowDown', smoke ? 3 : 30);
  await hold(page, 'ArrowRight', smoke ? 2 : 6);
  await tap(page, grid.getByRole('columnheader').first().getByRole('button', { name: 'Name', exact: true }));
  await settled(page);
  await page.mouse.wheel(0, 20_000);
  await sleep(scrolled_ms);
  await settled(page);
  const box = grid.getByRole('row').nth(10).getByRole('checkbox');
  await tap(page, box);
  if (!(await box.isChecked())) throw new Error('The row was not selected');
  await page.keyboard.press('Escape');
  await tap(page, page.getByRole('combobox', { name: 'Filter', exact: true }));
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('listbox').waitFor({ state: 'detached' });
  await tap(page, grid.getByRole('row').nth(12).getByRole('gridcell').first());
  await page.waitForURL(/open=/);
  await settled(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search and commands' }).pressSequentially('maria', { delay: 40 });
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Escape');
}

async function interactions(bench: Bench, browser: Browser): Promise<number> {
  const visited = await visit(bench, browser);
  await visited.page.addInitScript(watchVitals);
  await show(visited.page, '/contacts');
  await interact(bench, visited);
  const slowest = await slowestInteraction(visited.page);
  await visited.close();
  return slowest;
}

const tour = ['Companies', 'Deals', 'Tasks', 'Dashboard', 'Contacts', 'Home'];

async function goAround(page: Page, pages: readonly string[]): Promise<void> {
  for (const name of pages) {
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).first().click();
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await settled(page);
  }
}

/**
 * By how much the heap grows over the pages of an hour, in percent, both times after the garbage is out, once the
 * browser has compiled.
 */
async function heapGrowth(bench: Bench, browser: Browser): Promise<number> {
  const { page, cdp, close } = await visit(bench, browser);
  const after = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) await goAround(page, bench.smoke ? tour.slice(0, 2) : tour);
    await cdp.send('HeapProfiler.collectGarbage');
    return (await cdp.send('Runtime.getHeapUsage')).usedSize;
  };
  const percent = (now: number, then: number) => (now / then - 1) * 100;
  await show(page, '/');
  const first = await after(bench.smoke ? 1 : stretch_rounds);
  let [rounds, before, added] = [stretch_rounds, first, Number.POSITIVE_INFINITY];
  while (!bench.smoke && added >= settled_percent && rounds < settled_rounds_max) {
    const now = await after(stretch_rounds);
    added = percent(now, before);
    before = now;
    rounds += stretch_rounds;
  }
  bench.say(
    `  The hour begins after ${rounds} rounds, with ${percent(before, first).toFixed(1)} % more than after the first ${stretch_rounds}`,
  );
  const growth = percent(await after(bench.smoke ? 1 : Math.ceil(pages_an_hour / tour.length)), before);
  await close();
  return growth;
}

const turnWheel = async (page: Page, by: number, times: number) => {
  for (let turn = 0; turn < times; turn++) await page.mouse.wheel(0, by);
};

/**
 * What each frame costs while a list of all contacts, and a board of thousands of cards, are scrolled and a card is
 * dragged across.
 */
async function frames(bench: Bench, browser: Browser): Promise<{ list: number[]; board: number[] }> {
  const { page, cdp, close } = await visit(bench, browser);
  const turns = bench.smoke ? 5 : wheel_turns;
  await show(page, '/contacts');
  await page.mouse.move(700, 500);
  const list = await workPerFrame(cdp, () => turnWheel(page, 240, turns));

  await show(page, '/deals?layout=board');
  const lanes = await page.getByRole('region', { name: 'Deals by stage' }).locator('section > div').all();
  const last = page.locator('[aria-posinset]').last();
  await last.waitFor();
  if (!bench.smoke) await fill(lanes);
  await page.mouse.move(400, 500);
  const board = await workPerFrame(cdp, async () => {
    await turnWheel(page, -240, turns);
    await page.mouse.down();
    for (let step = 0; step < turns; step++) await page.mouse.move(400 + step * 6, 450 + 300 * Math.sin(step / 10));
    await page.mouse.up();
  });
  await close();
  return { list, board };
}

/** Reads on in all columns until the board has its cards, or there are no more. */
async function fill(lanes: readonly Locator[]): Promise<void> {
  let before = -1;
  for (let cards = 0; cards < board_cards && cards > before; ) {
    before = cards;
    cards = 0;
    for (const lane of lanes) {
      await lane.evaluate((box) => box.scrollTo(0, box.scrollHeight));
      await lane.page().waitForLoadState('networkidle');
      cards += (await lane.evaluate((box) => box.scrollHeight)) / card_px;
    }
  }
}

/** Barriers by axe and complaints of the browser, on the pages one sees every day. */
async function faults(bench: Bench, browser: Browser): Promise<{ barriers: number; complaints: number }> {
  const { page, complaints, close } = await visit(bench, browser);
  let found = 0;
  for (const path of bench.smoke ? looked_at.slice(0, 1) : looked_at) {
    await show(page, path);
    found += (await barriers(page)).length;
  }
  for (const complaint of complaints) bench.say(`  the browser says: ${complaint}`);
  await close();
  return { barriers: found, complaints: complaints.length };
}

/**
 * R11: the page in a browser. Lighthouse itself would bring a second browser driver and a crash reporter along; this
 * asks the same.
 */
export const r11: Case = {
  id: 'R11',
  sizes: 'largest',
  measure: async (bench): Promise<Figure[]> => {
    const { buildPage } = await import(`${root}bin/bootstrap.mjs`);
    buildPage();
    const browser = await launch();
    try {
      const kilobytes: number[] = [];
      const scores: number[] = [];
      const slowest: number[] = [];
      for (let round = 0; round < bench.effort.rounds; round++) {
        for (const path of [...first_views, '/contacts']) {
          const view = await firstView(bench, browser, path);
          if (first_views.includes(path)) kilobytes.push(view.kilobytes);
          scores.push(view.score);
        }
        slowest.push(await interactions(bench, browser));
      }
      for (const language of others) kilobytes.push(...(await firstViewsIn(bench, browser, language)));
      const seen = await faults(bench, browser);
      const { list, board } = await frames(bench, browser);
      const growth = await heapGrowth(bench, browser);
      return [
        limitFigure({
          id: 'R11.javascript',
          what: 'JavaScript before one can work, gzip, by the way in and the language that need most',
          unit: 'KB',
          values: [Math.max(...kilobytes)],
          max: 250,
        }),
        limitFigure({
          id: 'R11.performance',
          what: "first views, score by Lighthouse's curves without speed index",
          unit: 'points',
          values: scores,
          min: 95,
        }),
        limitFigure({
          id: 'R11.interaction',
          what: 'slowest interaction on a list, to the next paint',
          unit: 'ms',
          values: slowest,
          max: 100,
        }),
        limitFigure({
          id: 'R11.list-frames',
          what: 'work of the processor for a frame of a list that scrolls, p95',
          unit: 'ms',
          values: [percentile(list, 0.95)],
          max: 16.7,
        }),
        limitFigure({
          id: 'R11.board-frames',
          what: 'work of the processor for a frame of a board of 5,000 cards that scrolls, a card dragged across, p95',
          unit: 'ms',
          values: [percentile(board, 0.95)],
          max: 16.7,
        }),
        limitFigure({
          id: 'R11.heap',
          what: 'growth of the heap over the pages of an hour, once the browser has compiled what is used often',
          unit: '%',
          values: [growth],
          max: 10,
        }),
        limitFigure({
          id: 'R11.accessibility',
          what: 'barriers found by axe',
          unit: 'barriers',
          values: [seen.barriers],
          max: 0,
        }),
        limitFigure({
          id: 'R11.practice',
          what: 'complaints of the browser',
          unit: 'complaints',
          values: [seen.complaints],
          max: 0,
        }),
      ];
    } finally {
      await browser.close();
    }
  },
};
