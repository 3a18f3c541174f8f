import { invalidField } from '../../kernel/errors/problem.ts';
import type { Claimant } from '../../kernel/fairness/fair-lane.ts';
import { ParseError } from '../../kernel/parsing/parse-error.ts';
import { quickPool } from '../../kernel/parsing/pools.ts';
import type { Actor } from '../../kernel/tenancy/context.ts';
import type { AnalysedFile, FileToAnalyse, SavedColumns } from './analyse.ts';
import type { parse as analyse } from './analyse-parser.ts';
import { analysisTarget, type ImportTarget } from './target.ts';

const limitsOf = (seconds_max: number) => ({
  seconds_max,
  tooSlow: {
    code: 'takes_too_long',
    message: `The file takes longer than ${seconds_max} seconds to read. Save it again as a plain table, or split it.`,
  },
  tooLarge: {
    code: 'needs_too_much_memory',
    message: 'The file needs too much memory to be read. Save it again as a plain table, or split it.',
  },
});
/** For the first megabytes of files, each of which takes a part of a second. */
export const sampleLimits = limitsOf(20);
/** For a whole file. */
export const fileLimits = limitsOf(300);

const analyseAside = quickPool.parser<typeof analyse>({
  module: new URL('./analyse-parser.ts', import.meta.url),
  ...sampleLimits,
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
