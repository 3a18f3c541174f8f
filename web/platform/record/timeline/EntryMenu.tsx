import { Ellipsis } from 'lucide-react';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, type MenuAction } from '../../../ui/Menu.tsx';

/** What one may do about an entry, behind three dots. */
export function EntryMenu({ label, actions }: { label: string; actions: MenuAction[] }) {
  return (
    <Menu
      align="end"
      actions={actions}
      trigger={
        <IconButton label={label} size="small">
          <Ellipsis size={14} />
        </IconButton>
      }
    />
  );
}
