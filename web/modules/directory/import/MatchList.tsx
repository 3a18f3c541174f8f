import { type ReactNode, useState } from 'react';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { formatList } from '../../../ui/format.ts';
import type { RelationMatches } from './import.ts';

const shown_max = 5;
const bdi = (name: ReactNode) => <bdi>{name}</bdi>;

/** Names that stand for other records: how each was found, or was not. */
export function MatchList({ matches }: { matches: readonly RelationMatches[] }) {
  const shown = matches.filter(
    ({ normalised, ambiguous, missing }) => normalised.length + ambiguous.length + missing.length > 0,
  );
  if (shown.length === 0) return null;
  return (
    <ul aria-label={t('Names of other records')} className="flex flex-col gap-3 border-t border-line px-4 py-3 text-13">
      {shown.map((found) => (
        <ColumnMatches key={found.column} found={found} />
      ))}
    </ul>
  );
}

function ColumnMatches({ found: { column, normalised, ambiguous, missing } }: { found: RelationMatches }) {
  const [isOpen, setIsOpen] = useState(false);
  const count = isOpen ? Number.POSITIVE_INFINITY : shown_max;
  const more = [normalised, ambiguous, missing].reduce((sum, { length }) => sum + Math.max(0, length - count), 0);
  return (
    <li>
      <p className="font-medium">
        <bdi>{column}</bdi>
      </p>
      <ul className="text-muted">
        {normalised.slice(0, count).map(({ text, name, rows }) => (
          <li key={text}>
            <T
              text="“<bdi>{text}</bdi>” was matched with <found>{name}</found>, in {rows, plural, one {# row} other {# rows}}"
              values={{ text, name, found: (words) => <bdi className="text-ink">{words}</bdi>, rows, bdi }}
            />
          </li>
        ))}
        {ambiguous.slice(0, count).map(({ text, names, rows }) => (
          <li key={text} className="text-attention-ink">
            <T
              text="“<bdi>{text}</bdi>” could be {names}, in {rows, plural, one {# row} other {# rows}}"
              values={{ text, names: formatList(names, 'disjunction'), rows, bdi }}
            />
          </li>
        ))}
        {missing.slice(0, count).map(({ text, suggestion, rows }) => (
          <li key={text} className="text-attention-ink">
            <T
              text={
                suggestion
                  ? '“<bdi>{text}</bdi>” does not exist, in {rows, plural, one {# row} other {# rows}}. Did you mean <bdi>{suggestion}</bdi>?'
                  : '“<bdi>{text}</bdi>” does not exist, in {rows, plural, one {# row} other {# rows}}'
              }
              values={{ text, rows, bdi, ...(suggestion && { suggestion }) }}
            />
          </li>
        ))}
      </ul>
      {more > 0 && (
        <Button size="small" emphasis="quiet" onClick={() => setIsOpen(true)}>
          {t('and {count, number} more', { count: more })}
        </Button>
      )}
    </li>
  );
}
