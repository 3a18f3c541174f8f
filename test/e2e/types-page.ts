import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page, Route } from 'playwright-core';
import { build, type Plugin } from 'vite';
import { atEndOfBundle } from '../harness/bundle.ts';
import type { RecordTypesApp } from '../harness/record-types.ts';

const web = resolve(import.meta.dirname, '../../web');

/** Adds more products, as lines in web/main.tsx would. */
const declaring = (manifests: readonly string[]): Plugin => ({
  name: 'products-of-tests',
  enforce: 'pre',
  transform: (code, id) => {
    if (!id.endsWith('/web/main.tsx')) return null;
    const imports = manifests.map((path, at) => `import { product as test${at} } from ${JSON.stringify(path)};`);
    const names = manifests.map((_, at) => `test${at},`);
    return [...imports, code.replace(/(const products = \[[^\]]*)/, (list) => list + names.join(''))].join('\n');
  },
});

/** The page, built with the record types that these modules of the tests declare. Gone with the files of its bundle. */
export async function buildPageWith(declarations: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-page-'));
  atEndOfBundle(async () => rmSync(folder, { recursive: true, force: true }));
  await build({
    configFile: join(web, 'vite.config.ts'),
    logLevel: 'error',
    plugins: [declaring(declarations)],
    build: { outDir: folder },
  });
  return folder;
}

/**
 * Has a page come from this folder, and what it asks about these addresses of the API from the server of the record
 * types.
 */
export async function serveTypes(page: Page, app: RecordTypesApp, folder: string, plurals: string[]): Promise<void> {
  const ofTypes = new RegExp(`^/api/v1/(?:${plurals.join('|')})(?:[/?]|$)`);
  const server = app.typesUrl.replace('127.0.0.1', 'localhost');
  await page.route('**/*', async (route: Route) => {
    const { pathname, search } = new URL(route.request().url());
    if (ofTypes.test(pathname)) {
      const headers = { ...(await route.request().allHeaders()), 'sec-fetch-site': 'same-origin' };
      return route.fulfill({ response: await route.fetch({ url: server + pathname + search, headers }) });
    }
    if (pathname.startsWith('/api/')) return route.continue();
    const file = join(folder, pathname);
    const isFile = /\.\w+$/.test(pathname) && existsSync(file);
    return route.fulfill({ path: isFile ? file : join(folder, 'index.html') });
  });
}
