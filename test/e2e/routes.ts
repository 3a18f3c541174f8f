import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const web = resolve(import.meta.dirname, '../../web');

const found = (file: string, pattern: RegExp) =>
  [...readFileSync(join(web, file), 'utf8').matchAll(pattern)].map(([, name]) => name!);

const sections = (pattern: RegExp) =>
  globSync('modules/*/settings.ts', { cwd: web })
    .flatMap((file) => found(file, pattern))
    .map((section) => `/settings/${section}`);

/** Every section of the settings, as the products list them. */
export const settingsPaths = () => sections(/\bid: '([\w-]+)'/g);

/** Those for operators of the installation. */
export const operatorPaths = () => sections(/\bid: '([\w-]+)'(?:(?!\bid: ).)*?\boperator: true/gs);

/** The list of each record type and the page of a record, made of its contract. */
const recordPaths = () =>
  globSync('modules/**/*.ts', { cwd: web })
    .filter((file) => found(file, /\b(emptyText): /g).length > 0)
    .flatMap((file) => found(file, /(src\/modules\/.+\/contract\.ts)'/g).slice(0, 1))
    .flatMap((contract) => found(join('..', contract), /\bplural: '(\w+)'/g))
    .flatMap((plural) => [`/${plural.replaceAll('_', '-')}`, `/${plural.replaceAll('_', '-')}/$id`]);

/** Every address the page knows, read from where it defines them; `$id` and the like as they stand there. */
export function pageRoutes(): string[] {
  const routes = globSync('**/routes.ts', { cwd: web }).flatMap((file) => found(file, /\bpath: '([^']+)'/g));
  return [...routes, ...recordPaths()]
    .flatMap((route) => (route === '/settings/$section' ? settingsPaths() : [route]))
    .sort();
}
