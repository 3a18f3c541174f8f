import { t } from '../../../text/text.ts';
import { Avatar } from '../../../ui/Avatar.tsx';

export interface Person {
  id: string;
  name: string;
  /** Else the mention would not reach them. */
  may_read: boolean;
}

interface MentionListProps {
  people: Person[];
  loading: boolean;
  index: number;
  onPick: (person: Person) => void;
}

/** People whose name begins as what stands after the @. The keyboard stays in the editor. */
export function MentionList({ people, loading, index, onPick }: MentionListProps) {
  if (people.length === 0)
    return (
      <p role="status" className="popup px-3 py-2 text-13 text-muted">
        {loading ? t('Looking for people…') : t('No one with this name')}
      </p>
    );
  return (
    <div role="listbox" aria-label={t('People to mention')} className="popup w-72 max-w-[calc(100vw-1rem)] p-1">
      {people.map((person, at) => (
        <div
          key={person.id}
          role="option"
          tabIndex={-1}
          aria-selected={at === index}
          aria-disabled={!person.may_read}
          data-highlighted={at === index || undefined}
          className="menu-item"
          // The editor keeps the focus.
          onPointerDown={(event) => {
            event.preventDefault();
            onPick(person);
          }}
        >
          <Avatar name={person.name} size="small" />
          <span className="min-w-0 flex-1 truncate">
            <bdi className={person.may_read ? undefined : 'text-muted'}>{person.name}</bdi>
          </span>
          {!person.may_read && <span className="shrink-0 text-12 text-muted">{t('cannot see this')}</span>}
        </div>
      ))}
    </div>
  );
}
