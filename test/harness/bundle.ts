import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/**
 * Bundles of test files, each bundle for one process. Loading and warming up the program takes two seconds of processor time, most files less
 * for their tests. Within a bundle the files run one after the other, each as a suite with its own hooks.
 */

const bundle_bytes_max = 48_000;
/** A file has no more; a bundle has this for each of its files. */
export const file_minutes_max = 5;
/** They measure the memory of their process or change the process itself. */
const alone = ['src/operations/tenant-archive/running.test.ts', 'src/modules/directory/import/read.test.ts'];

/** What the files of a bundle share, such as a browser, ends after the last of them. */
const endings: (() => Promise<void>)[] = [];
export const atEndOfBundle = (end: () => Promise<void>) => void endings.push(end);
export const endBundle = async () => {
  for (const end of endings.splice(0)) await end();
};

/** Keeps the order of the files. */
export function bundlesOf(root: string, files: string[]): string[][] {
  const bundles: string[][] = [];
  let room = 0;
  for (const file of files) {
    // Those of the page set formats and texts for their process as they load.
    const isAlone = alone.includes(relative(root, file)) || relative(root, file).startsWith('web/');
    const bytes = isAlone ? bundle_bytes_max : readFileSync(file).byteLength;
    if (bytes > room) {
      bundles.push([]);
      room = bundle_bytes_max;
    }
    bundles.at(-1)!.push(file);
    room -= bytes;
  }
  return bundles;
}

/** Writes a module per bundle for Node's test runner and hands `work` their paths. */
export async function withBundles<Result>(
  root: string,
  bundles: string[][],
  work: (modules: string[]) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bundles-'));
  try {
    return await work(bundles.map((files, at) => writeBundle(root, join(folder, `${at}.test.mjs`), files)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeBundle(root: string, path: string, files: string[]): string {
  const suites = files.map((file) => {
    const name = JSON.stringify(relative(root, file));
    return `suite(${name}, { timeout: ${file_minutes_max * 60_000} }, async () => void (await import(${JSON.stringify(file)})));`;
  });
  writeFileSync(
    path,
    `import { after, suite } from 'node:test';
import { endBundle } from ${JSON.stringify(import.meta.filename)};
after(endBundle);
${suites.join('\n')}
`,
  );
  return path;
}
