import { join } from 'node:path';
import type { BrowserContext, Page, Request } from 'playwright-core';
import { cookieOf, settled } from '../e2e/browser.ts';
import { eventually } from '../harness/app.ts';
import type { Scene, State } from './scenes.ts';
import type { Workspace } from './workspaces.ts';

const action_ms_max = 10_000;

export type Scheme = 'light' | 'dark' | 'contrast' | 'contrast-dark';

/** What the system of whoever looks asks for. */
const wishes = {
  light: { colorScheme: 'light', contrast: 'no-preference' },
  dark: { colorScheme: 'dark', contrast: 'no-preference' },
  contrast: { colorScheme: 'light', contrast: 'more' },
  'contrast-dark': { colorScheme: 'dark', contrast: 'more' },
} as const;

interface Shot {
  scene: Scene;
  workspace: Workspace;
  state: State;
  schemes: readonly Scheme[];
  folder: string;
  label: string;
}

/** Takes a scene in each colour scheme; returns what is wrong with it that no picture shows. */
export async function take(context: BrowserContext, shot: Shot): Promise<string[]> {
  const { scene, workspace, state, label } = shot;
  const faults: string[] = [];
  context.setDefaultTimeout(action_ms_max);
  await context.clearCookies();
  if (!scene.stranger) await context.addCookies([cookieOf(workspace)]);
  const page = await context.newPage();
  const quiet = quietnessOf(page);
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    const failing = state === 'error' || state === 'offline' || scene.refused;
    const refused = message.text().startsWith('Failed to load resource') && failing;
    if (['error', 'warning'].includes(message.type()) && !refused) faults.push(message.text());
  });
  try {
    await show(page, shot.schemes[0]!);
    await play(page, shot, quiet);
    await quiet();
    for (const scheme of shot.schemes) {
      const { colorScheme, contrast } = wishes[scheme];
      await show(page, scheme);
      const shown = contrast === 'more' ? 'more' : 'normal';
      await page.locator(`html[data-theme="${colorScheme}"][data-contrast="${shown}"]`).waitFor();
      await page.evaluate(stillness);
      await page.screenshot({ path: join(shot.folder, `${label}.${scheme}.png`) });
    }
    const [width, inner] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]');
    if (width > inner) faults.push(`sticks out by ${width - inner} px`);
  } catch (error) {
    faults.push(String(error));
  } finally {
    await page.close();
  }
  return faults.map((fault) => `${label}: ${fault}`);
}

const show = (page: Page, scheme: Scheme) => page.emulateMedia(wishes[scheme]);

/** What is done on a page meets the error; a page that is only looked at opens with it. */
async function play(page: Page, { scene, workspace, state }: Shot, quiet: () => Promise<void>): Promise<void> {
  const { ids } = workspace;
  const [noun] = scene.path.slice(1).split(/[/?]/);
  const path = scene.path.replace('$id', ids[noun!] ?? '').replace(/\$(\w+)/, (_, name) => ids[name] ?? '');
  if (state === 'error' && !scene.act) await fail(page);
  await page.goto(path);
  await settled(page);
  if (state === 'error' && scene.act) {
    // The page itself is there as a whole; only what is done on it fails.
    await quiet();
    await fail(page);
  }
  if (state === 'offline') {
    await quiet();
    await goOffline(page);
  }
  await scene.act?.(page, workspace);
  if (state === 'error' && scene.submit) {
    await page.getByRole('button', { name: scene.submit, exact: true }).last().click();
  }
}

/** The page opens once more, with what was seen: it is there as soon as nothing is added to it. */
async function goOffline(page: Page): Promise<void> {
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
  let [before, now] = [-1, await page.evaluate<number>(seen)];
  await eventually(async () => {
    await page.waitForTimeout(seen_pause_ms);
    [before, now] = [now, await page.evaluate<number>(seen)];
    return now > 1 && now === before;
  });
  await page.context().setOffline(true);
  await page.reload();
  await settled(page);
}

/** Longer than answers wait until they are written down together. */
const seen_pause_ms = 1_200;
const seen = `new Promise((done) => {
  const opened = indexedDB.open('holdfast-seen');
  opened.onsuccess = () => {
    const [table] = opened.result.objectStoreNames;
    const count = table ? opened.result.transaction(table).objectStore(table).count() : { result: 0 };
    const answer = () => { opened.result.close(); done(count.result); };
    if (table) count.onsuccess = answer; else answer();
  };
})`;

/** React holds back parts that arrive late for so long. */
const still_ms = 400;
const stillness = `new Promise((still) => {
  let timer;
  const wait = () => { clearTimeout(timer); timer = setTimeout(still, ${still_ms}); };
  new MutationObserver(wait).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  wait();
})`;

/**
 * Waits until nothing is asked of the server, but for the stream that stays open, and nothing changes on the page any
 * more.
 */
function quietnessOf(page: Page): () => Promise<void> {
  const asked = new Set<Request>();
  const answered = (request: Request) => void asked.delete(request);
  page.on('request', (request) => request.resourceType() !== 'eventsource' && asked.add(request));
  page.on('requestfinished', answered);
  page.on('requestfailed', answered);
  return async () => {
    await page.evaluate(stillness);
    await eventually(async () => asked.size === 0);
    await settled(page);
    await page.evaluate(stillness);
  };
}

const failure = {
  status: 500,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    title: 'Something went wrong on our side',
    status: 500,
    code: 'internal',
    detail:
      'Holdfast ran into an error. Nothing was changed. Tell your administrator this number: 01a1f86d-81d9-74ed-8a60-875a8312643a.',
    request_id: '01a1f86d-81d9-74ed-8a60-875a8312643a',
  }),
};

/** From now on the server answers that it failed; only who one is stays known. */
const fail = (page: Page) => page.route(/\/api\/v1\/(?!session|events)/, (route) => route.fulfill(failure));
