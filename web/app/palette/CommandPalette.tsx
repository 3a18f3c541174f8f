import { Dialog } from '@base-ui/react/dialog';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { CornerDownLeft, type LucideIcon, MessageSquare, Phone, Search, Sparkles, StickyNote } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import type {
  MeaningAnswer,
  MeaningHit,
  NamesSealed,
  SearchAnswer,
  SearchHit,
  WrittenHit,
} from '../../../src/platform/search/contract.ts';
import { useFavouriteLinks } from '../../platform/favourite/favourites.ts';
import { api } from '../../platform/query/api.ts';
import { searchAgain } from '../../platform/query/namedList.ts';
import { pathOf } from '../../platform/query/resources.ts';
import type { RecordDefinition } from '../../platform/record/definition.ts';
import { definitions, findDefinition } from '../../platform/record/definitions.ts';
import { useRecents } from '../../platform/record/recents.ts';
import { findLink, wordsOf } from '../../platform/record/recordTypes.ts';
import { useIsOff, useMay, useSession } from '../../platform/session/session.tsx';
import { folded, t } from '../../text/text.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { DateText } from '../../ui/DateText.tsx';
import { formatMoney } from '../../ui/format.ts';
import { Kbd } from '../../ui/Kbd.tsx';
import { useDebounced } from '../../ui/useDebounced.ts';
import { allResults } from './allResults.ts';
import { useCommands } from './commands.tsx';
import { MeaningGroup } from './MeaningGroup.tsx';

const writtenIcons: Record<string, LucideIcon> = { note: StickyNote, comment: MessageSquare, activity: Phone };
const iconOf = (resource: string) => writtenIcons[resource] ?? findLink(resource)?.icon ?? StickyNote;
const typing_ms = 80;
const hits_max = 10;
const ask_meaning = 'ask by meaning';
/** Beside as many recent ones; the sidebar has all. */
const favourites_max = 8;

interface CommandPaletteProps {
  /** Typed while this was still being fetched. */
  start: string;
  onClose: () => void;
}

export default function CommandPalette({ start, onClose }: CommandPaletteProps) {
  const [query, setQuery] = useState(start);
  /** Moved to, by key or pointer. */
  const [chosen, setChosen] = useState<string | null>(null);
  /** The list says what is chosen also when it did so by itself. */
  const moves = useRef(false);
  const [opener] = useState(() => document.activeElement);
  const wanted = useDebounced(query.trim(), typing_ms);
  const navigate = useNavigate();
  const may = useMay();
  const commands = useCommands();
  const found = useQuery({
    queryKey: ['search', wanted],
    enabled: wanted.length > 0,
    staleTime: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<SearchAnswer>('/search', { q: wanted, limit: hits_max }, signal),
    refetchInterval: searchAgain,
  });
  const [byMeaning, setByMeaning] = useState(false);
  const meaningOff = useIsOff('insight');
  const asksMeaning = byMeaning && wanted.length > 0;
  const meaning = useQuery({
    queryKey: ['search', 'meaning', wanted],
    enabled: asksMeaning,
    staleTime: 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const asked = { q: wanted, by: 'meaning', limit: hits_max };
      return (await api.get<{ meaning: MeaningAnswer }>('/search', asked, signal)).meaning;
    },
  });
  const passages = asksMeaning ? (meaning.data?.passages ?? []) : [];
  const favourites = useFavouriteLinks().slice(0, favourites_max);
  const recents = useRecents(useSession().user.id).filter(({ to }) => favourites.every((each) => each.to !== to));
  const hits = wanted ? (found.data?.data ?? []) : [];
  const written = wanted ? (found.data?.written ?? []) : [];
  const areSealed = found.data?.bodies_sealed === true;
  const isFound = (type: RecordDefinition) => hits.some(({ resource }) => resource === type.resource);
  /**
   * Each kind that was found has a list of all. Where the search named as many as it does, there may be more of any
   * kind.
   */
  const isMisspelt = hits[0]?.misspelt === true;
  const kinds = isMisspelt
    ? []
    : [
        ...definitions().filter(isFound),
        ...(hits.length === hits_max
          ? definitions().filter((type) => !isFound(type) && may(type.resource, 'read'))
          : []),
      ];
  const words = folded(query).split(/\s+/);
  const matching = commands.filter(
    ({ label, typed }) => (query || !typed) && words.every((word) => folded(label).includes(word)),
  );
  // What the letters before found stays in sight until the answer, but of it only what fits the letters that are there
  // now can be opened.
  const isAnswered = wanted === query.trim() && !found.isPlaceholderData;
  const offersMeaning = wanted.length > 0 && isAnswered && !found.isPending && !byMeaning && !meaningOff;
  const isStale = (text: string) => !isAnswered && !words.every((word) => folded(text).includes(word));
  const shown = [
    ...(query ? [] : [...favourites.map(({ id }) => id), ...recents.map(({ to }) => to)]),
    ...hits.filter(({ name }) => !isStale(name)).map(({ id }) => id),
    ...(isAnswered ? kinds.map(({ resource }) => resource) : []),
    ...written.filter((hit) => !isStale(textOf(hit))).map(({ id }) => id),
    ...passages.map(({ id }) => `meaning-${id}`),
    ...matching.map(({ label }) => label),
    // Last, so that Enter does what it did without it.
    ...(offersMeaning ? [ask_meaning] : []),
  ];
  // Until one moves, Enter opens the first of what is there, also when that came later than the last key.
  const selected = chosen !== null && shown.includes(chosen) ? chosen : (shown[0] ?? '');

  function run(action: () => void) {
    onClose();
    action();
  }

  const linkOf = ({ resource, id, subject }: WrittenHit | MeaningHit) =>
    subject
      ? { to: `${pathOf(subject.resource)}/${subject.id}`, hash: `${resource}-${id}` }
      : findLink(resource)?.to(id);
  /** A mail opens in its conversation. */
  const passageLink = (hit: MeaningHit) =>
    (hit.resource === 'mail_message' ? findLink(hit.resource)?.to(hit.id) : undefined) ?? linkOf(hit);

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim z-40" />
        <Dialog.Popup
          finalFocus={() => opener instanceof HTMLElement && opener}
          aria-label={t('Search and commands')}
          className="fixed inset-x-2 top-2 z-40 mx-auto max-w-xl overflow-hidden rounded-lg border border-line bg-raised shadow-dialog outline-none sm:top-[14vh]"
        >
          <Command
            shouldFilter={false}
            label={t('Search and commands')}
            loop
            value={selected}
            onValueChange={(value) => moves.current && setChosen(value)}
            onKeyDown={({ key, ctrlKey }) => {
              moves.current = ctrlKey || ['ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key);
            }}
            onPointerMoveCapture={() => {
              moves.current = true;
            }}
          >
            <div className="flex h-12 items-center gap-2.5 border-b border-line px-4">
              <Search size={16} aria-hidden="true" className="shrink-0 text-faint" />
              <Command.Input
                // At once, and not when the dialog gets to it: who searches types on.
                autoFocus
                value={query}
                onValueChange={(text) => {
                  moves.current = false;
                  setChosen(null);
                  setQuery(text);
                }}
                placeholder={t('Search, or type a command')}
                className="h-full min-w-0 flex-1 bg-transparent text-14 outline-none placeholder:text-faint placeholder-shown:text-ellipsis pointer-coarse:text-16"
              />
              <Kbd keys="esc" roomy />
            </div>
            <Command.List className="max-h-[min(24rem,60vh)] overflow-y-auto p-1.5 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:text-muted">
              {!query && favourites.length > 0 && (
                <Command.Group heading={t('Favourites')}>
                  {favourites.map(({ id, to, search, label, icon: Icon }) => (
                    <Item key={id} value={id} onSelect={() => run(() => void navigate({ to, search }))}>
                      <Icon size={16} aria-hidden="true" className="mx-0.5 shrink-0 text-muted" />
                      <bdi className="min-w-0 flex-1 truncate">{label}</bdi>
                    </Item>
                  ))}
                </Command.Group>
              )}
              {!query && recents.length > 0 && (
                <Command.Group heading={t('Recent')}>
                  {recents.map((recent) => (
                    <Item
                      key={recent.to}
                      value={recent.to}
                      onSelect={() => run(() => void navigate({ to: recent.to }))}
                    >
                      <Avatar name={recent.name} square={findDefinition(recent.resource)?.square} />
                      <bdi className="min-w-0 flex-1 truncate">{recent.name}</bdi>
                    </Item>
                  ))}
                </Command.Group>
              )}
              {hits.length > 0 && (
                <Command.Group heading={isMisspelt ? t('No exact match. Similar names') : t('Records')}>
                  {hits.map((hit) => (
                    <Item
                      key={hit.id}
                      value={hit.id}
                      disabled={isStale(hit.name)}
                      onSelect={() => run(() => void navigate({ to: `${pathOf(hit.resource)}/${hit.id}` }))}
                    >
                      <Avatar name={hit.name} square={findDefinition(hit.resource)?.square} />
                      <bdi className="min-w-0 truncate">{hit.name}</bdi>
                      <bdi className="min-w-0 flex-1 truncate text-muted">{detailOf(hit)}</bdi>
                      <span className="ms-auto shrink-0 text-12 text-faint">{wordsOf(hit.resource).Type}</span>
                    </Item>
                  ))}
                  {kinds.map((type) => (
                    <Item
                      key={type.resource}
                      value={type.resource}
                      disabled={!isAnswered}
                      onSelect={() =>
                        run(() => void navigate({ to: type.path, search: allResults(type, wanted, areSealed) }))
                      }
                    >
                      <Search size={16} aria-hidden="true" className="mx-0.5 shrink-0 text-muted" />
                      <span className="min-w-0 flex-1 truncate">
                        {t('Show all {types} with “{wanted}”', { types: wordsOf(type.resource).types, wanted })}
                      </span>
                    </Item>
                  ))}
                </Command.Group>
              )}
              {written.length > 0 && (
                <Command.Group heading={t('Notes, comments, activities and tasks')}>
                  {written.map((hit) => (
                    <WrittenItem
                      key={hit.id}
                      hit={hit}
                      disabled={isStale(textOf(hit))}
                      onSelect={() => run(() => void navigate(linkOf(hit) ?? { to: '/' }))}
                    />
                  ))}
                </Command.Group>
              )}
              {asksMeaning && (
                <MeaningGroup
                  found={meaning}
                  iconOf={iconOf}
                  onOpen={(hit) => run(() => void navigate(passageLink(hit) ?? { to: '/' }))}
                />
              )}
              {matching.length > 0 && (
                <Command.Group heading={t('Commands')}>
                  {matching.map(({ label, icon: Icon, keys, onSelect }) => (
                    <Item key={label} value={label} onSelect={() => run(onSelect)}>
                      <Icon size={16} className="mx-0.5 shrink-0 text-muted" />
                      <span className="min-w-0 flex-1 truncate">{label}</span>
                      {keys && <Kbd keys={keys} roomy />}
                    </Item>
                  ))}
                </Command.Group>
              )}
              {offersMeaning && (
                <Item value={ask_meaning} onSelect={() => setByMeaning(true)}>
                  <Sparkles size={16} aria-hidden="true" className="mx-0.5 shrink-0 text-muted" />
                  <span className="min-w-0 flex-1 truncate">{t('Search by meaning: “{wanted}”', { wanted })}</span>
                </Item>
              )}
              {wanted && found.isError && (
                <p role="alert" className="px-2 py-3 text-13 text-bad-ink">
                  {t('The search failed. Keep typing to try again.')}
                </p>
              )}
              {wanted && !found.isError && !byMeaning && hits.length + written.length + matching.length === 0 && (
                <p role="status" className="px-2 py-6 text-center text-13 text-muted">
                  {found.isFetching
                    ? t('Searching…')
                    : t('Nothing found for “{wanted}”. Try part of a name, an address or a number.', { wanted })}
                </p>
              )}
            </Command.List>
            {wanted && found.data?.names_sealed && <NamesSealedText names={found.data.names_sealed} />}
            {wanted && found.data?.numbers_sealed && (
              <p role="status" className="border-t border-line px-4 py-2 text-12 text-muted">
                {t(
                  'Phone numbers of people are sealed in this workspace: type the whole number to find a person by it.',
                )}
              </p>
            )}
            {wanted && found.data?.bodies_sealed && (
              <p role="status" className="border-t border-line px-4 py-2 text-12 text-muted">
                {t(
                  'Notes, comments and activities are sealed in this workspace, so no search finds what they say. Open the record that they are about: its timeline shows them.',
                )}
              </p>
            )}
            <div className="flex h-9 items-center gap-4 border-t border-line px-4 text-12 text-muted max-sm:hidden">
              <span className="flex items-center gap-1.5">
                <CornerDownLeft size={12} /> {t('Open it')}
              </span>
              <span className="flex items-center gap-1.5">
                <Kbd keys="up down" /> {t('Move')}
              </span>
            </div>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** What was not looked at because names of people are sealed. */
function NamesSealedText({ names }: { names: NamesSealed }) {
  if (names === 'searched') return null;
  return (
    <p role="status" className="border-t border-line px-4 py-2 text-12 text-muted">
      {names === 'being_read'
        ? t('Names of people are sealed in this workspace, and are being read. They are found in a moment.')
        : names === 'too_short'
          ? t('Names of people are sealed in this workspace. Type three letters to find a part of a name.')
          : t('Names of people are sealed in this workspace, and there are too many to search.')}
    </p>
  );
}

/** What tells it from others of its name. */
const detailOf = ({ detail, facts }: SearchHit) =>
  [
    ...(detail ? [detail] : []),
    ...facts.map((fact) => (typeof fact === 'string' ? fact : formatMoney(fact.amount, fact.currency))),
  ].join(' · ');

const textOf = ({ title, excerpt }: WrittenHit) => `${title ?? ''} ${excerpt}`;

/** What was written, with the record it hangs on and when. */
function WrittenItem({ hit, ...item }: { hit: WrittenHit; disabled: boolean; onSelect: () => void }) {
  const Icon = iconOf(hit.resource);
  return (
    <Item value={hit.id} {...item}>
      <Icon size={16} aria-hidden="true" className="mx-0.5 shrink-0 text-muted" />
      <span className="min-w-0 flex-1">
        <bdi className="block truncate">{hit.title ?? hit.excerpt}</bdi>
        {hit.subject && <bdi className="block truncate text-12 text-muted">{hit.subject.name}</bdi>}
      </span>
      <span className="shrink-0 text-12 text-faint">
        <DateText value={hit.at} />
      </span>
    </Item>
  );
}

interface ItemProps {
  value: string;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

function Item(props: ItemProps) {
  return <Command.Item {...props} className="menu-item gap-2.5 aria-selected:bg-hover" />;
}
