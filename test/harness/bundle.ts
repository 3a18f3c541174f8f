import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/**
 * Bundles test files; each bundle runs in one process. Loading and warming up the program takes two seconds of
 * processor time, and most files less for their tests. Within a bundle the files run one after another, each as a suite
 * with its own hooks.
 */

/**
 * In bytes of their files. Towards the end they become smaller, so that no processor is left without work for long: a
 * fifth of what is left.
 */
const bundle_bytes = { least: 60_000, most: 160_000 };
const share_of_rest = 1 / 5;
/** Files that measure the memory of their process or change the process itself. */
const alone = ['src/operations/tenant-archive/running.test.ts', 'src/platform/import/read.test.ts'];

/** Cleans up what the files of a bundle share, such as a browser, after the last of them. */
const endings: (() => Promise<void>)[] = [];
export const atEndOfBundle = (end: () => Promise<void>) => void endings.push(end);
export const endBundle = async () => {
  for (const end of endings.splice(0)) await end();
  if (importFailed) setTimeout(() => process.exit(1), leftover_ms_max).unref();
};

/** Long enough for the results to be written. */
const leftover_ms_max = 500;
let importFailed = false;

/**
 * Without its tests and hooks, nobody closes what a file that cannot be imported has opened by then, such as the page's
 * BroadcastChannel: the process would go on until the time limit.
 */
export async function importFile(file: string): Promise<void> {
  try {
    await import(file);
  } catch (error) {
    importFailed = true;
    throw error;
  }
}

/**
 * What a test defines or sets is there for all of its process: record types, and how the page writes numbers and times.
 */
const changesProcess =
  /from '[^']*(?:fixtures\/[^']*|record-types)\.ts'|\bdefineResource\(|\bdeclareProducts\(|\bsetFormat\(/;

/** Keeps the order of the files. */
export function bundlesOf(root: string, files: string[]): string[][] {
  const read = files.map((file) => ({ file, source: readFileSync(file, 'utf8') }));
  const bundles: string[][] = [];
  let left = read.reduce((sum, { source }) => sum + source.length, 0);
  let room = 0;
  for (const { file, source } of read) {
    const isAlone = alone.includes(relative(root, file)) || changesProcess.test(source);
    if (isAlone || source.length > room) {
      bundles.push([]);
      room = isAlone ? 0 : Math.min(bundle_bytes.most, Math.max(bundle_bytes.least, left * share_of_rest));
    }
    bundles.at(-1)!.push(file);
    room -= source.length;
    left -= source.length;
  }
  return bundles;
}

export interface Bundle {
  files: string[];
  /** The path of a module for Node's test runner that runs them. */
  module: string;
}

/** Writes the modules of bundles for as long as `work` needs them. */
export async function withBundles<Result>(
  root: string,
  bundles: string[][],
  work: (bundles: Bundle[]) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bundles-'));
  try {
    return await work(
      bundles.map((files, at) => ({ files, module: writeBundle(root, join(folder, `${at}.test.mjs`), files) })),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeBundle(root: string, path: string, files: string[]): string {
  const suites = files.map((file) => {
    const name = JSON.stringify(relative(root, file));
    return `suite(${name}, () => importFile(${JSON.stringify(file)}));`;
  });
  writeFileSync(
    path,
    `import { after, suite } from 'node:test';
import { endBundle, importFile } from ${JSON.stringify(import.meta.filename)};
after(endBundle);
${suites.join('\n')}
`,
  );
  return path;
}
