import { ArrowDown, ArrowUp, Ellipsis, StarOff } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import {
  type FavouriteLink,
  moveFavourite,
  setFavourite,
  useFavouriteLinks,
} from '../platform/favourite/favourites.ts';
import { t } from '../text/text.ts';
import { cx } from '../ui/cx.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu } from '../ui/Menu.tsx';
import { useSortable } from '../ui/useSortable.ts';
import { NavLink } from './NavLink.tsx';
import { SidebarSection, useSection } from './SidebarSection.tsx';

/** One's favourites, in an order that is changed by dragging, by Shift and the arrow keys, or from their menus. */
export default function SidebarFavourites() {
  const links = useFavouriteLinks();
  const section = useSection('holdfast.sidebar.favourites');
  const box = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState('');
  if (links.length === 0) return null;

  function move(id: string, index: number) {
    const link = links.find((each) => each.id === id);
    if (!link || index < 0 || index >= links.length) return;
    const place = { name: link.label, place: index + 1, count: links.length };
    setSaid(t('{name} is number {place, number} of {count, number}', place));
    void moveFavourite(id, index);
    // A row that is put elsewhere loses the focus.
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-favourite="${id}"] a`)?.focus());
  }

  return (
    <div ref={box}>
      <SidebarSection label={t('Favourites')} {...section}>
        {links.map((link, index) => (
          <Row key={link.id} link={link} index={index} last={links.length - 1} onMove={move} />
        ))}
      </SidebarSection>
      <span role="status" className="sr-only">
        {said}
      </span>
    </div>
  );
}

interface RowProps {
  link: FavouriteLink;
  index: number;
  /** The place of the last one. */
  last: number;
  onMove: (id: string, index: number) => void;
}

function Row({ link, index, last, onMove }: RowProps) {
  const { resource, id, to, search, label, icon: Icon } = link;
  const row = useRef<HTMLLIElement>(null);
  const over = useSortable({ list: 'favourites', id, index, row, onMove });
  const step = (by: 1 | -1) => onMove(id, index + by);

  function onKeyDown(event: KeyboardEvent) {
    const by = event.shiftKey ? ({ ArrowUp: -1, ArrowDown: 1 } as const)[event.key] : undefined;
    if (!by) return;
    event.preventDefault();
    step(by);
  }

  return (
    <li
      ref={row}
      data-favourite={id}
      className={cx(
        'group/favourite flex items-center rounded-md not-has-aria-[current=page]:hover:bg-hover has-aria-[current=page]:bg-pressed',
        over && 'bg-accent-soft outline-2 outline-accent',
      )}
    >
      <div className="min-w-0 flex-1">
        <NavLink
          to={to}
          {...(search && { search })}
          label={label}
          folded={false}
          icon={<Icon size={16} />}
          onKeyDown={onKeyDown}
        />
      </div>
      <Menu
        align="end"
        trigger={
          <IconButton
            label={t('More for {name}', { name: label })}
            size="small"
            className="pointer-fine:opacity-0 group-hover/favourite:opacity-100 focus-visible:opacity-100 data-popup-open:opacity-100"
          >
            <Ellipsis size={14} />
          </IconButton>
        }
        actions={[
          {
            label: t('Move up'),
            icon: <ArrowUp size={14} />,
            keys: 'shift up',
            disabled: index === 0,
            onSelect: () => step(-1),
          },
          {
            label: t('Move down'),
            icon: <ArrowDown size={14} />,
            keys: 'shift down',
            disabled: index === last,
            onSelect: () => step(1),
          },
          {
            label: t('Remove from favourites'),
            icon: <StarOff size={14} />,
            group: true,
            onSelect: () => void setFavourite(resource, { id, name: label }, false),
          },
        ]}
      />
    </li>
  );
}
