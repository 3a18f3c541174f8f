import type { Registry } from '../../kernel/metrics/registry.ts';
import type { Ask } from './connection.ts';
import type { Source } from './database.ts';
import { figure } from './figure.ts';

interface Row {
  endpoint: string;
  valid_until: number;
}

export function certificateFigures(registry: Registry, ask: Ask): Source<Row[]> {
  const until = figure(
    registry,
    'holdfast_certificate_valid_until_timestamp_seconds',
    'Until when the certificate of a server that the configuration names is valid, in seconds since 1970',
  );
  return {
    read: () =>
      ask<Row>(
        'select endpoint, extract(epoch from valid_until)::double precision as valid_until from app.certificates_seen() where valid_until is not null',
      ),
    show: (rows) => until((rows ?? []).map(({ endpoint, valid_until }) => [{ endpoint }, valid_until])),
  };
}
