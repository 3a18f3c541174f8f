import type { Labels, Registry } from '../../kernel/metrics/registry.ts';
import type { Figures, Point } from './expression.ts';
import { keep_seconds, type Rule } from './rules.ts';

/** What operators set for a rule; null: as it is declared. */
export interface RuleSetting {
  rule: string;
  enabled: boolean;
  threshold: number | null;
  for_seconds: number | null;
  keep_seconds: number | null;
  version: number;
}

export interface Limits {
  enabled: boolean;
  threshold: number;
  for_seconds: number;
  keep_seconds: number;
}

export const limitsOf = (rule: Rule, setting: RuleSetting | undefined): Limits => ({
  enabled: setting?.enabled ?? true,
  threshold: setting?.threshold ?? rule.threshold,
  for_seconds: setting?.for_seconds ?? rule.forSeconds,
  keep_seconds: setting?.keep_seconds ?? keep_seconds,
});

/** What a rule says of one of the things it is about. */
export interface Observation {
  rule: Rule;
  labels: Labels;
  value: number;
  holds: boolean;
}

const holds: Record<Rule['is'], (value: number, threshold: number) => boolean> = {
  '>': (value, threshold) => value > threshold,
  '<': (value, threshold) => value < threshold,
  '==': (value, threshold) => value === threshold,
};

/** Nothing for a rule whose figures are not known: that is neither well nor wrong. */
export const observe = (rule: Rule, { threshold, enabled }: Limits, figures: Figures): Observation[] =>
  rule.measure
    .read(figures)
    .map(({ labels, value }) => ({ rule, labels, value, holds: enabled && holds[rule.is](value, threshold) }));

/** More than the longest window of a rule has looks, at one every few seconds. */
const looks_max = 2_000;

/** The figures of one look after the other, with those of the past that rules compare with. */
export class FigureHistory {
  private readonly kept = new Map<string, { at: number; points: readonly Point[] }[]>();

  /** `instance` becomes a label of each, as Prometheus would add it. */
  figures(registry: Registry, instance: string, at: number): Figures {
    return {
      at,
      read: (name) =>
        [...registry.samples(name.replace(/_bucket$/, ''))]
          .filter(([, , suffix]) => suffix === undefined || name.endsWith(suffix))
          .map(([labels, value]) => ({ labels: { ...labels, instance }, value })),
      past: (key, points, seconds) => this.past(key, points, seconds, at),
    };
  }

  past(key: string, points: readonly Point[], seconds: number, at: number): readonly Point[] | undefined {
    const looks = this.kept.get(key) ?? [];
    this.kept.set(key, looks);
    // The newest of those that are old enough stays, as what was then.
    while (looks.length > looks_max || (looks[1] && looks[1].at <= at - seconds)) looks.shift();
    const past = looks[0]?.points;
    looks.push({ at, points });
    return past;
  }
}
