import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { launch } from '../e2e/browser.ts';

/** The icons of the installed page, made from `web/public/favicon.svg`: run it again when the mark changes. */

const folder = resolve(import.meta.dirname, '../../web/public');
const mark = readFileSync(join(folder, 'favicon.svg'), 'utf8');
const corners = 'rx="8"';
/** A launcher cuts a maskable icon to its own shape: no corners of ours, and the mark within the inner four fifths. */
const maskable = mark
  .replace(corners, '')
  .replace('<path', '<path transform="translate(16 16) scale(.72) translate(-16 -16)"');
if (maskable === mark) throw new Error(`favicon.svg has no ${corners} any more`);

const icons = [
  { name: 'icon-192.png', size: 192, svg: mark },
  { name: 'icon-512.png', size: 512, svg: mark },
  { name: 'icon-maskable-512.png', size: 512, svg: maskable },
  { name: 'apple-touch-icon.png', size: 180, svg: maskable },
];

const browser = await launch();
const page = await browser.newPage();
for (const { name, size, svg } of icons) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  await page.screenshot({ path: join(folder, name), omitBackground: true });
}
await browser.close();
