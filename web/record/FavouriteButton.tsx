import { Star } from 'lucide-react';
import { useFavourite } from '../app/favourites.ts';
import type { Resource } from '../app/resources.ts';
import { IconButton } from '../ui/IconButton.tsx';

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
