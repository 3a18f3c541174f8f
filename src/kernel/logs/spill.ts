import { appendFileSync, mkdirSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { uuidV7 } from '../database/uuid.ts';
import { isRunning } from '../is-running.ts';
import type { LogLine } from './line.ts';

const file_bytes_max = 8 * 1024 * 1024;
const waiting_bytes_max = 1024 * 1024 * 1024;
/** After this long without a write, a file of another machine belongs to a process that is gone. */
const abandoned_ms = 120_000;

/**
 * Lines that wait on disk until the store takes them: files of one line each row, in a folder that the processes of an
 * installation may share. A process writes to `<host>.<pid>.<id>.open`, and renames the file when it writes no more to
 * it. Anybody may send what is renamed, because the store ignores lines that it has.
 */
export class Spill {
  private readonly folder: string;
  private readonly owner = `${hostname().replace(/[^\w-]/g, '_')}.${process.pid}`;
  private file = '';
  private bytes = 0;
  private total = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Returns whether there was room for them. */
  async write(lines: readonly LogLine[]): Promise<boolean> {
    const text = this.textFor(lines);
    if (text === undefined) return false;
    await mkdir(this.folder, { recursive: true });
    try {
      await appendFile(this.open(), text, { mode: 0o600 });
    } catch (error) {
      // A full disk may have taken half a row, which must not become the beginning of the next.
      await this.finish();
      throw error;
    }
    await this.added(text);
    return true;
  }

  /** At the end of the process, when nothing else can run. */
  writeNow(lines: readonly LogLine[]): void {
    const text = this.textFor(lines);
    if (text === undefined) return;
    mkdirSync(this.folder, { recursive: true });
    appendFileSync(this.open(), text, { mode: 0o600 });
  }

  /** Hands over all that waits, file by file; what was sent is removed. */
  async drain(send: (lines: LogLine[]) => Promise<void>): Promise<void> {
    await this.finish();
    for (const name of await this.finished()) {
      const path = join(this.folder, name);
      const text = await readFile(path, 'utf8').catch(missingIsEmpty);
      if (text !== undefined) await send(linesIn(text));
      await rm(path, { force: true });
    }
    this.total = 0;
  }

  private textFor(lines: readonly LogLine[]): string | undefined {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    return this.total + text.length > waiting_bytes_max ? undefined : text;
  }

  private open(): string {
    if (this.file === '') this.file = join(this.folder, `${this.owner}.${uuidV7()}.open`);
    return this.file;
  }

  private async added(text: string): Promise<void> {
    this.bytes += text.length;
    this.total += text.length;
    if (this.bytes >= file_bytes_max) await this.finish();
  }

  /** Nothing is appended to a file once it is renamed. */
  private async finish(): Promise<void> {
    if (this.file === '') return;
    const path = this.file;
    this.file = '';
    this.bytes = 0;
    await rename(path, finishedName(path)).catch(missingIsEmpty);
  }

  private async finished(): Promise<string[]> {
    const names: string[] = [];
    for (const name of (await readdir(this.folder).catch(missingIsEmpty)) ?? []) {
      const path = join(this.folder, name);
      if (name.endsWith('.lines')) names.push(name);
      else if (name.endsWith('.open') && (await this.isAbandoned(name, path))) {
        await rename(path, finishedName(path)).catch(missingIsEmpty);
        names.push(finishedName(name));
      }
    }
    return names.sort();
  }

  private async isAbandoned(name: string, path: string): Promise<boolean> {
    const [host, pid] = name.split('.');
    if (path === this.file) return false;
    if (this.owner.startsWith(`${host}.`) && !isRunning(Number(pid))) return true;
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    return Date.now() - mtimeMs > abandoned_ms;
  }
}

const finishedName = (open: string): string => open.replace(/\.open$/, '.lines');

function missingIsEmpty(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** A process that was killed may have left half a row at the end. */
function linesIn(text: string): LogLine[] {
  const lines: LogLine[] = [];
  for (const row of text.split('\n')) {
    if (row === '') continue;
    try {
      lines.push(JSON.parse(row) as LogLine);
    } catch {}
  }
  return lines;
}
