import { Link } from '@tanstack/react-router';
import { Building2, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useFavouriteLinks } from '../platform/favourite/favourites.ts';
import { attempt } from '../platform/query/attempt.ts';
import { useViewLinks } from '../platform/record/view/viewLinks.ts';
import { changeWorkspace, useMay, useSession } from '../platform/session/session.tsx';
import { t } from '../text/text.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { AccountMenu } from './AccountMenu.tsx';
import { shownGroups, tools } from './navigation.ts';
import { useWorkspaces } from './WorkspaceMenu.tsx';

export function MobileMenu({ open, onClose }: { open: boolean; onClose: () => void }) {
  const may = useMay();
  const { tenant } = useSession();
  const [base, ...groups] = shownGroups(may);
  const shownTools = tools().filter(({ isShown }) => !isShown || isShown(may));
  const workspaces = useWorkspaces(open);
  const favourites = useFavouriteLinks();
  const views = useViewLinks();
  return (
    <Dialog open={open} onClose={onClose} title={tenant.title}>
      <Links to={base?.destinations ?? []} onGo={onClose} />
      {groups.map(({ title = '', destinations }) => (
        <Section key={title} label={title}>
          {destinations.map(({ to, label, icon }) => (
            <MenuLink key={to} to={to} label={label} icon={icon} onGo={onClose} />
          ))}
        </Section>
      ))}
      {favourites.length > 0 && (
        <Section label={t('Favourites')}>
          {favourites.map(({ id, resource: _, ...place }) => (
            <MenuLink key={id} {...place} onGo={onClose} />
          ))}
        </Section>
      )}
      {views.length > 0 && (
        <Section label={t('Saved views')}>
          {views.map(({ id, ...place }) => (
            <MenuLink key={id} {...place} search={{ view: id }} onGo={onClose} />
          ))}
        </Section>
      )}
      <Links to={shownTools} onGo={onClose} />
      {workspaces.length > 0 && (
        <Section label={t('Switch to')}>
          {workspaces.map(({ tenant_id, title }) => (
            <li key={tenant_id}>
              <button
                type="button"
                onClick={() => void attempt(() => changeWorkspace(tenant_id))}
                className="flex h-11 w-full items-center gap-3 rounded-md px-2 text-14 hover:bg-hover"
              >
                <Building2 size={18} className="shrink-0 text-muted" />
                <bdi className="min-w-0 truncate">{title}</bdi>
              </button>
            </li>
          ))}
        </Section>
      )}
      <AccountMenu folded={false} onGo={onClose} />
    </Dialog>
  );
}

const Links = ({ to, onGo }: { to: readonly Pick<MenuLinkProps, 'to' | 'label' | 'icon'>[]; onGo: () => void }) => (
  <ul className="-mx-2 mb-3">
    {to.map(({ to, label, icon }) => (
      <MenuLink key={to} to={to} label={label} icon={icon} onGo={onGo} />
    ))}
  </ul>
);

const Section = ({ label, children }: { label: string; children: ReactNode }) => (
  <section aria-label={label} className="mb-3">
    <h2 className="mb-1 text-12 font-medium text-muted">{label}</h2>
    <ul className="-mx-2">{children}</ul>
  </section>
);

interface MenuLinkProps {
  to: string;
  search?: Record<string, string>;
  label: string;
  icon: LucideIcon;
  onGo: () => void;
}

const MenuLink = ({ to, search, label, icon: Icon, onGo }: MenuLinkProps) => (
  <li>
    <Link
      to={to}
      search={search}
      onClick={onGo}
      activeOptions={{ exact: to === '/', includeSearch: search !== undefined }}
      className="flex h-11 items-center gap-3 rounded-md px-2 text-14 hover:bg-hover aria-[current=page]:bg-pressed"
    >
      <Icon size={18} className="shrink-0 text-muted" />
      <bdi className="min-w-0 truncate">{label}</bdi>
    </Link>
  </li>
);
