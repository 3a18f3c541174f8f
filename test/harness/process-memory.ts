import { open, readdir, readFile } from 'node:fs/promises';

const chunk_bytes = 8 * 1024 * 1024;
/** What is looked for may lie across two chunks. */
const overlap_bytes = 256;

/** A process and all that it has started. */
export async function processesOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // The name of a process, in brackets, may hold anything.
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const found = [pid];
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child);
  return found;
}

/**
 * What a process has in its memory and may write to, in chunks that overlap. Without `shared`, what it
 * shares with others is left out: they have the same.
 */
export async function* memoryOf(pid: number, { shared }: { shared: boolean }): AsyncGenerator<Buffer> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8').catch(ended);
  const memory = await open(`/proc/${pid}/mem`, 'r').catch(ended);
  if (maps === undefined || memory === undefined) return;
  try {
    for (const line of maps.split('\n')) {
      const [, from, to, access] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(line) ?? [];
      if (!access?.startsWith('rw') || (access.endsWith('s') && !shared)) continue;
      const end = Number(`0x${to}`);
      for (let at = Number(`0x${from}`); at < end; at += chunk_bytes - overlap_bytes) {
        const bytes = Buffer.alloc(Math.min(chunk_bytes, end - at));
        const { bytesRead } = await memory.read(bytes, 0, bytes.length, at).catch(nothingThere);
        if (bytesRead > 0) yield bytes.subarray(0, bytesRead);
      }
    }
  } finally {
    await memory.close();
  }
}

/** A process that has ended meanwhile has no memory. */
function ended(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
}

/** The process may have given the memory back meanwhile, and some of a file has no memory behind it. */
function nothingThere(error: NodeJS.ErrnoException): { bytesRead: number } {
  if (error.code === 'EIO' || error.code === 'EFAULT') return { bytesRead: 0 };
  throw error;
}
