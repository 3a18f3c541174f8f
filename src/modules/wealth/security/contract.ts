import { z } from 'zod';
import {
  currency,
  custom,
  integer,
  requiredSelect,
  requiredText,
  shapedText,
  text,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { isCusip, isFigi, isIsin, isSedol } from '../security-identifier/contract.ts';

const assetClasses = [
  'cash', 'equity', 'fixed_income', 'multi_asset', 'real_estate', 'commodity', 'alternative', 'crypto', 'other',
] as const; // biome-ignore format: a list of words

/** A number with a check digit, in capitals. */
const identifier = (title: string, length: number, fits: (id: string) => boolean, headers: readonly string[]) =>
  shapedText(
    z
      .string()
      .trim()
      .max(length, { abort: true })
      .overwrite((id) => id.toUpperCase())
      .refine(fits, { error: `This is no ${title}: its check digit does not fit` })
      .nullable(),
    { title, byCodePoint: true, headers, answered: z.string().nullable() },
  );

/** What accounts hold: a share, a bond, a fund. Everybody of the workspace has the same. */
export const security = defineResource({
  name: 'financial_security',
  plural: 'securities',
  table: 'financial_security',
  title: 'security',
  defaultSort: 'name',
  imported: true,
  fields: {
    external_id: text(200, { title: 'External ID', byCodePoint: true }),
    name: requiredText(200, { title: 'Name', headers: ['security', 'description', 'wertpapier', 'bezeichnung'] }),
    asset_class: requiredSelect(assetClasses, { title: 'Asset class', headers: ['class', 'anlageklasse'] }),
    ticker: text(20, { title: 'Ticker', byCodePoint: true, headers: ['symbol'] }),
    isin: identifier('ISIN', 12, isIsin, ['isin code']),
    cusip: identifier('CUSIP', 9, isCusip, ['cusip number']),
    sedol: identifier('SEDOL', 7, isSedol, ['sedol code']),
    figi: identifier('FIGI', 12, isFigi, ['bbgid']),
    currency: currency({ title: 'Currency' }),
    price_units: integer({ min: 1, max: 1_000_000 }, { title: 'Units that a price is of' }),
    price_days: integer({ min: 1, max: 400 }, { title: 'Days until a price is stale' }),
    custom: custom(),
  },
});
