import type { Labels } from '../../kernel/metrics/registry.ts';
import { type Rule, ruleByName } from './rules.ts';

const formats: Record<Rule['unit'], (value: number) => string> = {
  count: (value) => String(Math.round(value)),
  share: (value) => `${Math.round(value * 1000) / 10} %`,
  duration: durationText,
  bytes: (value) => (value >= 1e9 ? `${(value / 1e9).toFixed(1)} GB` : `${Math.round(value / 1e6)} MB`),
};

function durationText(seconds: number): string {
  if (seconds < 100) return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

interface Told {
  rule: string;
  labels: Labels;
  value: number;
}

/** An alert in words, in English as all that the server says. One of an earlier release has its name. */
export function wordsOf({ rule: name, labels, value }: Told): { message: string; detail: string; advice: string } {
  const rule = ruleByName.get(name);
  if (!rule) return { message: name, detail: '', advice: '' };
  const label = (rule.label && labels[rule.label]) ?? '';
  const detail = rule.detail.replace('{0}', formats[rule.unit](value)).replace('{1}', label);
  return { message: rule.message, detail, advice: rule.advice };
}
