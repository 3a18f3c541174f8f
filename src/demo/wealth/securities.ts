/** What clients of the demo hold. Names and numbers are made up, apart from Bitcoin's; check digits follow. */
export interface Security {
  name: string;
  asset_class: string;
  ticker: string | null;
  currency: string;
  /** What it costs today, and its growth, swing and yield of a year. */
  price: number;
  growth: number;
  swing: number;
  yield: number;
  pays?: 'dividend' | 'interest';
  /** A price is that of so many units. */
  units?: number;
  /** Told at the end of quarters only, and so many of the last ones not yet. */
  quarterly?: number;
}

const usd = (
  name: string,
  asset_class: string,
  ticker: string | null,
  price: number,
  growth: number,
  swing: number,
  paid: number,
  more: Partial<Security> = {},
): Security => ({ name, asset_class, ticker, currency: 'USD', price, growth, swing, yield: paid, ...more });

export const securities: readonly Security[] = [
  usd('Meridian US Total Market ETF', 'equity', 'MUTM', 318.42, 0.094, 0.16, 0.013),
  usd('Meridian International Developed ETF', 'equity', 'MIDE', 78.15, 0.061, 0.15, 0.029),
  usd('Meridian Emerging Markets ETF', 'equity', 'MEMK', 52.08, 0.048, 0.19, 0.027),
  usd('Granite Small Cap Value ETF', 'equity', 'GSCV', 104.77, 0.075, 0.2, 0.018),
  usd('Granite Dividend Growers ETF', 'equity', 'GDGR', 88.34, 0.082, 0.13, 0.024),
  usd('Harbor Technology Index ETF', 'equity', 'HTIX', 241.9, 0.14, 0.22, 0.006),
  usd('Alderway Software Inc.', 'equity', 'ALDW', 187.6, 0.12, 0.3, 0),
  usd('Brightwater Foods Co.', 'equity', 'BWFD', 64.12, 0.05, 0.17, 0.031),
  usd('Calder Medical Devices Inc.', 'equity', 'CMDI', 132.45, 0.08, 0.23, 0.011),
  usd('Northgate Energy Corp.', 'equity', 'NGEC', 97.2, 0.04, 0.26, 0.036),
  usd('Ostrander Semiconductor Inc.', 'equity', 'OSTR', 402.3, 0.18, 0.36, 0.003),
  usd('Pemberton Street Bancorp', 'equity', 'PSBC', 58.7, 0.055, 0.22, 0.033),
  usd('Quillon Pharmaceuticals Inc.', 'equity', 'QLLN', 76.9, 0.03, 0.28, 0.022),
  usd('Stonebridge Industrials Inc.', 'equity', 'STBI', 149.05, 0.085, 0.21, 0.017),
  usd('Meridian Aggregate Bond ETF', 'fixed_income', 'MAGB', 74.36, 0.004, 0.055, 0.034),
  usd('Granite Short-Term Treasury ETF', 'fixed_income', 'GSTT', 58.91, 0.002, 0.018, 0.036),
  usd('Harbor Municipal Bond Fund', 'fixed_income', 'HMUNX', 11.24, 0.002, 0.045, 0.029),
  usd('Harbor Inflation-Protected Securities Fund', 'fixed_income', 'HIPSX', 10.87, 0.006, 0.05, 0.031),
  usd('US Treasury Note 4.125% 2033', 'fixed_income', null, 99.4063, 0.001, 0.05, 0.0415, {
    pays: 'interest',
    units: 100,
  }),
  usd('Massachusetts General Obligation 4% 2031', 'fixed_income', null, 102.115, 0.001, 0.04, 0.039, {
    pays: 'interest',
    units: 100,
  }),
  usd('Granite Global Real Estate ETF', 'real_estate', 'GGRE', 43.55, 0.035, 0.17, 0.038),
  usd('Harbor Gold Trust', 'commodity', 'HGLD', 261.3, 0.085, 0.14, 0),
  usd('Meridian Target Retirement 2035 Fund', 'multi_asset', 'MTRTX', 27.18, 0.06, 0.1, 0.024),
  usd('Meridian Target Retirement 2045 Fund', 'multi_asset', 'MTRFX', 31.64, 0.072, 0.13, 0.02),
  usd('Meridian 60/40 Benchmark Index', 'multi_asset', 'M6040', 1842.5, 0.071, 0.1, 0),
  usd('Harbor Government Money Market Fund', 'cash', 'HGMXX', 1, 0, 0, 0.041),
  usd('Harbor Lane Private Equity Fund III', 'alternative', null, 1368.2, 0.11, 0.12, 0, { quarterly: 0 }),
  usd('Kestrel Ridge Private Credit Fund', 'alternative', null, 1041.75, 0.02, 0.03, 0, { quarterly: 2 }),
  usd('Bitcoin', 'crypto', 'BTC', 91_240, 0.4, 0.55, 0),
  {
    name: 'Europa Large Cap UCITS ETF',
    asset_class: 'equity',
    ticker: 'EULC',
    currency: 'EUR',
    price: 64.92,
    growth: 0.066,
    swing: 0.16,
    yield: 0.027,
  },
  {
    name: 'Helvetia Quality Equity Fund',
    asset_class: 'equity',
    ticker: 'HVQE',
    currency: 'CHF',
    price: 189.4,
    growth: 0.058,
    swing: 0.13,
    yield: 0.024,
  },
];

/** Parts of a portfolio by ticker; what is left is cash. */
export const models: readonly { name: string; parts: Readonly<Record<string, number>> }[] = [
  {
    name: 'growth',
    parts: { MUTM: 0.36, MIDE: 0.16, MEMK: 0.07, GSCV: 0.08, HTIX: 0.1, MAGB: 0.12, GGRE: 0.05, HGLD: 0.03 },
  },
  {
    name: 'balanced',
    parts: { MUTM: 0.27, MIDE: 0.12, GDGR: 0.1, MAGB: 0.24, GSTT: 0.1, HIPSX: 0.08, GGRE: 0.04, HGMXX: 0.03 },
  },
  { name: 'income', parts: { GDGR: 0.2, BWFD: 0.05, PSBC: 0.05, HMUNX: 0.28, MAGB: 0.18, GSTT: 0.12, HGMXX: 0.1 } },
  {
    name: 'shares',
    parts: { ALDW: 0.12, CMDI: 0.11, OSTR: 0.1, STBI: 0.13, NGEC: 0.09, QLLN: 0.08, BWFD: 0.1, GSTT: 0.14, HGMXX: 0.1 },
  },
  { name: 'global', parts: { MUTM: 0.25, EULC: 0.17, HVQE: 0.1, MEMK: 0.08, MAGB: 0.2, HIPSX: 0.1, HGLD: 0.06 } },
];

export const custodians = [
  { name: 'Commonwealth Trust & Custody', website: 'https://commonwealth-custody.example', phone: '+1 617 555 0110' },
  { name: 'Fairmount Brokerage Services', website: 'https://fairmount.example', phone: '+1 800 555 0142' },
  { name: 'Pilgrim Institutional', website: 'https://pilgrim-institutional.example', phone: '+1 800 555 0167' },
  { name: 'Old Colony Savings Bank', website: 'https://oldcolony.example', phone: '+1 617 555 0181' },
  { name: 'Bankhaus Lindenthal', website: 'https://lindenthal.example', phone: '+49 69 555 0123' },
];
