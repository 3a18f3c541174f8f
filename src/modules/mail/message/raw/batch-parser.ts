import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import { type ParsedMail, parse as parseOne } from './parse.ts';

/** What one of several mails says, or why it cannot be read. */
export type MailOutcome = { mail: ParsedMail } | { refused: { code: string; message: string } };

export async function parse({ raws }: { raws: readonly Uint8Array[] }): Promise<MailOutcome[]> {
  const outcomes: MailOutcome[] = [];
  for (const raw of raws) outcomes.push(await parseOne({ raw }).then((mail) => ({ mail }), refusalOf));
  return outcomes;
}

/** A mail at which the parser itself fails does so again, and is no reason not to read the others. */
function refusalOf(error: unknown): MailOutcome {
  if (error instanceof ParseError) return { refused: { code: error.code, message: error.message } };
  return { refused: { code: 'parser_failed', message: `The program that reads mails failed at it (${error})` } };
}
