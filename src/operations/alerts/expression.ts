import type { Labels } from '../../kernel/metrics/registry.ts';

export interface Point {
  labels: Labels;
  value: number;
}

/** The figures of /metrics at one moment, as Prometheus would have scraped them. */
export interface Figures {
  /** In seconds since 1970. */
  at: number;
  read: (name: string) => readonly Point[];
  /**
   * What `points` were so many seconds ago, or at the first look after that; undefined at the very first. Remembers
   * `points` for later looks.
   */
  past: (key: string, points: readonly Point[], seconds: number) => readonly Point[] | undefined;
}

/** What a rule compares with its threshold: written as PromQL, and worked out here from the same figures. */
export interface Expression {
  promql: string;
  read: (figures: Figures) => readonly Point[];
}

type Condition = string | RegExp | { not: string };
type Where = Readonly<Record<string, Condition>>;

const meets = (value: string | undefined, condition: Condition): boolean => {
  if (typeof condition === 'string') return value === condition;
  if (condition instanceof RegExp) return new RegExp(`^(?:${condition.source})$`).test(value ?? '');
  return value !== condition.not;
};

const conditionText = ([label, condition]: [string, Condition]): string => {
  if (typeof condition === 'string') return `${label}="${condition}"`;
  if (condition instanceof RegExp) return `${label}=~"${condition.source.replaceAll('\\/', '/')}"`;
  return `${label}!="${condition.not}"`;
};

const selector = (name: string, where: Where): string => {
  const conditions = Object.entries(where).map(conditionText);
  return conditions.length > 0 ? `${name}{${conditions.join(',')}}` : name;
};

/** A figure of /metrics, or those of its series that meet the conditions. */
export const figure = (name: string, where: Where = {}): Expression => ({
  promql: selector(name, where),
  read: ({ read }) =>
    read(name).filter(({ labels }) =>
      Object.entries(where).every(([label, condition]) => meets(labels[label], condition)),
    ),
});

/** One that only Prometheus has, such as `up`. */
export const onlyInPrometheus = (promql: string): Expression => ({ promql, read: () => [] });

type Aggregate = 'max' | 'min' | 'sum';
const aggregates: Record<Aggregate, (a: number, b: number) => number> = {
  max: Math.max,
  min: Math.min,
  sum: (a, b) => a + b,
};

const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

function aggregated(how: Aggregate, by: readonly string[], points: readonly Point[]): Point[] {
  const groups = new Map<string, Point>();
  for (const { labels, value } of points) {
    const kept = Object.fromEntries(
      by.flatMap((label) => (labels[label] === undefined ? [] : [[label, labels[label]]])),
    );
    const key = keyOf(kept);
    const group = groups.get(key);
    groups.set(key, { labels: kept, value: group ? aggregates[how](group.value, value) : value });
  }
  return [...groups.values()];
}

const byText = (by: readonly string[]) => (by.length > 0 ? ` by (${by.join(', ')}) ` : '');

const aggregate =
  (how: Aggregate) =>
  (of: Expression, by: readonly string[] = []): Expression => ({
    promql: `${how}${byText(by)}(${of.promql})`,
    read: (figures) => aggregated(how, by, of.read(figures)),
  });
export const max = aggregate('max');
export const min = aggregate('min');

/** How much a counter grows a second, over this time, added up. */
export function rate(name: string, where: Where, minutes: number, by: readonly string[] = []): Expression {
  const [of, seconds] = [figure(name, where), minutes * 60];
  const promql = `sum${byText(by)}(rate(${of.promql}[${minutes}m]))`;
  return {
    promql,
    read: (figures) => {
      const sums = aggregated('sum', by, of.read(figures));
      const past = figures.past(promql, sums, seconds);
      if (!past) return [];
      const before = new Map(past.map(({ labels, value }) => [keyOf(labels), value]));
      return sums.map(({ labels, value }) => ({
        labels,
        value: Math.max(0, value - (before.get(keyOf(labels)) ?? 0)) / seconds,
      }));
    },
  };
}

/** By how much it is more than so long ago, or since this was first looked at. */
export function growth(of: Expression, hours: number): Expression {
  const before = of.promql.replace(/\)$/, ` offset ${hours}h)`);
  return {
    promql: `${of.promql} - ${before}`,
    read: (figures) => {
      const points = of.read(figures);
      const past = figures.past(of.promql, points, hours * 3600);
      return combined(points, past ?? [], (now, then) => now - then);
    },
  };
}

const combined = (a: readonly Point[], b: readonly Point[], by: (a: number, b: number) => number): Point[] => {
  const others = new Map(b.map(({ labels, value }) => [keyOf(labels), value]));
  return a.flatMap(({ labels, value }) => {
    const other = others.get(keyOf(labels));
    return other === undefined ? [] : [{ labels, value: by(value, other) }];
  });
};

export const divide = (a: Expression, b: Expression): Expression => ({
  promql: `${a.promql} / ${b.promql}`,
  read: (figures) => combined(a.read(figures), b.read(figures), (over, under) => over / under),
});

/** The second where there is nothing of the first. */
export const orElse = (a: Expression, b: Expression): Expression => ({
  promql: `(${a.promql} or ${b.promql})`,
  read: (figures) => {
    const points = a.read(figures);
    return points.length > 0 ? points : b.read(figures);
  },
});

export const times = (a: Expression, factor: number): Expression => ({
  promql: `${a.promql} * ${factor}`,
  read: (figures) => a.read(figures).map(({ labels, value }) => ({ labels, value: value * factor })),
});

/** How long ago a moment was, in seconds. */
export const age = (of: Expression): Expression => ({
  promql: `time() - ${of.promql}`,
  read: (figures) => of.read(figures).map(({ labels, value }) => ({ labels, value: figures.at - value })),
});

/** How far away a moment is, in seconds; negative when it has passed. */
export const until = (of: Expression): Expression => ({
  promql: `${of.promql} - time()`,
  read: (figures) => of.read(figures).map(({ labels, value }) => ({ labels, value: value - figures.at })),
});

/** The first, where the second is 1 and the third is not there. */
export const whileMissing = (a: Expression, known: Expression, missing: Expression): Expression => ({
  promql: `((${a.promql} * on () ${known.promql}) unless on () ${missing.promql})`,
  read: (figures) =>
    known.read(figures).some(({ value }) => value === 1)
      ? a.read(figures).map((point) => (missing.read(figures).length > 0 ? { ...point, value: Number.NaN } : point))
      : [],
});

/** The time that this share of the requests of a histogram stays below, as Prometheus estimates it. */
export function quantile(share: number, buckets: Expression): Expression {
  return {
    promql: `histogram_quantile(${share}, ${buckets.promql})`,
    read: (figures) => {
      const groups = Map.groupBy(buckets.read(figures), ({ labels: { le: _, ...labels } }) => keyOf(labels));
      return [...groups.values()].map((points) => {
        const { le: _, ...labels } = points[0]!.labels;
        return { labels, value: quantileOf(share, points) };
      });
    },
  };
}

function quantileOf(share: number, points: readonly Point[]): number {
  const bound = ({ labels: { le = '' } }: Point) => (le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le));
  const sorted = points.toSorted((a, b) => bound(a) - bound(b));
  const rank = share * (sorted.at(-1)?.value ?? 0);
  if (rank === 0) return Number.NaN;
  const at = sorted.findIndex(({ value }) => value >= rank);
  const below = sorted[at - 1];
  // Beyond the last bound nobody knows more than that it is beyond.
  if (bound(sorted[at]!) === Number.POSITIVE_INFINITY) return below ? bound(below) : Number.NaN;
  const [from, counted] = below ? [bound(below), below.value] : [0, 0];
  return from + ((bound(sorted[at]!) - from) * (rank - counted)) / (sorted[at]!.value - counted);
}
