import { uuidV7 } from '../../kernel/database/uuid.ts';
import { isCusip, isIsin } from '../../modules/wealth/security-identifier/contract.ts';
import { type Clock, date, days } from '../clock.ts';
import type { Dice } from '../random.ts';
import { type Security, securities } from './securities.ts';

/** A security with its row and its prices. */
export interface Listing extends Security {
  id: string;
  row: Record<string, unknown>;
  /** In order of their days. */
  prices: { day: string; price: number }[];
}

export interface Market {
  listings: ReadonlyMap<string, Listing>;
  all: Listing[];
  /** The days with prices: each weekday of the last year, before it the last one of each month. */
  tradingDays: string[];
  /** The last of them of each quarter that is over. */
  quarterEnds: string[];
  rates: { currency: string; day: string; rate: number }[];
}

const years = 10;
const trading_days_year = 260;

/**
 * Ten years of prices: by month, and by day in the last one. Shares go up and down together, bonds a little the other
 * way.
 */
export function makeMarket(dice: Dice, clock: Clock): Market {
  const tradingDays = tradingDaysOf(clock);
  const quarterEnds = quarterEndsOf(tradingDays);
  const moods = { shares: walk(dice, tradingDays), bonds: walk(dice, tradingDays) };
  const all = securities.map((security, at): Listing => {
    const id = uuidV7();
    const { name, asset_class, ticker, currency, units = 1, quarterly } = security;
    const prices = pricesOf(security, tradingDays, moods, dice).map((price, on) => ({ day: tradingDays[on]!, price }));
    const cusip = security.ticker === 'BTC' || currency !== 'USD' ? null : cusipOf(at, dice);
    const country = currency === 'EUR' ? 'LU' : 'CH';
    const isin =
      security.ticker === 'BTC' || security.ticker === 'M6040'
        ? null
        : isinOf(cusip ? `US${cusip}` : `${country}${dice.digits('0########')}`);
    return {
      ...security,
      id,
      row: {
        id,
        name,
        asset_class,
        ticker,
        isin,
        cusip: security.ticker === 'M6040' ? null : cusip,
        currency,
        price_units: units,
        price_days: quarterly === undefined ? 35 : 100,
        custom: {},
      },
      prices: quarterly === undefined ? prices : onlyQuarterly(prices, quarterEnds, quarterly),
    };
  });
  return {
    all,
    listings: new Map(all.map((listing) => [listing.ticker ?? listing.name, listing])),
    tradingDays,
    quarterEnds,
    rates: [...ratesOf('EUR', 1.1, tradingDays, dice), ...ratesOf('CHF', 1.16, tradingDays, dice)],
  };
}

/** The last price until a day. */
export function priceOn({ prices }: Listing, day: string): number | undefined {
  let [low, high] = [0, prices.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (prices[middle]!.day <= day) low = middle + 1;
    else high = middle;
  }
  return prices[low - 1]?.price;
}

const isWeekday = (at: number) => new Date(at).getUTCDay() % 6 !== 0;

function tradingDaysOf(clock: Clock): string[] {
  const yesterday = clock.daysAgo(1);
  const found: string[] = [];
  const daily = clock.daysAgo(365);
  const before = new Date(clock.daysAgo(years * 365.25));
  for (let month = 0; ; month++) {
    let at = Date.UTC(before.getUTCFullYear(), before.getUTCMonth() + month + 1, 0);
    while (!isWeekday(at)) at -= days(1);
    if (at >= daily) break;
    found.push(date(at));
  }
  for (let at = daily; at <= yesterday; at += days(1)) if (isWeekday(at)) found.push(date(at));
  return found;
}

const gauss = (dice: Dice): number => Math.sqrt(-2 * Math.log(1 - dice.roll())) * Math.cos(2 * Math.PI * dice.roll());

/** How much of a year lies between each day and the one before it. */
const steps = (tradingDays: readonly string[]): number[] =>
  tradingDays.map((day, at) => {
    if (at === 0) return 0;
    const between = (Date.parse(day) - Date.parse(tradingDays[at - 1]!)) / days(1);
    return between > 5 ? between / 365 : 1 / trading_days_year;
  });

/** Draws that add up to those of a year. */
const walk = (dice: Dice, tradingDays: readonly string[]): number[] =>
  steps(tradingDays).map((step) => gauss(dice) * Math.sqrt(step));

/** How far a class goes with shares and with bonds. */
const followed: Readonly<Record<string, { shares: number; bonds: number }>> = {
  equity: { shares: 0.85, bonds: 0 },
  fixed_income: { shares: -0.1, bonds: 0.85 },
  multi_asset: { shares: 0.85, bonds: 0.3 },
  real_estate: { shares: 0.65, bonds: 0.3 },
  crypto: { shares: 0.35, bonds: 0 },
};

/** Backwards from what it costs today, so that it grew about as much as it is said to. */
function pricesOf(
  { asset_class, price, growth, swing }: Security,
  tradingDays: readonly string[],
  moods: { shares: number[]; bonds: number[] },
  dice: Dice,
): number[] {
  const { shares, bonds } = followed[asset_class] ?? { shares: 0.1, bonds: 0.1 };
  const own = Math.sqrt(Math.max(0, 1 - shares ** 2 - bonds ** 2));
  const elapsed: number[] = [];
  const logs: number[] = [];
  let [time, log] = [0, 0];
  for (const [at, step] of steps(tradingDays).entries()) {
    time += step;
    log += swing * (shares * moods.shares[at]! + bonds * moods.bonds[at]! + own * gauss(dice) * Math.sqrt(step));
    elapsed.push(time);
    logs.push(log);
  }
  const tilt = Math.log(1 + growth) - (log - 0.4 * swing * gauss(dice)) / time;
  const grown = logs.map((each, at) => each + tilt * elapsed[at]!);
  const digits = price < 20 ? 4 : price < 200 ? 3 : 2;
  return grown.map((each) => Number((price * Math.exp(each - grown.at(-1)!)).toFixed(digits)));
}

const quarterEndsOf = (tradingDays: readonly string[]): string[] =>
  tradingDays.filter((day, at) => {
    const next = tradingDays[at + 1];
    return Number(day.slice(5, 7)) % 3 === 0 && next !== undefined && next.slice(0, 7) !== day.slice(0, 7);
  });

/** At the end of quarters, the last ones of which may not be told yet. */
const onlyQuarterly = (prices: Listing['prices'], quarterEnds: readonly string[], late: number): Listing['prices'] => {
  const told = new Set(quarterEnds.slice(0, quarterEnds.length - late));
  return prices.filter(({ day }) => told.has(day));
};

function ratesOf(currency: string, now: number, tradingDays: readonly string[], dice: Dice): Market['rates'] {
  const shocks = walk(dice, tradingDays);
  let log = 0;
  const logs = shocks.map((shock) => {
    log += 0.07 * shock;
    return log;
  });
  return tradingDays.map((day, at) => ({ currency, day, rate: Number((now * Math.exp(logs[at]! - log)).toFixed(5)) }));
}

const digits = [...'0123456789'];
const cusipOf = (at: number, dice: Dice): string => {
  const body = dice.digits(`${String(700 + at)}###10`);
  return body + digits.find((digit) => isCusip(body + digit));
};
const isinOf = (body: string): string => body + digits.find((digit) => isIsin(body + digit));
