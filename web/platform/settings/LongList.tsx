import { Search } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { folded, t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { SearchInput } from '../../ui/SearchInput.tsx';

interface InPartsProps<T> {
  rows: readonly T[];
  /**
   * So many come at first, and with each press. Each has buttons of its own, and a browser takes seconds to draw a
   * thousand of them.
   */
  step?: number;
  children: (rows: readonly T[]) => ReactNode;
}

/** The first rows of a list that was read as a whole, and more at the press of a button. */
export function InParts<T>({ rows, step = 50, children }: InPartsProps<T>) {
  const [count, setCount] = useState(step);
  return (
    <>
      {children(rows.slice(0, count))}
      {rows.length > count && (
        <Button className="mt-3" onClick={() => setCount(count + step)}>
          {t('Show more')}
        </Button>
      )}
    </>
  );
}

const scrolled_rows_max = 20;

interface LongListProps<T> extends InPartsProps<T> {
  /** What one searches, such as "Search teams". */
  label: string;
  textOf: (row: T) => string;
}

/** `InParts`, with a search where there are too many rows to scroll through. */
export function LongList<T>({ rows, label, textOf, ...rest }: LongListProps<T>) {
  const [text, setText] = useState('');
  const wanted = folded(text.trim());
  const found = wanted ? rows.filter((row) => folded(textOf(row)).includes(wanted)) : rows;
  return (
    <>
      {rows.length > scrolled_rows_max && (
        <SearchInput
          aria-label={label}
          placeholder={label}
          className="mb-3"
          maxLength={200}
          value={text}
          onValueChange={setText}
        />
      )}
      {found.length > 0 ? (
        <InParts key={wanted} rows={found} {...rest} />
      ) : (
        <EmptyState
          icon={<Search size={18} />}
          title={t('Nothing matches')}
          action={<Button onClick={() => setText('')}>{t('Show all')}</Button>}
        />
      )}
    </>
  );
}
