import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page, Route } from 'playwright-core';
import { build, type Plugin } from 'vite';
import { atEndOfBundle } from '../harness/bundle.ts';
import type { RecordTypesApp } from '../harness/record-types.ts';

const web = resolve(import.meta.dirname, '../../web');

/** Declares more record types, as a line in web/modules/records.ts would. */
const declaring = (declarations: readonly string[]): Plugin => ({
  name: 'record-types-of-tests',
  transform: (code, id) =>
    id.endsWith('/web/modules/records.ts')
      ? `${code}\n${declarations.map((path) => `import ${JSON.stringify(path)};`).join('\n')}`
      : null,
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

/** Has a page come from this folder, and what it asks about these addresses of the API from the server of the record types. */
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
