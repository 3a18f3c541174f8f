import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { launch, phone, withoutWorker } from '../e2e/browser.ts';
import { startTestApp } from '../harness/app.ts';
import { withCluster } from '../harness/throw-away.ts';
import { readOptions } from '../harness/usage.ts';
import { take } from './camera.ts';
import { scenes } from './scenes.ts';
import { makeWorkspaces } from './workspaces.ts';

readOptions(
  `npm run tour: takes the pictures that docs/tour.md names, from the demo workspace. It has no options.
  tour/deals-board.webp        the scene of that name in test/pictures/scenes.ts
  tour/deals-board.phone.webp  on a phone
  tour/dashboard.dark.webp     in the dark`,
  {},
);

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'docs', 'tour');
const sizes = { desktop: { viewport: { width: 1280, height: 800 } }, phone };
const webp_quality = 0.82;

const named = [...(await readFile(join(root, 'docs', 'tour.md'), 'utf8')).matchAll(/\(tour\/([\w.-]+)\.webp\)/g)];
const shots = named.map(([, name]) => {
  const [of, ...variants] = name!.split('.');
  const scene = scenes.find((each) => each.name === of);
  if (!scene) throw new Error(`docs/tour.md shows ${name}.webp, and there is no scene ${of}.`);
  const size: keyof typeof sizes = variants.includes('phone') ? 'phone' : 'desktop';
  return { name: name!, scene, size, scheme: variants.includes('dark') ? ('dark' as const) : ('light' as const) };
});

/** Drawn once more by the browser itself, a picture takes a fifth of the room. */
async function toWebp(browser: Browser, png: Buffer): Promise<Buffer> {
  const page = await browser.newPage();
  const url = await page.evaluate<string>(`(async () => {
    const image = await createImageBitmap(await (await fetch('data:image/png;base64,${png.toString('base64')}')).blob());
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', ${webp_quality});
  })()`);
  await page.close();
  return Buffer.from(url.split(',')[1]!, 'base64');
}

const { buildPage } = await import(join(root, 'bin', 'bootstrap.mjs'));
buildPage();
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const drafts = await mkdtemp(join(tmpdir(), 'holdfast-tour-'));
const faults: string[] = [];
await withCluster(async () => {
  const app = await startTestApp({ PUBLIC_URL: 'https://crm.example' });
  const browser = await launch();
  const baseURL = app.url.replace('127.0.0.1', 'localhost');
  try {
    const { demo } = await makeWorkspaces(app);
    for (const { name, scene, size, scheme } of shots) {
      const context = await browser.newContext({ baseURL, reducedMotion: 'reduce', ...sizes[size] });
      await withoutWorker(context);
      faults.push(
        ...(await take(context, {
          scene,
          workspace: demo,
          state: 'demo',
          schemes: [scheme],
          folder: drafts,
          label: name,
        })),
      );
      await context.close();
      const png = await readFile(join(drafts, `${name}.${scheme}.png`));
      await writeFile(join(folder, `${name}.webp`), await toWebp(browser, png));
    }
  } finally {
    await browser.close();
    await app.stop();
  }
});
await rm(drafts, { recursive: true });
for (const fault of faults) console.error(fault);
console.log(`${shots.length} pictures in docs/tour, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
