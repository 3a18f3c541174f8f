import { filePool, quickPool } from '../../../../kernel/parsing/pools.ts';
import { type FileFormat, fileLimits, sample_bytes, sampleLimits } from '../../../../platform/import/index.ts';
import type { convert } from './converter.ts';
import type { parse } from './find-parser.ts';

const find = quickPool.parser<typeof parse>({ module: new URL('./find-parser.ts', import.meta.url), ...sampleLimits });
const convertAside = filePool.converter<typeof convert>({
  module: new URL('./converter.ts', import.meta.url),
  ...fileLimits,
});

/** Address books whose columns are known; in any other form a table stays as it is. */
export const addressBook: FileFormat = {
  bytes: sample_bytes,
  recognise: async (sample, { name, complete }, by) => {
    const found = await find({ sample, complete }, by);
    return found && ((body, put) => put({ name, csv: convertAside(found, by, body), source: found.product }));
  },
};
