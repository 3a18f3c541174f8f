import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import { desktop, launch, phone, withoutWorker } from '../e2e/browser.ts';
import { startTestApp } from '../harness/app.ts';
import { withCluster } from '../harness/throw-away.ts';
import { endWith, readOptions } from '../harness/usage.ts';
import { type Scheme, take } from './camera.ts';
import type { State } from './scenes.ts';
import { speak } from './words.ts';
import { makeWorkspaces } from './workspaces.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, '.cache', 'pictures');
const sizes: Record<string, BrowserContextOptions> = {
  desktop,
  phone,
  /**
   * Only when asked for: the narrowest phone, a window at twice its size, and what is between a phone and a large
   * screen.
   */
  narrow: { ...phone, viewport: { width: 360, height: 740 } },
  zoomed: { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
  small: { ...phone, viewport: { width: 600, height: 960 } },
  tablet: { ...phone, viewport: { width: 768, height: 1024 } },
  landscape: { ...phone, viewport: { width: 1024, height: 768 } },
  laptop: { viewport: { width: 1280, height: 720 } },
};
const schemes: readonly Scheme[] = ['light', 'dark'];
/** Only when asked for, too. */
const contrasts: readonly Scheme[] = ['contrast', 'contrast-dark'];
const states: readonly State[] = ['demo', 'empty', 'error', 'offline'];

const usage = `Every page of Holdfast as a picture, in .cache/pictures/: with demo data, without data, with an error, and without a network.

npm run pictures -- [--only contacts,home] [--size phone] [--scheme dark] [--state error] [--locale de]
  --only    scenes whose names have one of these parts; most-used: what people have open most of the day
  --size    ${Object.keys(sizes).join(', ')}; the first two unless given
  --scheme  ${[...schemes, ...contrasts].join(', ')}; the first two unless given
  --state   ${states.join(', ')}; all unless given
  --locale  the language of the page, such as de; en-XB is English from right to left`;

const asked = readOptions(usage, {
  only: { type: 'string' },
  size: { type: 'string' },
  scheme: { type: 'string' },
  state: { type: 'string' },
  locale: { type: 'string' },
});
function chosen<T extends string>(all: readonly T[], list: string): T[] {
  const unknown = list.split(',').filter((each) => !all.some((known) => known === each));
  if (unknown.length > 0) endWith(usage, `There is no ${unknown.join(', ')}.`);
  return all.filter((each) => list.split(',').includes(each));
}
const wanted = {
  sizes: chosen(Object.keys(sizes), asked.size ?? 'desktop,phone'),
  schemes: chosen([...schemes, ...contrasts], asked.scheme ?? schemes.join()),
  states: chosen(states, asked.state ?? states.join()),
};
if (asked.locale) speak(asked.locale);
// They name things as the page does, in its language.
const { mostUsed, scenes, statesOf } = await import('./scenes.ts');
const isAsked = (name: string) =>
  asked.only === 'most-used'
    ? mostUsed.includes(name)
    : (asked.only ?? name).split(',').some((part) => name.includes(part));
const wantedScenes = scenes.filter(({ name }) => isAsked(name));
if (wantedScenes.length === 0) endWith(usage, `No scene has ${asked.only} in its name.`);

const scenesIn = (state: State) => wantedScenes.filter((scene) => statesOf(scene).includes(state));
/** As the page itself remembers what it was shown in last. */
const remember = `localStorage.setItem('holdfast.locale', ${JSON.stringify(asked.locale)})`;

const { buildPage } = await import(join(root, 'bin', 'bootstrap.mjs'));
buildPage();
await mkdir(folder, { recursive: true });
const faults: string[] = [];
let taken = 0;
await withCluster(async () => {
  const app = await startTestApp({ PUBLIC_URL: 'https://crm.example' });
  const browser = await launch();
  const baseURL = app.url.replace('127.0.0.1', 'localhost');
  try {
    const { demo, empty, bare } = await makeWorkspaces(app);
    // The people there speak it too: else the page would go back to what they speak.
    for (const { session } of asked.locale ? [demo, empty, bare] : []) {
      const { status } = await session.send('PATCH', '/api/v1/profile', { locale: asked.locale });
      assert.equal(status, 200);
    }
    const newContext = async (size: string, state: State) => {
      const context = await browser.newContext({ baseURL, reducedMotion: 'reduce', ...sizes[size] });
      if (state !== 'offline') await withoutWorker(context);
      if (asked.locale) await context.addInitScript(remember);
      return context;
    };
    for (const size of wanted.sizes)
      for (const state of wanted.states) {
        let context = await newContext(size, state);
        for (const scene of scenesIn(state)) {
          const workspace = state !== 'empty' ? demo : scene.path.includes('$') ? bare : empty;
          const label = [scene.name, size, state, asked.locale].filter(Boolean).join('.');
          faults.push(...(await take(context, { scene, workspace, state, schemes: wanted.schemes, folder, label })));
          taken++;
          if (state !== 'offline') continue;
          // What waits to be sent would wait in the next picture too.
          await context.close();
          context = await newContext(size, state);
        }
        await context.close();
      }
  } finally {
    await browser.close();
    await app.stop();
  }
});
for (const fault of faults) console.error(fault);
console.log(`${taken} scenes in ${folder}, ${faults.length} faults`);
process.exitCode = faults.length > 0 || taken === 0 ? 1 : 0;
