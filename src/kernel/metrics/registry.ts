export type Labels = Readonly<Record<string, string>>;

/** One observation of those that a bucket counts, and the trace that it is from. */
export interface Exemplar {
  traceId: string;
  value: number;
  /** Seconds since 1970. */
  at: number;
}

/** A value and what it is of; `suffix` for the parts of a histogram. */
export type Sample = readonly [
  labels: Labels,
  value: number,
  suffix?: '_bucket' | '_sum' | '_count',
  exemplar?: Exemplar | undefined,
];

export interface Metric {
  name: string;
  help: string;
  type: 'gauge' | 'counter' | 'histogram';
  /** Called at each scrape. A value that is not known is left out. */
  read: () => Iterable<Sample>;
}

/** Prometheus's own, and the one that has exemplars too: https://prometheus.io/docs/specs/om/open_metrics_spec/ */
export type Format = 'text' | 'openmetrics';

export const content_types: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** OpenMetrics only for who asks for it by name: a browser takes anything. */
export const formatFor = (accept: string | undefined): Format =>
  accept?.toLowerCase().includes('application/openmetrics-text') ? 'openmetrics' : 'text';

/** The figures of a process, written for Prometheus. */
export class Registry {
  private readonly metrics = new Map<string, Metric>();

  add(metric: Metric): void {
    if (this.metrics.has(metric.name)) throw new Error(`There are two figures named ${metric.name}`);
    this.metrics.set(metric.name, metric);
  }

  /** One value without labels. */
  gauge(name: string, help: string, read: () => number): void {
    this.add({ name, help, type: 'gauge', read: () => [[{}, read()]] });
  }

  counter(name: string, help: string, read: () => number): void {
    this.add({ name, help, type: 'counter', read: () => [[{}, read()]] });
  }

  /** What a figure shows now; nothing when there is no such figure. */
  samples(name: string): Iterable<Sample> {
    return this.metrics.get(name)?.read() ?? [];
  }

  text(format: Format = 'text'): string {
    const lines: string[] = [];
    const open = format === 'openmetrics';
    for (const { name, help, type, read } of this.metrics.values()) {
      // There a counter's samples alone have the ending.
      const family = open && type === 'counter' ? name.replace(/_total$/, '') : name;
      lines.push(`# HELP ${family} ${open ? escapeLabel(help) : escapeHelp(help)}`, `# TYPE ${family} ${type}`);
      for (const [labels, value, suffix = '', exemplar] of read())
        lines.push(`${name}${suffix}${labelsText(labels)} ${value}${open ? exemplarText(exemplar) : ''}`);
    }
    if (open) lines.push('# EOF');
    return `${lines.join('\n')}\n`;
  }
}

const escapeHelp = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (text: string) => escapeHelp(text).replaceAll('"', '\\"');

const exemplarText = (exemplar: Exemplar | undefined): string =>
  exemplar ? ` # {trace_id="${exemplar.traceId}"} ${exemplar.value} ${exemplar.at.toFixed(3)}` : '';

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}
