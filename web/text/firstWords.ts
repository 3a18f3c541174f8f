import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import type { Plugin } from 'vite';
import { titled } from './names.ts';

/** Where one comes in. */
const homeEntries = ['web/main.tsx', 'web/app/home/HomePage.tsx', 'web/modules/*/home/home.ts'];
const entries = [...homeEntries, 'web/modules/identity/*Page.tsx'];
const imported = /(?:^|[\s;])(?:import|export)\s(?!type\s)(?:[^'"();]*?\sfrom\s)?['"](\.[^'"]+\.tsx?)['"]/g;
const literal = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\$]|\\.)*)`/g;

/**
 * Of a catalogue that is asked for with `?first`, the words of what comes with the first view: all that its modules could say. `beside` matches other
 * modules that the build puts there.
 */
export function firstWords(root: string, beside: RegExp): Plugin {
  let said: Set<string> | undefined;
  return {
    name: 'holdfast:first-words',
    enforce: 'pre',
    transform(code, id) {
      if (!/\/de\/\w+\.json\?first$/.test(id)) return null;
      said ??= textsIn(root, modulesOfFirstView(root, beside));
      const words = Object.entries(JSON.parse(code)).filter(([english]) => said!.has(english));
      return { code: `export default ${JSON.stringify(Object.fromEntries(words))}`, moduleType: 'js', map: null };
    },
  };
}

/** What the page needs at once where it begins with the home page. */
export const homeModules = (root: string): string[] =>
  reached(root, globSync(homeEntries, { cwd: root })).filter((path) => path.startsWith('web/'));

function modulesOfFirstView(root: string, beside: RegExp): string[] {
  const others = globSync('web/**/*.{ts,tsx}', { cwd: root, exclude: ['web/dist/**', '**/*.test.ts'] });
  return reached(root, [...globSync(entries, { cwd: root }), ...others.filter((path) => beside.test(path))]);
}

/** These modules and all that they import, as paths from the root, with the contracts of record types that are among them. */
function reached(root: string, paths: readonly string[]): string[] {
  const found = new Set(paths);
  for (const path of found) {
    // Of the server there is but what contracts say of fields.
    if (path.startsWith('src/')) continue;
    for (const [, name] of read(root, path).matchAll(imported)) found.add(posix.join(posix.dirname(path), name!));
  }
  return [...found];
}

/** All texts in the sources of modules. What a field of a contract can be is said as one reads it: `in_repair` as "In repair". */
function textsIn(root: string, modules: readonly string[]): Set<string> {
  return new Set(
    modules.flatMap((path) => {
      const texts = [...read(root, path).matchAll(literal)].map(([, single, double, template]) =>
        (single ?? double ?? template ?? '').replace(/\\(.)/gs, '$1'),
      );
      return path.startsWith('src/') ? [...texts, ...texts.map(titled)] : texts;
    }),
  );
}

const read = (root: string, path: string) => readFileSync(posix.join(root, path), 'utf8');
