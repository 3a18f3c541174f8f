import { Problem } from '../../../../kernel/errors/problem.ts';
import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import { filePool, quickPool } from '../../../../kernel/parsing/pools.ts';
import { bySize } from '../../by-size.ts';
import type { MailOutcome, parse as parseAll } from './batch-parser.ts';
import type { ParsedMail } from './parse.ts';
import type { parse as readParts } from './part-parser.ts';

/** Above this a mail is read where whole files are. */
const quick_bytes_max = 256 * 1024;
/** So much of small mails is read at once. */
const batch_bytes_max = 1024 * 1024;

const limits = {
  seconds_max: 20,
  tooSlow: { code: 'takes_too_long', message: 'It takes too long to read' },
  tooLarge: { code: 'needs_too_much_memory', message: 'It takes too much memory to read' },
};
const batch = { module: new URL('./batch-parser.ts', import.meta.url), ...limits };
const together = quickPool.parser<typeof parseAll>(batch);
/** For whoever has something open meanwhile. */
const soon = quickPool.parser<typeof parseAll>({ ...batch, seconds_max: 5 });
const aside = filePool.parser<typeof parseAll>(batch);

/**
 * Reads raw mails in processes of their own: small ones together, because to hand one over takes as long as to read it.
 * Answers in their order what each says, or why it cannot be read.
 */
export async function parseMails(raws: readonly Uint8Array[], tenant_id: string): Promise<(ParsedMail | ParseError)[]> {
  const outcomes: (ParsedMail | ParseError)[] = [];
  for (const batch of bySize(raws, (raw) => raw.byteLength, batch_bytes_max))
    outcomes.push(...(await parseBatch(batch, tenant_id)));
  return outcomes;
}

/**
 * Reads small mails that can be read within seconds. Answers in their order what each says; undefined of those that are
 * large, and of those beside which one takes its parser's time or memory.
 */
export async function parseSoon(
  raws: readonly Uint8Array[],
  tenant_id: string,
): Promise<(ParsedMail | ParseError | undefined)[]> {
  const outcomes = new Array<ParsedMail | ParseError | undefined>(raws.length);
  const small = [...raws.entries()].filter(([, raw]) => raw.byteLength <= quick_bytes_max);
  for (const batch of bySize(small, ([, raw]) => raw.byteLength, batch_bytes_max)) {
    const read = await soon({ raws: batch.map(([, raw]) => raw) }, { tenant: tenant_id, caller: '' }).catch(
      (error: unknown) => {
        if (error instanceof Problem) throw error;
        return [];
      },
    );
    for (const [n, [at]] of batch.entries()) outcomes[at] = read[n] && ofOutcome(read[n]);
  }
  return outcomes;
}

async function parseBatch(raws: readonly Uint8Array[], tenant_id: string): Promise<(ParsedMail | ParseError)[]> {
  const by = { tenant: tenant_id, caller: '' };
  const alone = async (raw: Uint8Array) => {
    const [outcome] = await (raw.byteLength <= quick_bytes_max ? together : aside)({ raws: [raw] }, by);
    return ofOutcome(outcome!);
  };
  if (raws.length > 1)
    try {
      return (await together({ raws }, by)).map(ofOutcome);
    } catch (error) {
      // Whatever one of them does to the parser, the others are read: each by itself.
      if (error instanceof Problem) throw error;
    }
  const outcomes: (ParsedMail | ParseError)[] = [];
  for (const raw of raws) outcomes.push(await alone(raw).catch(ofError));
  return outcomes;
}

const ofOutcome = (outcome: MailOutcome): ParsedMail | ParseError =>
  'mail' in outcome ? outcome.mail : new ParseError(outcome.refused.code, outcome.refused.message);

/** What cannot be read today is not read tomorrow either; whatever else goes wrong is the caller's to try again. */
function ofError(error: unknown): ParseError {
  if (error instanceof ParseError) return error;
  throw error;
}

export const partsOfMail = filePool.parser<typeof readParts>({
  module: new URL('./part-parser.ts', import.meta.url),
  ...limits,
});
