import type { Bench } from './bench.ts';
import { type Figure, withSpread } from './figure.ts';
import { type Side, takeTurns, throughput, warmUp } from './load.ts';
import { median, spreadOf } from './statistics.ts';

/** The connections of a load that measures throughput. */
export const connections = 16;

/** The same work on both servers. */
export interface Pair {
  id: string;
  what: string;
  holdfast: Side;
  reference: Side;
  /** The limit of the latency, as a multiple of that of the reference. */
  latencyMax: number;
  /** The throughput to reach at 16 connections, as a share of that of the reference; not measured without it. */
  throughputMin?: number;
}

/**
 * Median latency on one connection and throughput on 16, of both, in alternating rounds. The ratio is the median of the
 * rounds' ratios.
 */
export async function compare(bench: Bench, pair: Pair): Promise<Figure[]> {
  const { rounds, timesPerRound } = bench.effort;
  const sides = [pair.holdfast, pair.reference];
  await warmUp(sides, timesPerRound);
  const latencies = await inRounds(rounds, async () => (await takeTurns(sides, timesPerRound)).map(median));
  const figures = [
    figure({
      id: pair.id,
      what: `${pair.what}, p50`,
      unit: 'ms',
      values: latencies,
      bar: `<= ${pair.latencyMax}x`,
      holds: (r) => r <= pair.latencyMax,
    }),
  ];
  return pair.throughputMin === undefined ? figures : [...figures, await compareThroughput(bench, pair)];
}

/** Throughput on 16 connections. Without `throughputMin`, the figure has no limit. */
export async function compareThroughput(
  { effort: { rounds, secondsPerRound } }: Bench,
  { id, what, holdfast, reference, throughputMin: least }: Omit<Pair, 'latencyMax'>,
): Promise<Figure> {
  const rates = await inRounds(rounds, async () => {
    const taken: number[] = [];
    for (const side of [holdfast, reference]) taken.push(await throughput(side, connections, secondsPerRound));
    return taken;
  });
  return figure({
    id: `${id}.throughput`,
    what: `${what}, ${connections} connections`,
    unit: '/s',
    values: rates,
    bar: least === undefined ? '' : `>= ${least}x`,
    holds: (r) => r >= (least ?? 0),
  });
}

async function inRounds(rounds: number, round: () => Promise<number[]>): Promise<number[][]> {
  const all: number[][] = [];
  for (let n = 0; n < rounds; n++) all.push(await round());
  return all;
}

interface Measured {
  id: string;
  what: string;
  unit: string;
  /** Per round: Holdfast's, the reference's. */
  values: number[][];
  bar: string;
  holds: (ratio: number) => boolean;
}

function figure({ id, what, unit, values, bar, holds }: Measured): Figure {
  const ratio = median(values.map(([holdfast, reference]) => holdfast! / reference!));
  const side = (n: number) => withSpread(spreadOf(values.map((round) => round[n]!)), unit);
  return { id, what, holdfast: side(0), reference: side(1), ratio, bar, met: holds(ratio) };
}
