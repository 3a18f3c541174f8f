import type { Readable } from 'node:stream';
import { invalidField } from '../../kernel/errors/problem.ts';
import type { Claimant } from '../../kernel/fairness/fair-lane.ts';
import { ParseError } from '../../kernel/parsing/parse-error.ts';
import { filePool, quickPool } from '../../kernel/parsing/pools.ts';
import type { Actor } from '../../kernel/tenancy/context.ts';
import type { FoundBook } from './address-book/convert.ts';
import type { convert as convertBook } from './address-book/converter.ts';
import type { parse as findBook } from './address-book/find-parser.ts';
import type { AnalysedFile, FileToAnalyse, SavedColumns } from './analyse.ts';
import type { parse as analyse } from './analyse-parser.ts';
import { analysisTarget, type ImportTarget } from './target.ts';

/** For the first megabytes of files, each of which takes a part of a second. */
const sample_seconds_max = 20;
const file_seconds_max = 300;

const tooSlow = (seconds: number) => ({
  code: 'takes_too_long',
  message: `The file takes longer than ${seconds} seconds to read. Save it again as a plain table, or split it.`,
});
const tooLarge = {
  code: 'needs_too_much_memory',
  message: 'The file needs too much memory to be read. Save it again as a plain table, or split it.',
};

const analyseAside = quickPool.parser<typeof analyse>({
  module: new URL('./analyse-parser.ts', import.meta.url),
  seconds_max: sample_seconds_max,
  tooSlow: tooSlow(sample_seconds_max),
  tooLarge,
});

const findBookAside = quickPool.parser<typeof findBook>({
  module: new URL('./address-book/find-parser.ts', import.meta.url),
  seconds_max: sample_seconds_max,
  tooSlow: tooSlow(sample_seconds_max),
  tooLarge,
});

const convertBookAside = filePool.converter<typeof convertBook>({
  module: new URL('./address-book/converter.ts', import.meta.url),
  seconds_max: file_seconds_max,
  tooSlow: tooSlow(file_seconds_max),
  tooLarge,
});

export const claimantOf = ({ tenant_id, user_id }: Pick<Actor, 'tenant_id' | 'user_id'>): Claimant => ({
  tenant: tenant_id,
  caller: user_id ?? '',
});

/** As `analyse` does, in another process. */
export async function analyseFiles(
  files: FileToAnalyse[],
  targets: readonly ImportTarget[],
  saved: readonly SavedColumns[],
  by: Claimant,
): Promise<AnalysedFile[]> {
  if (files.length === 0) return [];
  try {
    return await analyseAside({ files, targets: targets.map(analysisTarget), saved }, by);
  } catch (error) {
    throw error instanceof ParseError ? invalidField('file', error.code, error.message) : error;
  }
}

/** Which address book wrote a file, by its first bytes; undefined for any other file. */
export const addressBookOf = (sample: Uint8Array, complete: boolean, by: Claimant): Promise<FoundBook | undefined> =>
  findBookAside({ sample, complete }, by);

export const convertAddressBook = (body: Readable, found: FoundBook, by: Claimant): AsyncIterable<Uint8Array> =>
  convertBookAside(found, by, body);
