import type { RecordDefinition, SavedView } from '../definition.ts';
import type { ListSearch } from '../listSearch.ts';
import { keptLayout } from './listLayout.ts';

/** One that somebody made says itself how it is laid out. */
const saved_view = /^[0-9a-f]{8}-/;

/** How the list is to be laid out: the address says so, or what somebody chose last. */
export function wantedLayout(search: ListSearch, saved: SavedView | undefined, definition: RecordDefinition) {
  const { path, defaultLayout } = definition;
  return {
    layout: search.layout ?? saved?.layout ?? keptLayout(path) ?? defaultLayout,
    by: search.by ?? saved?.arrangement.by,
  };
}

/**
 * The board that a record type has of its own. Other layouts, and views that somebody made, show any of its records.
 */
export function ownBoardOf(search: ListSearch, definition: RecordDefinition) {
  const { ownBoard } = definition;
  if (!ownBoard || saved_view.test(search.view ?? '')) return undefined;
  const { layout, by = ownBoard.by } = wantedLayout(search, undefined, definition);
  return layout === 'board' && by === ownBoard.by ? ownBoard : undefined;
}
