import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';

const base64_characters_min = 8;

/** Words as they might stand somewhere: as they are, in hexadecimal, and in base64 at each offset. */
export const formsOf = (words: readonly string[]): string[] =>
  words.flatMap((word) => {
    const bytes = Buffer.from(word);
    const base64 = [0, 1, 2].map((offset) =>
      Buffer.concat([Buffer.alloc(offset), bytes])
        .toString('base64')
        .slice(offset === 0 ? 0 : 4, -4),
    );
    return [word, bytes.toString('hex'), ...base64.filter(({ length }) => length >= base64_characters_min)];
  });

export const namedIn = (place: string, text: string | Buffer, forms: readonly string[]): string[] => {
  const bytes = Buffer.from(text as string);
  return forms.filter((form) => bytes.includes(form)).map((form) => `${place}: ${form}`);
};

/** Every file below a folder in which one of the forms stands; some go while they are read. */
export const filesWith = (folder: string, forms: readonly string[], except?: RegExp): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const bytes = except?.test(path) ? undefined : readIfThere(path);
      return bytes ? namedIn(path, bytes, forms) : [];
    });

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** All that a Redis holds. */
export async function dumpOf(url: string): Promise<Buffer> {
  const link = new Redis(url);
  const keys = await link.keys('*');
  assert.ok(keys.length > 0);
  const values = await Promise.all(keys.map((key) => link.dumpBuffer(key)));
  link.disconnect();
  return Buffer.concat([Buffer.from(keys.join('\n')), ...values.filter((value) => value !== null)]);
}
