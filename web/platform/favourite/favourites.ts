import { useQuery } from '@tanstack/react-query';
import type { LucideIcon } from 'lucide-react';
import type { Favourites } from '../../../src/platform/favourite/contract.ts';
import { t } from '../../text/text.ts';
import { api } from '../query/api.ts';
import { attempt } from '../query/attempt.ts';
import { queryClient } from '../query/queryClient.ts';
import { pathOf, type Resource } from '../query/resources.ts';
import { findLink, findType, wordsOf } from '../record/recordTypes.ts';
import { useViewLinks } from '../record/view/viewLinks.ts';
import { useSession } from '../session/session.tsx';
import { type ChangedRecord, isTouched, moved } from './favouriteList.ts';

const key = ['favourite', 'all'];
const none: Favourites = { data: [], hidden: [] };

/** One's own favourites; undefined while they are read. Whoever has none, as the session says, asks for none. */
export function useFavourites(): Favourites | undefined {
  const { favourites } = useSession();
  const { data } = useQuery({
    queryKey: key,
    enabled: favourites > 0,
    queryFn: ({ signal }) => api.get<Favourites>('/favourites', {}, signal),
  });
  return data ?? (favourites > 0 ? undefined : none);
}

/** Whether a record is among them, undefined as long as nobody knows, and how it comes to be or no longer is. */
export function useFavourite(resource: Resource, record: Marked) {
  const on = useFavourites()?.data.some(({ id }) => id === record.id);
  const label = on ? t('Remove from favourites') : t('Add to favourites');
  return { on, label, toggle: () => void setFavourite(resource, record, !on) };
}

export interface FavouriteLink {
  resource: Resource;
  id: string;
  to: string;
  search?: Record<string, string>;
  label: string;
  icon: LucideIcon;
}

/** The ways to one's favourites. */
export function useFavouriteLinks(): FavouriteLink[] {
  const favourites = useFavourites();
  const views = useViewLinks();
  return (favourites ?? none).data.flatMap(({ resource, id, name }): FavouriteLink[] => {
    const definition = findType(resource);
    const link = { resource, id, label: name ?? wordsOf(resource).Type };
    if (definition) return [{ ...link, to: `${definition.path}/${id}`, icon: definition.icon }];
    const opened = findLink(resource);
    if (opened) return [{ ...link, ...opened.to(id), icon: opened.icon }];
    const view = resource === 'saved_view' && views.find((each) => each.id === id);
    return view ? [{ ...link, to: view.to, search: { view: id }, icon: view.icon }] : [];
  });
}

/** What somebody does is sent in turn: an answer to what came before would take back what is shown. */
let sent: Promise<unknown> = Promise.resolve();
let turns = 0;

/** Shows it at once, and what the server makes of it when all is sent. */
async function change(shown: Favourites, send: () => Promise<Favourites>): Promise<void> {
  const turn = ++turns;
  const before = known();
  void queryClient.cancelQueries({ queryKey: key });
  queryClient.setQueryData(key, shown);
  const previous = sent;
  const done = attempt(async () => {
    await previous;
    const answer = await send();
    if (turn === turns) queryClient.setQueryData(key, answer);
  });
  sent = done;
  if (await done) return;
  if (turn === turns) queryClient.setQueryData(key, before);
  await queryClient.invalidateQueries({ queryKey: key });
}

const known = (): Favourites => queryClient.getQueryData<Favourites>(key) ?? none;

interface Marked {
  id: string;
  name: string;
}

export function setFavourite(resource: Resource, { id, name }: Marked, on: boolean): Promise<void> {
  const { data, hidden } = known();
  const others = data.filter((each) => each.id !== id);
  const path = `${pathOf(resource)}/${id}/favourite`;
  return change({ data: on ? [...others, { resource, id, name }] : others, hidden }, () =>
    on ? api.put(path) : api.delete(path),
  );
}

export function moveFavourite(id: string, index: number): Promise<void> {
  const { data, hidden } = known();
  const ordered = moved(data, id, index);
  return change({ data: ordered, hidden }, () => api.put('/favourite-order', { ids: ordered.map((each) => each.id) }));
}

/** A favourite may be called something else, be in the trash, or be back from it. */
export function refreshFavourites(changes: readonly ChangedRecord[]): void {
  if (isTouched(known(), changes)) void queryClient.invalidateQueries({ queryKey: key });
}
