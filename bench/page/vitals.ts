import type { Page } from 'playwright-core';

/**
 * The metrics of Lighthouse for a page on a desktop. Its speed index, a tenth of the score, requires a video of the
 * page and is left out.
 */
const curves = {
  fcp: { weight: 10, p10: 934, median: 1600 },
  lcp: { weight: 25, p10: 1200, median: 2400 },
  tbt: { weight: 30, p10: 150, median: 350 },
  cls: { weight: 25, p10: 0.1, median: 0.25 },
};

export type Vitals = Record<keyof typeof curves, number>;

const blocking_from_ms = 50;

/** Runs before the page's own scripts. */
export const watchVitals = `
  window.vitals = { fcp: 0, lcp: 0, tbt: 0, cls: 0, events: [] };
  const watch = (type, take, options = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...options });
  watch('paint', ({ name, startTime }) => { if (name === 'first-contentful-paint') vitals.fcp = startTime; });
  watch('largest-contentful-paint', ({ startTime }) => { vitals.lcp = startTime; });
  watch('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) vitals.cls += value; });
  watch('longtask', ({ duration }) => { vitals.tbt += Math.max(0, duration - ${blocking_from_ms}); });
  watch('event', ({ interactionId, duration, name }) => { if (interactionId) vitals.events.push({ interactionId, duration, name }); }, { durationThreshold: 16 });
`;

export const readVitals = (page: Page): Promise<Vitals> => page.evaluate('vitals');

/** The duration of the slowest interaction, from the input to the next frame; those under 16 ms are not reported. */
export async function slowestInteraction(page: Page): Promise<number> {
  const durations = await page.evaluate<number[]>('vitals.events.map(({ duration }) => duration)');
  return Math.max(16, ...durations);
}

/** The score from 0 to 100, by the curves of Lighthouse: 90 at p10, 50 at the median. */
export function scoreOf(vitals: Vitals): number {
  const parts = Object.entries(curves).map(([name, { weight, p10, median }]) => ({
    weight,
    score: logNormal(vitals[name as keyof Vitals], p10, median),
  }));
  const all = parts.reduce((sum, { weight }) => sum + weight, 0);
  return (100 * parts.reduce((sum, { weight, score }) => sum + weight * score, 0)) / all;
}

/** The 90th percentile of the standard normal distribution, divided by the square root of 2. */
const tenth = 0.9061938024368232;

function logNormal(value: number, p10: number, median: number): number {
  if (value <= 0) return 1;
  const deviations = (Math.log(value / median) / Math.log(p10 / median)) * tenth;
  return (1 + erf(deviations)) / 2;
}

/** Abramowitz and Stegun 7.1.26: off by no more than 1.5e-7. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}
