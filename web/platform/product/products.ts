import { declareResource } from '../query/resources.ts';
import { checkManifests, isWithin, pathsOf } from './check.ts';
import type { Manifest } from './manifest.ts';

let declared: readonly Manifest[] = [];
let on: readonly Manifest[] = [];
let off: ReadonlySet<string> = new Set();

/** Called once, before the first page is drawn. Throws, in words, what contradicts itself. */
export function declareProducts(manifests: readonly Manifest[]): void {
  checkManifests(manifests);
  declared = manifests;
  on = manifests;
  for (const { records = [], collections = {}, attached = {} } of manifests) {
    for (const { resource, path, right, isFixed } of records)
      declareResource(resource, { path, isWorkedWith: true, rights: { right, isFixed } });
    for (const [resource, { path }] of Object.entries(attached))
      declareResource(resource, { path, isWorkedWith: true });
    for (const [resource, collection] of Object.entries(collections)) declareResource(resource, collection);
  }
}

/** Those that the workspace has not switched off, in the order of the navigation. The same array until that changes. */
export const products = (): readonly Manifest[] => on;

/** With those that are switched off. */
export const allProducts = (): readonly Manifest[] => declared;

/** Takes the products out that are switched off in the workspace of whoever is signed in. */
export function switchOff(names: readonly string[]): void {
  const next = new Set(names);
  if (next.size === off.size && names.every((name) => off.has(name))) return;
  off = next;
  on = declared.filter(({ id, isBase }) => isBase || !off.has(id));
}

/** Whether an address belongs to a product that is switched off. */
export const isSwitchedOff = (pathname: string): boolean =>
  declared.some((manifest) => !on.includes(manifest) && pathsOf(manifest).some((path) => isWithin(pathname, path)));

/** Where the page opens for somebody: at the home page of their role, as long as a product that is on has it. */
export const homeOf = (home: string | null | undefined, off: readonly string[] = []): string =>
  home &&
  declared.some(
    (manifest) =>
      (manifest.isBase || !off.includes(manifest.id)) &&
      pathsOf(manifest).some((path) => path !== '/' && isWithin(home, path)),
  )
    ? home
    : '/';
