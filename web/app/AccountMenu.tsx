import { useNavigate } from '@tanstack/react-router';
import { LogOut, ShieldCheck, UserRound } from 'lucide-react';
import { useState } from 'react';
import { attempt } from '../platform/query/attempt.ts';
import { signOut, useSession } from '../platform/session/session.tsx';
import { t } from '../text/text.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { cx } from '../ui/cx.ts';
import { Menu } from '../ui/Menu.tsx';
import { readTheme, setTheme, themes } from './theme.ts';

interface AccountMenuProps {
  folded: boolean;
  /** Called when a link of the menu is followed. */
  onGo?: () => void;
}

export function AccountMenu({ folded, onGo }: AccountMenuProps) {
  const { user } = useSession();
  const navigate = useNavigate();
  const [theme, choose] = useState(readTheme);
  const goTo = (section: string) => {
    onGo?.();
    void navigate({ to: '/settings/$section', params: { section } });
  };
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          aria-label={t('Account of {name}', { name: user.name })}
          className={cx(
            'flex h-9 w-full items-center gap-2.5 rounded-md text-13 font-medium hover:bg-hover data-popup-open:bg-hover',
            folded ? 'justify-center' : 'px-1.5',
          )}
        >
          <Avatar name={user.name} size={folded ? 'small' : 'medium'} />
          {!folded && <bdi className="min-w-0 truncate">{user.name}</bdi>}
        </button>
      }
      header={
        <>
          <span className="block truncate text-13 font-medium">
            <bdi>{user.name}</bdi>
          </span>
          <span className="block truncate text-12 text-muted">
            <bdi>{user.email}</bdi>
          </span>
        </>
      }
      actions={[
        {
          label: t('Your profile'),
          icon: <UserRound size={14} />,
          onSelect: () => goTo('profile'),
        },
        {
          label: t('Security'),
          icon: <ShieldCheck size={14} />,
          onSelect: () => goTo('security'),
        },
        ...themes.map(({ value, label, icon: Icon }, index) => ({
          label,
          icon: <Icon size={14} />,
          group: index === 0 ? t('Theme') : undefined,
          checked: theme === value,
          onSelect: () => {
            choose(value);
            setTheme(value);
          },
        })),
        { label: t('Sign out'), icon: <LogOut size={14} />, group: true, onSelect: () => void attempt(signOut) },
      ]}
    />
  );
}
