import { Star } from 'lucide-react';
import { IconButton } from '../../ui/IconButton.tsx';
import { useFavourite } from '../favourite/favourites.ts';
import type { Resource } from '../query/resources.ts';

interface FavouriteButtonProps {
  resource: Resource;
  id: string;
  name: string;
}

/** Keeps a record at hand in the sidebar, for whoever presses it alone. */
export function FavouriteButton({ resource, id, name }: FavouriteButtonProps) {
  const { on, label, toggle } = useFavourite(resource, { id, name });
  return (
    <IconButton label={label} aria-pressed={on ?? false} disabled={on === undefined} onClick={toggle}>
      <Star size={16} className={on ? 'fill-current text-accent-ink' : undefined} />
    </IconButton>
  );
}
