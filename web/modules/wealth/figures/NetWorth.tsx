import { t } from '../../../text/text.ts';
import { wholeMoney } from './amount.ts';
import { KeyFigures } from './Section.tsx';
import type { Holdings } from './useFigures.ts';

export function NetWorth({ of: { net_worth, currency } }: { of: Holdings }) {
  const said = (amount: string) => wholeMoney(amount, currency);
  return (
    <KeyFigures
      figures={[
        { label: t('Net worth'), value: said(net_worth.total) },
        { label: t('Managed'), value: said(net_worth.managed) },
        { label: t('Held away'), value: said(net_worth.held_away) },
        { label: t('Owed'), value: said(net_worth.liability) },
      ]}
    />
  );
}
