import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const web = resolve(import.meta.dirname, '../../web');

const found = (file: string, pattern: RegExp) =>
  [...readFileSync(join(web, file), 'utf8').matchAll(pattern)].map(([, name]) => name!);

/** Every section of the settings, as the page lists them. */
export const settingsPaths = () =>
  found('app/settings/sections.ts', /\bid: '([\w-]+)'/g).map((section) => `/settings/${section}`);

/** Those for operators of the installation. */
export const operatorPaths = () =>
  found('app/settings/sections.ts', /\bid: '([\w-]+)'(?:(?!\bid: ).)*?\boperator: true/gs).map(
    (section) => `/settings/${section}`,
  );

/** The list of each record type and the page of a record, made of its contract. */
const recordPaths = () =>
  found('modules/records.ts', /'\.\/(.+)\/definition\.ts'/g)
    .flatMap((folder) => found(join('../src/modules', folder, 'contract.ts'), /\bplural: '(\w+)'/g))
    .flatMap((plural) => [`/${plural.replaceAll('_', '-')}`, `/${plural.replaceAll('_', '-')}/$id`]);

/** Every address the page knows, read from where it defines them; `$id` and the like as they stand there. */
export function pageRoutes(): string[] {
  const routes = globSync('**/routes.ts', { cwd: web }).flatMap((file) => found(file, /\bpath: '([^']+)'/g));
  return [...routes, ...recordPaths()]
    .flatMap((route) => (route === '/settings/$section' ? settingsPaths() : [route]))
    .sort();
}
