import { globSync, readFileSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { namedRecordTypes, recordTypeNames } from './record-type-names.ts';

export interface SourceFile {
  /** From the root of the repository: `src/kernel/http/server.ts`. */
  path: string;
  text: string;
}

export interface Rule {
  name: string;
  /** What is wrong with a file, one line each; nothing when all is well. */
  check: (file: SourceFile) => string[];
}

const specifier = /(?:^|[\s;])(?:import|export)\s(?:[^'"();]*?\sfrom\s)?['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/g;

/**
 * The modules a file imports, also those that `import()` fetches later; those of the repository as paths from its root.
 */
export function importsOf(file: SourceFile): string[] {
  const names = [...file.text.matchAll(specifier)].map((match) => (match[1] ?? match[2])!);
  return names.map((name) => (name.startsWith('.') ? posix.join(posix.dirname(file.path), name) : name));
}

export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path) || path.startsWith('test/');
const within = (path: string, folder: string) => path.startsWith(`${folder}/`);

function forbids(
  name: string,
  applies: (path: string) => boolean,
  forbidden: (imported: string, from: string) => boolean,
): Rule {
  return {
    name,
    check: (file) =>
      applies(file.path) && !isTest(file.path)
        ? importsOf(file).filter((imported) => forbidden(imported, file.path))
        : [],
  };
}

const moduleOf = (path: string) => /^src\/(?:modules\/\w+|platform)\/[\w-]+(?=\/)/.exec(path)?.[0];
/** Where features live: those of every record type, and those of modules. */
const holdsFeatures = (path: string) => within(path, 'src/modules') || within(path, 'src/platform');

/** Centring by half, from the left, is the same from the right. */
const physical_class =
  /(?<=[\s'"`:])-?(?:(?:m|p|scroll-m|scroll-p)[lr]-[\w[]|(?:left|right)-(?!1\/2|auto)[\d[(]|text-(?:left|right)\b|(?:border|rounded)-(?:[lr]|[tb][lr])\b|float-(?:left|right)\b)/g;

/** From the bottom up: each stands on those before it, and knows none beside or above it. */
const layers = [
  ['src/kernel'],
  ['src/platform'],
  ['src/modules/directory'],
  ['src/modules/mail'],
  ['src/modules/sales', 'src/modules/wealth', 'src/modules/desk'],
  ['src/modules/insight'],
  ['src/modules/index.ts', 'src/operations', 'src/cli', 'src/demo'],
];
const layerOf = (path: string): number =>
  layers.findIndex((folders) => folders.some((folder) => path === folder || within(path, folder)));
const productOf = (path: string): string | undefined => /^src\/modules\/\w+(?=\/)/.exec(path)?.[0];

const root = resolve(import.meta.dirname, '../..');
const typesOfModules = recordTypeNames(
  globSync('src/modules/**/contract.ts', { cwd: root }).map((path) => ({
    path,
    text: readFileSync(posix.join(root, path), 'utf8'),
  })),
);

export const rules: Rule[] = [
  forbids(
    'kernel, platform, directory, mail, {sales, wealth, desk}, insight: each imports only what comes before it',
    (path) => layerOf(path) >= 0 && layerOf(path) < layers.length - 1,
    (imported, from) =>
      layerOf(imported) > layerOf(from) ||
      (layerOf(imported) === layerOf(from) && productOf(imported) !== productOf(from)),
  ),
  {
    name: 'the kernel and the platform name no record type of a module',
    check: (file) =>
      ['src/kernel', 'src/platform'].some((folder) => within(file.path, folder)) &&
      !/\.(?:test|conformance)\.ts$/.test(file.path)
        ? namedRecordTypes(file, typesOfModules)
        : [],
  },
  forbids(
    'a module enters another by its index or its contract',
    holdsFeatures,
    (imported, from) =>
      moduleOf(imported) !== undefined &&
      moduleOf(imported) !== moduleOf(from) &&
      !/\/(index|contract)\.ts$/.test(imported),
  ),
  forbids(
    'the pages of the directory, and what every record type has, know no sales',
    (path) => ['web/modules/directory', 'web/platform', 'web/app', 'web/ui'].some((folder) => within(path, folder)),
    (imported) => within(imported, 'web/modules/sales') || within(imported, 'src/modules/sales'),
  ),
  forbids(
    'the shell of the page and its platform know no product',
    (path) => ['web/app', 'web/platform', 'web/ui', 'web/text'].some((folder) => within(path, folder)),
    (imported) => within(imported, 'web/modules'),
  ),
  forbids(
    'the platform of the page knows no shell',
    (path) => ['web/platform', 'web/ui', 'web/text'].some((folder) => within(path, folder)),
    (imported) => within(imported, 'web/app'),
  ),
  forbids(
    'web/main.tsx alone lists the products of the page',
    (path) => within(path, 'web') && path !== 'web/main.tsx',
    (imported) => /^web\/(?:app|modules)\/.*manifest\.ts$/.test(imported),
  ),
  forbids(
    'the page imports only contracts of the server',
    (path) => within(path, 'web'),
    (imported) =>
      within(imported, 'src') && !imported.endsWith('/contract.ts') && !within(imported, 'src/kernel/contract'),
  ),
  {
    name: 'only the files of the wire know how pg works inside',
    check: ({ path, text }) =>
      within(path, 'src') && !isTest(path) && !/^src\/kernel\/database\/(batch|pipeline|pg-utils\.d)\.ts$/.test(path)
        ? [...text.matchAll(/from 'pg(?:\/|-protocol|-pool)|extends pg\.|\{ processID: /g)].map((m) => m[0])
        : [],
  },
  {
    name: 'a contract imports Zod, contracts and lists of words, so that the page can have it',
    check: ({ path, text }) => {
      if (!path.endsWith('/contract.ts') && !within(path, 'src/kernel/contract')) return [];
      // Types are gone when the page is built.
      const kept = text.replace(/^import type [^;]+;/gm, '');
      return importsOf({ path, text: kept }).filter(
        (imported) =>
          imported !== 'zod' &&
          imported !== 'punycode/punycode.es6.js' &&
          !imported.endsWith('/contract.ts') &&
          !within(imported, 'src/kernel/contract') &&
          imported !== 'src/kernel/access/rights.ts' &&
          imported !== 'src/kernel/access/scope.ts',
      );
    },
  },
  {
    name: 'no SQL outside queries, the kernel and the operations',
    check: ({ path, text }) =>
      holdsFeatures(path) && /\/(routes|service|contract)\.ts$/.test(path) && /\bsql`/.test(text)
        ? ['an sql template']
        : [],
  },
  {
    name: 'no text put together into SQL',
    check: ({ path, text }) =>
      holdsFeatures(path) ? [...text.matchAll(/sql\.raw\((?!['"])[^)]*\$\{/g)].map((m) => m[0]) : [],
  },
  {
    name: 'no raw colours outside the tokens',
    check: ({ path, text }) =>
      within(path, 'web') && !path.endsWith('tokens.css') && !within(path, 'web/dist')
        ? [...text.matchAll(/#[0-9a-f]{6}\b|\b(?:rgb|hsl|oklch)a?\(/gi)].map((m) => m[0])
        : [],
  },
  {
    name: 'what reads from right to left is not laid out by left and right',
    check: ({ path, text }) =>
      within(path, 'web') && path.endsWith('.tsx') ? [...text.matchAll(physical_class)].map((m) => m[0]) : [],
  },
  {
    name: 'a part of the page that comes later has its words: lazyPart and lazyPage',
    check: ({ path, text }) =>
      within(path, 'web') &&
      path !== 'web/text/lazy.ts' &&
      // They have theirs from the beginning.
      !/^web\/(app\/home|modules\/identity)\/routes\.ts$/.test(path)
        ? [...text.matchAll(/\b(?:lazy|lazyRouteComponent)\(/g)].map((m) => m[0])
        : [],
  },
  {
    name: 'files stay readable: at most 600 lines',
    check: ({ text }) => {
      const lines = text.split('\n').length;
      return lines > 600 ? [`${lines} lines`] : [];
    },
  },
];

export function breaches(file: SourceFile): string[] {
  return rules.flatMap((rule) => rule.check(file).map((what) => `${file.path}: ${rule.name} (${what})`));
}

/**
 * The cycles in which files import each other, each as its files in their order. Types count as well, and so does what
 * is fetched later by `import()`: whoever reads one of such files has to read them all.
 */
export function importCycles(files: readonly SourceFile[]): string[][] {
  const known = new Set(files.map(({ path }) => path));
  const imports = new Map(
    files.map((file) => [file.path, importsOf(file).filter((imported) => known.has(imported))] as const),
  );
  const reaches = (from: string): Set<string> => {
    const reached = new Set<string>();
    const next = [from];
    for (let path = next.pop(); path !== undefined; path = next.pop())
      for (const imported of imports.get(path) ?? [])
        if (!reached.has(imported)) {
          reached.add(imported);
          next.push(imported);
        }
    return reached;
  };
  const reached = new Map([...known].map((path) => [path, reaches(path)]));
  const inCycles = [...known].filter((path) => reached.get(path)!.has(path));
  const cycles = Map.groupBy(inCycles, (path) =>
    inCycles.filter((other) => reached.get(path)!.has(other) && reached.get(other)!.has(path)).join(),
  );
  return [...cycles.values()].map((cycle) => cycle.toSorted());
}
