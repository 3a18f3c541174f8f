import { keep_seconds, type Rule, rules } from './rules.ts';

const values: Record<Rule['unit'], string> = {
  count: '{{ $value | humanize }}',
  share: '{{ $value | humanizePercentage }}',
  duration: '{{ $value | humanizeDuration }}',
  bytes: '{{ $value | humanize1024 }}B',
};

const span = (seconds: number): string =>
  seconds % 3600 === 0 ? `${seconds / 3600}h` : seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;

function ruleText({
  name,
  severity,
  measure,
  is,
  threshold,
  forSeconds,
  unit,
  label = '',
  detail,
  advice,
}: Rule): string {
  const summary = `${detail} ${advice}`.replace('{0}', values[unit]).replace('{1}', `{{ $labels.${label} }}`);
  return [
    `      - alert: ${name}`,
    `        expr: ${measure.promql} ${is} ${threshold}`,
    ...(forSeconds > 0 ? [`        for: ${span(forSeconds)}`] : []),
    `        keep_firing_for: ${span(keep_seconds)}`,
    `        labels: { severity: ${severity} }`,
    '        annotations:',
    `          summary: ${summary.includes('"') ? `'${summary}'` : `"${summary}"`}`,
  ].join('\n');
}

/** deploy/prometheus/rules.yml. */
export const prometheusRules = (): string => `# Made from src/operations/alerts/rules.ts: npm run generate
# Alerts over the figures of /metrics. Figures that stand in the database are the same in every process, so they are taken with max, never added up.
# severity: page wakes somebody; ticket can wait for the morning. keep_firing_for: what flaps is one alert; Prometheus 2.42 or newer.
groups:
  - name: holdfast
    rules:
${rules
  .filter(({ only }) => only !== 'holdfast')
  .map(ruleText)
  .join('\n\n')}
`;
