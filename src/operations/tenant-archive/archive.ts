import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { Problem } from '../../kernel/errors/problem.ts';
import { measure } from '../../kernel/files/file-store.ts';
import { nowhere } from './content.ts';
import { type Manifest, parseManifest } from './manifest.ts';

const manifest_bytes_max = 1024 ** 2;

export const refusal = (detail: string, cause?: unknown): Problem =>
  new Problem(422, 'archive_refused', 'The archive cannot be imported', detail, { cause });

/** What is read of a file's row before it is in the database. Its id becomes part of a path, so it must be one. */
const fileLine = z.object({
  id: z.uuid(),
  kind: z.string().regex(/^[a-z]+$/),
  name: z.string(),
  content_type: z.string(),
  size_bytes: z.int().min(0),
  sha256: z.string().regex(/^\\x[0-9a-f]{64}$/).transform((value) => value.slice(2)), // biome-ignore format: one rule
});
export type FileLine = z.output<typeof fileLine>;

export const tablePath = (name: string): [string, string] => ['tables', `${name}.jsonl`];

/** The lines of a table. A line ends with a line feed alone: in a text, U+2028 and U+2029 stand as they are. */
export async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const text of input.setEncoding('utf8')) {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest) yield rest;
}

export const filePath = (id: string): [string, string] => ['files', id];

/**
 * An exported workspace in a folder. Nothing in it can name a path: tables are known by name, files by their id, and
 * links are refused.
 */
export class Archive {
  readonly manifest: Manifest;
  private readonly folder: string;

  private constructor(folder: string, manifest: Manifest) {
    this.folder = folder;
    this.manifest = manifest;
  }

  static async open(folder: string): Promise<Archive> {
    const handle = await openPlainly(folder, 'manifest.json').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
      throw refusal(`${folder} has no manifest.json: it is no exported workspace, or its export did not end.`);
    });
    try {
      if ((await handle.stat()).size > manifest_bytes_max)
        throw refusal(`The manifest.json of ${folder} is too large.`);
      const manifest = parseManifest(await handle.readFile('utf8'));
      if ('problem' in manifest) throw refusal(`${folder} cannot be imported. ${manifest.problem}`);
      return new Archive(folder, manifest);
    } finally {
      await handle.close();
    }
  }

  /** Reads everything once and refuses what is not as the manifest says. */
  async verify(): Promise<void> {
    for (const [name, { sha256 }] of Object.entries(this.manifest.tables)) await this.check(tablePath(name), sha256);
    const files = { count: 0, size_bytes: 0 };
    for await (const { id, sha256, size_bytes } of this.files()) {
      await this.check(filePath(id), sha256);
      files.count++;
      files.size_bytes += size_bytes;
    }
    if (files.count !== this.manifest.files.count || files.size_bytes !== this.manifest.files.size_bytes)
      throw refusal('The archive holds other files than its manifest says. Make it again.');
  }

  async read(path: [string, string]): Promise<Readable> {
    const handle = await openPlainly(this.folder, ...path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
      throw refusal(`The archive lacks ${path.join('/')}. Copy it again, or make it again.`);
    });
    return handle.createReadStream();
  }

  /** The rows of the files, as far as their bytes ask for. */
  async *files(): AsyncGenerator<FileLine> {
    if (!this.manifest.tables.file) return;
    const input = await this.read(tablePath('file'));
    for await (const line of linesOf(input)) {
      const parsed = fileLine.safeParse(JSON.parse(line));
      if (!parsed.success)
        throw refusal(`tables/file.jsonl of the archive has a line that is no file: ${line.slice(0, 200)}`);
      yield parsed.data;
    }
  }

  private async check(path: [string, string], sha256: string): Promise<void> {
    const measured = measure(await this.read(path), Number.POSITIVE_INFINITY);
    await pipeline(measured.stream, nowhere());
    if (measured.result().sha256 !== sha256)
      throw refusal(`${path.join('/')} of the archive is damaged. Copy it again, or make it again.`);
  }
}

/** A plain file in plain folders: whatever a link pointed at, it would not be the archive's. */
async function openPlainly(folder: string, ...path: string[]): Promise<FileHandle> {
  for (const [i, name] of path.entries()) {
    const found = await lstat(join(folder, ...path.slice(0, i + 1)));
    if (i < path.length - 1 ? !found.isDirectory() : !found.isFile())
      throw refusal(
        `${path.slice(0, i + 1).join('/')} of the archive is no plain ${name === path.at(-1) ? 'file' : 'folder'}.`,
      );
  }
  return open(join(folder, ...path), constants.O_RDONLY | constants.O_NOFOLLOW);
}
