import { filePool, quickPool } from '../../../../kernel/parsing/pools.ts';
import type { ParsedMail, parse } from './parse.ts';
import type { parse as readPart } from './part-parser.ts';

/** Above this a mail is read where whole files are. */
const quick_bytes_max = 256 * 1024;

const limits = {
  seconds_max: 20,
  tooSlow: { code: 'takes_too_long', message: 'It takes too long to read' },
  tooLarge: { code: 'needs_too_much_memory', message: 'It takes too much memory to read' },
};
const module = new URL('./parse.ts', import.meta.url);
const quickly = quickPool.parser<typeof parse>({ module, ...limits });
const aside = filePool.parser<typeof parse>({ module, ...limits });

/** Reads a raw mail in a process of its own. */
export const parseMail = (raw: Uint8Array, tenant_id: string): Promise<ParsedMail> =>
  (raw.byteLength <= quick_bytes_max ? quickly : aside)({ raw }, { tenant: tenant_id, caller: '' });

export const partOfMail = filePool.parser<typeof readPart>({
  module: new URL('./part-parser.ts', import.meta.url),
  ...limits,
});
