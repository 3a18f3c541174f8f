import type { Query } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { Children, type ReactNode } from 'react';
import { t } from '../../text/text.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Button } from '../../ui/Button.tsx';
import { cx } from '../../ui/cx.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { queryClient } from '../query/queryClient.ts';

interface RelatedListProps {
  title: string;
  /** Where they are read from. That it could not be read is not the same as none. */
  list?: { total: number | null; isPending: boolean; isError: boolean };
  /** What to say when there is none; without it the section is left out. */
  none?: string;
  onAdd?: () => void;
  addLabel?: string;
  /** On a page where it is a part of its own, not one of many beside a record. */
  large?: boolean;
  children?: ReactNode;
}

/** One kind of connected records. */
export function RelatedList({ title, list, none, onAdd, addLabel, large, children }: RelatedListProps) {
  const empty = Children.toArray(children).length === 0;
  if (empty && !list?.isError && !none && !onAdd) return null;
  return (
    <section aria-label={title}>
      <div className={cx('flex items-center gap-1.5', large ? 'mb-2' : 'mb-1 h-7')}>
        <h2 className={large ? 'text-14' : 'text-13'}>{title}</h2>
        {list?.total ? <span className="text-12 text-faint tabular-nums">{list.total}</span> : null}
        <span className="flex-1" />
        {onAdd && (
          <IconButton label={addLabel ?? t('Add')} size="small" onClick={onAdd}>
            <Plus size={14} />
          </IconButton>
        )}
      </div>
      {list?.isPending ? (
        <Skeleton className="my-2 w-2/3" />
      ) : empty ? (
        !list?.isError && <p className="text-13 text-muted">{none}</p>
      ) : (
        <ul className="-mx-2">{children}</ul>
      )}
      {list?.isError && <NotRead />}
    </section>
  );
}

/** Stands for a part of a page; trying again reads all parts that failed. */
export function NotRead() {
  const failed = (query: Query) => query.state.status === 'error';
  return (
    <p role="alert" className="flex flex-wrap items-center gap-x-2 text-13 text-muted">
      {t('This could not be read.')}
      <Button
        size="small"
        emphasis="quiet"
        onClick={() => void queryClient.refetchQueries({ type: 'active', predicate: failed })}
      >
        {t('Try again')}
      </Button>
    </p>
  );
}

interface MoreRowsProps {
  list: { isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}

/** The way to the rows after those that are shown. */
export function MoreRows({ list }: MoreRowsProps) {
  return (
    <li className="px-2 py-1">
      <Button size="small" emphasis="quiet" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {t('Show more')}
      </Button>
    </li>
  );
}

interface RelatedLinkProps {
  to: string;
  name: string;
  square?: boolean;
  detail?: ReactNode;
  end?: ReactNode;
}

export function RelatedLink({ to, name, square, detail, end }: RelatedLinkProps) {
  return (
    <li>
      <Link
        to={to}
        className="flex min-h-9 items-center gap-2.5 rounded-md px-2 py-1 text-13 hover:bg-hover pointer-coarse:min-h-11"
      >
        <Avatar name={name} square={square} />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">
            <bdi>{name}</bdi>
          </span>
          {detail && <span className="block truncate text-12 text-muted">{detail}</span>}
        </span>
        {end && <span className="shrink-0">{end}</span>}
      </Link>
    </li>
  );
}
