import { Link } from '@tanstack/react-router';
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
  return views.map((view, index) => (
    <Link
      key={view.id}
      to={path}
      search={(kept: ListSearch) => ({
        // A view that somebody made says itself how it is shown.
        ...(!view.saved && { as: kept.as, by: kept.by, group: kept.group }),
        pipeline: kept.pipeline,
        view: index === 0 ? undefined : view.id,
      })}
      activeOptions={{ explicitUndefined: true }}
      data-current={view.id === current ? '' : undefined}
      className="flex h-7 shrink-0 items-center rounded-md px-2 text-13 text-muted hover:bg-hover hover:text-ink data-current:bg-pressed data-current:font-medium data-current:text-ink"
    >
      {view.label}
    </Link>
  ));
}
