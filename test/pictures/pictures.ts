import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { BrowserContextOptions } from 'playwright-core';
import { desktop, launch, phone, withoutWorker } from '../e2e/browser.ts';
import { startTestApp } from '../harness/app.ts';
import { withCluster } from '../harness/throw-away.ts';
import { take } from './camera.ts';
import { type State, scenes } from './scenes.ts';
import { makeWorkspaces } from './workspaces.ts';

/**
 * Every page of Holdfast as a picture, in `.cache/pictures/`: large and on a phone, light and dark, with demo data, without data, and
 * with an error. `npm run pictures -- --only contacts,home --size phone --scheme dark --state error` takes a part.
 */

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, '.cache', 'pictures');
const sizes: Record<string, BrowserContextOptions> = {
  desktop,
  phone,
  /** Only when asked for: the narrowest phone, and a window at twice its size. */
  narrow: { ...phone, viewport: { width: 360, height: 740 } },
  zoomed: { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
};
const schemes = ['light', 'dark'] as const;
const states: readonly State[] = ['demo', 'empty', 'error'];

const { values: asked } = parseArgs({
  options: {
    only: { type: 'string' },
    size: { type: 'string' },
    scheme: { type: 'string' },
    state: { type: 'string' },
  },
});
const chosen = <T extends string>(all: readonly T[], list: string | undefined): T[] =>
  all.filter((each) => list === undefined || list.split(',').includes(each));
const wanted = {
  scenes: scenes.filter(({ name }) => !asked.only || asked.only.split(',').some((part) => name.includes(part))),
  sizes: asked.size?.split(',') ?? ['desktop', 'phone'],
  schemes: chosen(schemes, asked.scheme),
  states: chosen(states, asked.state),
};

const scenesIn = (state: State) => wanted.scenes.filter(({ states }) => !states || states.includes(state));

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
    for (const size of wanted.sizes)
      for (const state of wanted.states) {
        const context = await browser.newContext({ baseURL, reducedMotion: 'reduce', ...sizes[size] });
        await withoutWorker(context);
        for (const scene of scenesIn(state)) {
          const workspace = state !== 'empty' ? demo : scene.path.includes('$') ? bare : empty;
          const label = `${scene.name}.${size}.${state}`;
          faults.push(...(await take(context, { scene, workspace, state, schemes: wanted.schemes, folder, label })));
          taken++;
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
