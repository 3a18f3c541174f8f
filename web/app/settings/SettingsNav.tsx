import { Link } from '@tanstack/react-router';
import { useMay, useSession } from '../../platform/session/session.tsx';
import { t } from '../../text/text.ts';
import { isOpen, settingsGroups } from './sections.ts';

/** The list is longer than a window. */
const intoView = (link: HTMLAnchorElement | null) => link?.scrollIntoView({ block: 'nearest' });

export function SettingsNav({ current }: { current?: string }) {
  const may = useMay();
  const session = useSession();
  return (
    <nav
      aria-label={t('Settings')}
      className="w-full overflow-y-auto p-3 md:w-52 md:shrink-0 md:border-e md:border-line print:hidden"
    >
      {settingsGroups().map((group) => {
        const shown = group.sections.filter((section) => isOpen(section, may, session));
        if (shown.length === 0) return null;
        return (
          <div key={group.id} className="mb-4">
            <h2 className="mb-1 px-2 text-12 font-medium text-muted">{group.label}</h2>
            <ul className="flex flex-col gap-0.5">
              {shown.map(({ id, label, icon: Icon }) => (
                <li key={id}>
                  <Link
                    to="/settings/$section"
                    params={{ section: id }}
                    data-current={id === current ? '' : undefined}
                    ref={id === current ? intoView : undefined}
                    className="flex h-8 items-center gap-2.5 rounded-md px-2 text-13 font-medium text-muted hover:bg-hover hover:text-ink data-current:bg-pressed data-current:text-ink pointer-coarse:h-11"
                  >
                    <Icon size={14} />
                    {label}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}
