import { Link } from '@tanstack/react-router';
import { CopyCheck, Download, Settings, Trash2, Upload } from 'lucide-react';
import { t } from '../text/text.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { AccountMenu } from './AccountMenu.tsx';
import { destinations, hasDuplicates, hasTrash } from './navigation.ts';
import { useMay, useSession } from './session.tsx';

export function MobileMenu({ open, onClose }: { open: boolean; onClose: () => void }) {
  const may = useMay();
  const { tenant } = useSession();
  const places = [
    ...destinations().filter(({ resource }) => !resource || may(resource, 'read')),
    ...(may('import', 'create') ? [{ to: '/imports', label: t('Import'), icon: Upload }] : []),
    ...(may('export', 'read') ? [{ to: '/exports', label: t('Exports'), icon: Download }] : []),
    ...(hasDuplicates(may) ? [{ to: '/duplicates', label: t('Duplicates'), icon: CopyCheck }] : []),
    ...(hasTrash(may) ? [{ to: '/trash', label: t('Trash'), icon: Trash2 }] : []),
    { to: '/settings', label: t('Settings'), icon: Settings },
  ];
  return (
    <Dialog open={open} onClose={onClose} title={tenant.title}>
      <ul className="-mx-2 mb-3">
        {places.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              onClick={onClose}
              className="flex h-11 items-center gap-3 rounded-md px-2 text-14 hover:bg-hover"
            >
              <Icon size={18} className="text-muted" />
              {label}
            </Link>
          </li>
        ))}
      </ul>
      <AccountMenu folded={false} onGo={onClose} />
    </Dialog>
  );
}
