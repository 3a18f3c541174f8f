import { type FileFormat, withoutEnding } from '../../../platform/import/index.ts';
import { convertCards, isCards } from '../vcard/index.ts';

/** vCard files, of any program. */
export const cards: FileFormat = {
  bytes: 64,
  recognise: (start, { name }) =>
    isCards(start)
      ? (body, put, by) => put({ name: `${withoutEnding(name, '.vcf', '.vcard')}.csv`, csv: convertCards(body, by) })
      : undefined,
};
