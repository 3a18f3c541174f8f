import type { Destination, Manifest } from './manifest.ts';

/** Kinds of timeline entries that every record has. */
const ownKinds = ['note', 'comment', 'activity', 'change'];

export interface Claim {
  product: string;
  /** What only one may have, such as the name of a record type. */
  what: string;
}

/**
 * Refuses manifests that contradict each other or themselves: nobody would see which of two record types, pages or keys
 * counts. The page does not start then, so that it is noticed by whoever wrote the manifest.
 */
export function checkManifests(manifests: readonly Manifest[]): void {
  const claims = (of: (manifest: Manifest) => readonly string[]): Claim[] =>
    manifests.flatMap((manifest) => of(manifest).map((what) => ({ product: manifest.id, what })));
  for (const { id } of manifests)
    if (manifests.filter((manifest) => manifest.id === id).length > 1)
      throw new Error(`Two products are called "${id}".`);
  refuseTwice(
    claims(({ records, collections, attached }) => [
      ...(records ?? []).map(({ resource }) => resource),
      ...Object.keys(collections ?? {}),
      ...Object.keys(attached ?? {}),
    ]),
    'record type',
  );
  refuseTwice(claims(routePaths), 'route');
  refuseTwice(
    claims((manifest) => destinationsOf(manifest).flatMap(({ key }) => (key ? [`g ${key}`] : []))),
    'shortcut',
  );
  refuseTwice(
    [
      ...ownKinds.map((what) => ({ product: 'platform', what })),
      ...claims(({ timeline }) => (timeline ?? []).map(({ kind }) => kind)),
    ],
    'kind of timeline entry',
  );
  for (const manifest of manifests) {
    refuseForeignPaths(manifest, manifests);
    for (const { of } of manifest.extensions ?? [])
      if (!manifests.some(({ records, links = {} }) => of in links || records?.some(({ resource }) => resource === of)))
        throw new Error(`The product "${manifest.id}" extends the record type "${of}", which no product declares.`);
  }
}

export function refuseTwice(claims: readonly Claim[], kind: string): void {
  const first = new Map<string, string>();
  for (const { product, what } of claims) {
    const before = first.get(what);
    if (before === product) throw new Error(`The product "${product}" declares the ${kind} "${what}" twice.`);
    if (before !== undefined)
      throw new Error(`The products "${before}" and "${product}" both declare the ${kind} "${what}".`);
    first.set(what, product);
  }
}

/**
 * A product has whole addresses: neither its routes lie below those of another one, nor does it lead to what it does
 * not have.
 */
function refuseForeignPaths(manifest: Manifest, manifests: readonly Manifest[]): void {
  const { id, tools = [], commands = [] } = manifest;
  const own = pathsOf(manifest);
  for (const other of manifests.filter((each) => each !== manifest))
    for (const path of own) {
      const above = pathsOf(other).find((theirs) => theirs !== '/' && isWithin(path, theirs));
      if (above)
        throw new Error(
          `The product "${id}" declares the route "${path}", which is below "${above}" of the product "${other.id}".`,
        );
    }
  for (const { to } of [...destinationsOf(manifest), ...tools, ...commands])
    if (!own.some((path) => isWithin(to, path)))
      throw new Error(`The product "${id}" leads to "${to}", which is no route of its own.`);
}

/** The addresses of its pages, those of lists and records included; `$id` and the like as they stand in routes. */
const routePaths = ({ routes = [], openRoutes = [], records = [] }: Manifest): string[] => [
  ...[...routes, ...openRoutes].map(({ options }) => (options as { path: string }).path),
  ...records.map(({ path }) => path),
];

/** The same without those below others. */
export function pathsOf(manifest: Manifest): string[] {
  const paths = routePaths(manifest);
  return paths.filter((path) => paths.every((other) => other === path || other === '/' || !isWithin(path, other)));
}

/** Whether an address is this one or lies below it. The home page has nothing below it. */
export const isWithin = (path: string, base: string): boolean =>
  path === base || (base !== '/' && path.startsWith(`${base}/`));

/** What leads to its pages, in order. */
export const destinationsOf = ({ navigation, records = [] }: Manifest): Pick<Destination, 'to' | 'key'>[] =>
  (navigation ?? records).map((entry) =>
    'details' in entry ? { to: entry.path, ...(entry.shortcut && { key: entry.shortcut }) } : entry,
  );
