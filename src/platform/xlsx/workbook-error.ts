import { ParseError } from '../../kernel/parsing/parse-error.ts';

export const workbookTooLarge = (what: string) => ({
  code: 'workbook_too_large',
  message: `${what} Save the sheets as CSV and import those, or split the workbook.`,
});

export function tooLarge(what: string): ParseError {
  const { code, message } = workbookTooLarge(what);
  return new ParseError(code, message);
}
