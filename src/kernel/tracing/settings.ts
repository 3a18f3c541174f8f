import type { Config } from '../config/config.ts';
import { leavesMachine } from '../loopback.ts';

export interface OtlpTarget {
  url: string;
  headers: Record<string, string>;
}

export const isTracingConfigured = (config: Pick<Config, 'OTEL_EXPORTER_OTLP_ENDPOINT'>): boolean =>
  config.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined;

type Settings = Pick<Config, 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_HEADERS' | 'ALLOW_PLAINTEXT'>;

/**
 * Where spans are sent, or what is wrong with the settings. That is no reason not to start: variables of these names
 * are often set for all programs of a machine.
 */
export function otlpTarget(config: Settings): OtlpTarget | { problem: string } {
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT ?? '';
  const url = URL.parse(endpoint);
  if (!url || !/^https?:$/.test(url.protocol))
    return { problem: 'OTEL_EXPORTER_OTLP_ENDPOINT has the form http://HOST:4318 or https://HOST[/PATH]' };
  if (url.username || url.password)
    return { problem: 'OTEL_EXPORTER_OTLP_ENDPOINT contains a password: put it into OTEL_EXPORTER_OTLP_HEADERS' };
  if (url.protocol === 'http:' && leavesMachine(url.hostname) && !config.ALLOW_PLAINTEXT)
    return {
      problem:
        'OTEL_EXPORTER_OTLP_ENDPOINT would send traces unencrypted to another machine. Use https, or set ALLOW_PLAINTEXT=true',
    };
  const headers = parseHeaders(config.OTEL_EXPORTER_OTLP_HEADERS ?? '');
  if (!headers) return { problem: 'OTEL_EXPORTER_OTLP_HEADERS has the form NAME=VALUE,NAME=VALUE, percent-encoded' };
  let path = url.pathname;
  while (path.endsWith('/')) path = path.slice(0, -1);
  return { url: `${url.origin}${path}/v1/traces`, headers };
}

function parseHeaders(text: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const [name = '', ...values] = pair.split('=').map((part) => part.trim());
    const value = values.join('=');
    if (!/^[!#$%&'*+.^`|~\w-]+$/.test(name) || values.length === 0 || !/^[\x20-\x7e]*$/.test(value)) return undefined;
    try {
      headers[name.toLowerCase()] = decodeURIComponent(value);
    } catch {
      return undefined;
    }
    if (!/^[\x20-\x7e]*$/.test(headers[name.toLowerCase()]!)) return undefined;
  }
  return headers;
}
