import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { viewLink } from '../page/viewLink.ts';
import type { ListView, RecordDefinition } from './definition.ts';
import type { ListSearch } from './listSearch.ts';

export function ViewTabs({
  path,
  views,
  current,
}: {
  path: RecordDefinition['path'];
  views: readonly ListView[];
  current?: string;
}) {
  const shown = useRef<HTMLAnchorElement>(null);
  const at = views.findIndex(({ id }) => id === current);
  // On a phone a view that was just saved stands beyond the edge.
  useEffect(() => {
    if (at !== -1) shown.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [at]);
  return views.map((view, index) => (
    <Link
      key={view.id}
      ref={view.id === current ? shown : undefined}
      to={path}
      search={(kept: ListSearch) => ({
        // A view that somebody made says itself how it is laid out.
        ...(!view.saved && { layout: kept.layout, by: kept.by, group: kept.group }),
        board: kept.board,
        view: index === 0 ? undefined : view.id,
      })}
      {...viewLink(view.id === current)}
    >
      <span className="max-w-60 truncate">{view.label}</span>
    </Link>
  ));
}
