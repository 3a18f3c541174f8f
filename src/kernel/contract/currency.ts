/**
 * Currencies whose minor unit is not a hundredth (ISO 4217). `app.currency_factor` in the database says the same; a
 * test compares them.
 */
const unusualDigits: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
]);

/**
 * Decimals of an amount in this currency. Those of Intl are what people use in cash: none for forints and Iraqi dinars.
 */
export const decimalsOf = (currency: string): number => unusualDigits[currency] ?? 2;
