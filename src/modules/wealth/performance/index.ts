export { averageCost } from './average-cost.ts';
export { type CashFlow, moneyWeightedReturn } from './money-weighted.ts';
export { type DayValue, type ExternalFlow, timeWeightedReturn } from './time-weighted.ts';
