import { FormField } from '../../../platform/record/FormField.tsx';
import type { FieldDef, Named } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Section } from '../figures/Section.tsx';
import { type Decisions, decide, type FileSecurity, type SecurityDecision } from './report.ts';

interface FileSecuritiesProps {
  securities: readonly FileSecurity[];
  /** The file was imported: what became of it is not decided again. */
  done: boolean;
  decided: NonNullable<Decisions['securities']>;
  /** Every unknown one is created. */
  all: boolean;
  onDecided: (decided: NonNullable<Decisions['securities']>) => void;
  onAll: (all: boolean) => void;
}

const shown_max = 50;

/** The securities of a file that are not known, and what becomes of them. Those that are known need no attention. */
export function FileSecurities({ securities, done, decided, all, onDecided, onAll }: FileSecuritiesProps) {
  const waiting = securities.filter(({ outcome }) => outcome === 'waiting');
  const fresh = securities.filter(({ outcome }) => outcome === 'created').length;
  const known = securities.filter(({ outcome }) => outcome === 'matched').length;
  const say = (key: number, decision: SecurityDecision) => onDecided(decide(decided, key, decision));
  if (securities.length === 0) return null;
  return (
    <Section
      title={t('Securities')}
      actions={
        all
          ? !done && (
              <Button size="small" onClick={() => onAll(false)}>
                {t('Decide one by one')}
              </Button>
            )
          : waiting.some(({ candidates }) => candidates === 0) && (
              <Button size="small" emphasis="primary" onClick={() => onAll(true)}>
                {t('Create all that are missing')}
              </Button>
            )
      }
    >
      <p className="text-13 text-muted">
        {[
          known > 0 && t('{count, plural, one {# is known} other {# are known}}', { count: known }),
          fresh > 0 && t('{count, plural, one {# is new} other {# are new}}', { count: fresh }),
          waiting.length > 0 &&
            t('{count, plural, one {# needs a decision} other {# need a decision}}', { count: waiting.length }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {waiting.length > 0 && (
        <ul className="mt-2 flex flex-col divide-y divide-line rounded-lg border border-line">
          {waiting.slice(0, shown_max).map((one) => (
            <li key={one.key} className="grid items-end gap-3 p-3 @lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto]">
              <div className="min-w-0 self-center">
                <span className="block truncate text-13 font-medium">
                  <bdi>{one.name ?? one.ticker ?? one.isin ?? one.cusip ?? one.other_id}</bdi>
                </span>
                <span className="block truncate text-12 text-muted tabular-nums">
                  {[one.isin, one.cusip, one.ticker, one.other_id, one.currency].filter(Boolean).join(' · ')}
                </span>
                {one.candidates > 1 && (
                  <Badge meaning="attention">{t('{count} securities fit', { count: one.candidates })}</Badge>
                )}
              </div>
              <FormField
                field={securityField}
                value={null}
                onChange={(found) => found && say(one.key, { security_id: (found as Named).id })}
              />
              <div className="flex flex-wrap gap-2">
                {one.candidates === 0 && <Button onClick={() => say(one.key, { create: true })}>{t('Create')}</Button>}
                <Button onClick={() => say(one.key, { skip: true })}>{t('Leave out')}</Button>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

const securityField: FieldDef = {
  key: 'security_id',
  label: t('Which security is it?'),
  kind: 'reference',
  of: 'financial_security',
  expand: 'security',
};
