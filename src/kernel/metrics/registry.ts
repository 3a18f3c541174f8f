export type Labels = Readonly<Record<string, string>>;

/** A value and what it is of; `suffix` for the parts of a histogram. */
export type Sample = readonly [labels: Labels, value: number, suffix?: '_bucket' | '_sum' | '_count'];

export interface Metric {
  name: string;
  help: string;
  type: 'gauge' | 'counter' | 'histogram';
  /** Called at each scrape. A value that is not known is left out. */
  read: () => Iterable<Sample>;
}

export const content_type = 'text/plain; version=0.0.4; charset=utf-8';

/** The figures of a process, written in Prometheus's text format. */
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

  text(): string {
    const lines: string[] = [];
    for (const { name, help, type, read } of this.metrics.values()) {
      lines.push(`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`);
      for (const [labels, value, suffix = ''] of read()) lines.push(`${name}${suffix}${labelsText(labels)} ${value}`);
    }
    return `${lines.join('\n')}\n`;
  }
}

const escapeHelp = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (text: string) => escapeHelp(text).replaceAll('"', '\\"');

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}
