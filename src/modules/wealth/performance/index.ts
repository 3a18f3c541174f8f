export { averageCost } from './average-cost.ts';
export { type CashFlow, moneyWeightedReturn } from './money-weighted.ts';
export { type DayValue, timeWeightedReturn } from './time-weighted.ts';
