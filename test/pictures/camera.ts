import { join } from 'node:path';
import type { BrowserContext, Page, Request } from 'playwright-core';
import { cookieOf, settled } from '../e2e/browser.ts';
import { eventually } from '../harness/app.ts';
import type { Scene, State } from './scenes.ts';
import type { Workspace } from './workspaces.ts';

const action_ms_max = 10_000;

interface Shot {
  scene: Scene;
  workspace: Workspace;
  state: State;
  schemes: readonly ('light' | 'dark')[];
  folder: string;
  label: string;
}

/** Takes a scene in each colour scheme; answers what is wrong with it that no picture shows. */
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
    const refused = message.text().startsWith('Failed to load resource') && (state === 'error' || scene.refused);
    if (['error', 'warning'].includes(message.type()) && !refused) faults.push(message.text());
  });
  try {
    await play(page, shot);
    await quiet();
    for (const scheme of shot.schemes) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.locator(`html[data-theme="${scheme}"]`).waitFor();
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

/** What is done on a page meets the error; a page that is only looked at opens with it. */
async function play(page: Page, { scene, workspace: { ids }, state }: Shot): Promise<void> {
  const [noun] = scene.path.slice(1).split(/[/?]/);
  const path = scene.path.replace('$id', ids[noun!] ?? '').replace(/\$(\w+)/, (_, name) => ids[name] ?? '');
  if (state === 'error' && !scene.act) await fail(page);
  await page.goto(path);
  await settled(page);
  if (state === 'error' && scene.act) await fail(page);
  await scene.act?.(page);
  if (state === 'error' && scene.submit) {
    await page.getByRole('button', { name: scene.submit, exact: true }).last().click();
  }
}

/** React holds back parts that arrive late for so long. */
const still_ms = 400;
const stillness = `new Promise((still) => {
  let timer;
  const wait = () => { clearTimeout(timer); timer = setTimeout(still, ${still_ms}); };
  new MutationObserver(wait).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  wait();
})`;

/** Waits until nothing is asked of the server, but for the stream that stays open, and nothing changes on the page any more. */
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
    detail: 'Nothing was changed. Tell your administrator this number: 01a1f86d-81d9-74ed-8a60-875a8312643a.',
    request_id: '01a1f86d-81d9-74ed-8a60-875a8312643a',
  }),
};

/** From now on the server answers that it failed; only who one is stays known. */
const fail = (page: Page) => page.route(/\/api\/v1\/(?!session|events)/, (route) => route.fulfill(failure));
