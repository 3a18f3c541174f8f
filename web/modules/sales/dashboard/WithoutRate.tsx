import { Link } from '@tanstack/react-router';
import type { Money } from '../../../platform/record/money.ts';
import { inWords } from '../../../platform/record/Sums.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';

interface WithoutRateProps {
  /** Amounts that are in no figure. */
  amounts: readonly Money[];
  /** Amounts that are in no target. */
  targets?: readonly Money[];
}

/** Says how much a figure leaves out because nobody has said what its currency is worth, and where to say it. */
export function WithoutRate({ amounts, targets = [] }: WithoutRateProps) {
  const may = useMay();
  if (amounts.length === 0 && targets.length === 0) return null;
  return (
    <p role="note" className="mt-1 text-12 text-pretty text-muted">
      {amounts.length > 0 && (
        <>{t('Not included, because a rate is missing: {amounts}.', { amounts: inWords(amounts) })} </>
      )}
      {targets.length > 0 && (
        <>
          {t('Not counted towards the target, because a rate is missing: {amounts}.', {
            amounts: inWords(targets),
          })}{' '}
        </>
      )}
      {may('product', 'read') && (
        <Link to="/settings/$section" params={{ section: 'currency-rates' }} className="rounded-sm text-ink underline">
          {may('product', 'create') ? t('Set rates') : t('See the rates')}
        </Link>
      )}
    </p>
  );
}
