import { t } from '../../../text/text.ts';

const assetClasses: Readonly<Record<string, string>> = {
  cash: t('Cash'),
  equity: t('Equities'),
  fixed_income: t('Bonds'),
  multi_asset: t('Multi-asset'),
  real_estate: t('Real estate'),
  commodity: t('Commodities'),
  alternative: t('Alternatives'),
  crypto: t('Crypto'),
  other: t('Other'),
};
export const assetClassText = (assetClass: string | null): string =>
  assetClasses[assetClass ?? 'other'] ?? assetClass ?? '';
export const assetClassOptions = Object.entries(assetClasses).map(([value, label]) => ({ value, label }));
