import { posix } from 'node:path';
import { importsOf, isTest, type SourceFile } from '../boundaries/rules.ts';

/** They read the code or the texts instead of importing them, and take a moment. */
const always = ['test/boundaries/', 'test/docs/glossary', 'test/docs/names', 'test/generated', 'test/text/'];
/**
 * Tests of routes start the whole program, which imports everything: followed, each change would affect each test. Such
 * a test stands for the files of its folder instead, and for what those import.
 */
const isWhole = (path: string) =>
  path === 'src/app.ts' || path === 'src/modules/index.ts' || path.startsWith('test/harness/');
/** What every test builds on without importing it. */
const isGround = (path: string) => /^(db|bin)\/|^package(-lock)?\.json$|^tsconfig/.test(path);

const isTestFile = (path: string) => path.endsWith('.test.ts');
const isCode = (path: string) => /\.tsx?$/.test(path);
const folderOf = (path: string) => `${posix.dirname(path)}/`;

/**
 * The tests that these changes are most likely to break. Those that hold for everything, and the browser's, stay with
 * `npm test`.
 */
export function affectedTests(files: readonly SourceFile[], changed: readonly string[]): string[] {
  const texts = new Map(files.map((file) => [file.path, file]));
  const tests = [...texts.keys()].filter(isTestFile);
  if (changed.some((path) => isWhole(path) || isGround(path)))
    return tests.filter((test) => !test.startsWith('test/e2e/'));

  const inFolder = Map.groupBy(
    [...texts.keys()].filter((path) => !isTest(path)),
    folderOf,
  );
  const reads = (path: string): string[] => {
    const imported = importsOf(texts.get(path)!).filter((one) => texts.has(one) && !isWhole(one));
    return isTestFile(path) ? [...imported, ...(inFolder.get(folderOf(path)) ?? [])] : imported;
  };
  const reachedFrom = (test: string): Set<string> => {
    const reached = new Set([test]);
    for (const path of reached) for (const next of reads(path)) reached.add(next);
    return reached;
  };
  // What no module imports, such as a fixture, is read by tests of its folder or of one above.
  const besides = changed.filter((path) => !isCode(path)).map(folderOf);
  return tests.filter((test) => {
    if (always.some((prefix) => test.startsWith(prefix))) return true;
    if (besides.some((folder) => folder.startsWith(folderOf(test)))) return true;
    const reached = reachedFrom(test);
    return changed.some((path) => reached.has(path));
  });
}
