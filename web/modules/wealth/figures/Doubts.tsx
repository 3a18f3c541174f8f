import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { namesInShort } from './amount.ts';
import type { Holding, Holdings } from './useFigures.ts';

export const holdingName = ({ security, currency }: Holding): string =>
  security?.name ?? t('Cash in {currency}', { currency });

interface DoubtsProps {
  of: Holdings;
  /** Accounts of which nothing is known, by name. */
  empty?: readonly string[];
}

/** What is unknown or old among the figures, by name, so that nobody takes a sum for all there is. */
export function Doubts({ of: { data }, empty = [] }: DoubtsProps) {
  const unknown = data.filter(({ value }) => value === null).map(holdingName);
  const stale = data.filter((holding) => holding.is_stale && holding.value !== null).map(holdingName);
  if (unknown.length + stale.length + empty.length === 0) return null;
  return (
    <Banner meaning="attention">
      {unknown.length > 0 && (
        <p>{t('No price for {names}. Left out of all totals.', { names: namesInShort(unknown) })}</p>
      )}
      {stale.length > 0 && <p>{t('Outdated price for {names}.', { names: namesInShort(stale) })}</p>}
      {empty.length > 0 && <p>{t('No transactions or positions yet for {names}.', { names: namesInShort(empty) })}</p>}
    </Banner>
  );
}
