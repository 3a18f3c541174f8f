import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const modules = resolve(import.meta.dirname, '../../web/modules');

const found = (file: string, pattern: RegExp) =>
  [...readFileSync(join(modules, file), 'utf8').matchAll(pattern)].map(([, name]) => name!);

/** Every section of the settings, as the page lists them. */
export const settingsPaths = () =>
  found('settings/sections.ts', /\bid: '([\w-]+)'/g).map((section) => `/settings/${section}`);

/** Every address the page knows, read from where it defines them; `$id` and the like as they stand there. */
export function pageRoutes(): string[] {
  const routes = globSync('**/routes.ts', { cwd: modules }).flatMap((file) => found(file, /\bpath: '([^']+)'/g));
  return routes.flatMap((route) => (route === '/settings/$section' ? settingsPaths() : [route])).sort();
}
