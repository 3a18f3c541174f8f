import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const form = /^[0-9a-f]{7,64}$/;

/**
 * The commit that this program was made from: the image says it, else the checkout that it runs from; null when neither
 * does.
 */
export async function readCommit(env: NodeJS.ProcessEnv): Promise<string | null> {
  if (env.HOLDFAST_COMMIT) return form.test(env.HOLDFAST_COMMIT) ? env.HOLDFAST_COMMIT : null;
  try {
    return await checkedOut();
  } catch {
    return null;
  }
}

async function checkedOut(): Promise<string | null> {
  const dot = join(root, '.git');
  const read = async (file: string) => (await readFile(file, 'utf8')).trim();
  // A second work tree has a file there that names its directory, which names the one that it shares.
  const own = (await stat(dot)).isDirectory() ? dot : resolve(root, (await read(dot)).replace(/^gitdir: /, ''));
  const shared = await read(join(own, 'commondir')).then(
    (dir) => resolve(own, dir),
    () => own,
  );
  const head = await read(join(own, 'HEAD'));
  const [, name] = /^ref: (refs\/.*)$/.exec(head) ?? [];
  if (!name) return form.test(head) ? head : null;
  const loose = await read(join(shared, name)).catch(() => '');
  if (form.test(loose)) return loose;
  const packed = await read(join(shared, 'packed-refs'));
  const line = packed.split('\n').find((each) => each.endsWith(` ${name}`));
  return line ? line.split(' ')[0]! : null;
}
