import { formatNumber } from '../../../ui/format.ts';
import type { RelationMatches } from './import.ts';

const shown_max = 5;
const rowsOf = (rows: number) => `${formatNumber(rows)} ${rows === 1 ? 'row' : 'rows'}`;

/** Names that stand for other records: how each was found, or was not. */
export function MatchList({ matches }: { matches: readonly RelationMatches[] }) {
  const told = matches.filter(
    ({ normalised, ambiguous, missing }) => normalised.length + ambiguous.length + missing.length > 0,
  );
  if (told.length === 0) return null;
  return (
    <ul
      aria-label="Names that stand for other records"
      className="flex flex-col gap-3 border-t border-line px-4 py-3 text-13"
    >
      {told.map(({ column, normalised, ambiguous, missing }) => (
        <li key={column}>
          <p className="font-medium">
            <bdi>{column}</bdi>
          </p>
          <ul className="text-muted">
            {normalised.slice(0, shown_max).map(({ text, name, rows }) => (
              <li key={text}>
                “<bdi>{text}</bdi>” was taken for <bdi className="text-ink">{name}</bdi>, in {rowsOf(rows)}
              </li>
            ))}
            {ambiguous.slice(0, shown_max).map(({ text, names, rows }) => (
              <li key={text} className="text-attention-ink">
                “<bdi>{text}</bdi>” could be {names.join(' or ')}, in {rowsOf(rows)}
              </li>
            ))}
            {missing.slice(0, shown_max).map(({ text, suggestion, rows }) => (
              <li key={text} className="text-attention-ink">
                “<bdi>{text}</bdi>” is not there, in {rowsOf(rows)}
                {suggestion && (
                  <>
                    . Is it <bdi>{suggestion}</bdi>?
                  </>
                )}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
