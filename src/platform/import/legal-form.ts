import { normalise } from './normalise.ts';

/** As `normalise` leaves them. */
const legalForms: ReadonlySet<string> = new Set(
  `ab ag aps as bv co company corp corporation doo eg ek ev gbr ggmbh gmbh inc incorporated kft kg kgaa limited llc llp lp ltd mbh nv ohg ou oy
  oyj plc pte pty sa sarl sas se sl spa srl sro ug und and zrt`.split(/\s+/),
);

/** What is left of a company's name for comparing it: `Müller & Co. KG`, `MÜLLER GmbH` and `Muller` give the same. */
export function withoutLegalForm(name: string): string {
  const words = name
    .replace(/(?<=\b\p{L})\./gu, '')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .map(normalise)
    .filter((word) => word !== '');
  let end = words.length;
  while (end > 1 && legalForms.has(words[end - 1]!)) end--;
  return words.slice(0, end).join('');
}
