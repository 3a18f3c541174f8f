import { Link } from '@tanstack/react-router';
import { useMay } from '../../app/session.tsx';
import { t } from '../../text/text.ts';
import { settingsGroups } from './sections.ts';

export function SettingsNav({ current }: { current?: string }) {
  const may = useMay();
  return (
    <nav
      aria-label={t('Settings')}
      className="w-full overflow-y-auto p-3 md:w-52 md:shrink-0 md:border-e md:border-line"
    >
      {settingsGroups.map((group) => {
        const shown = group.sections.filter(({ resource }) => !resource || may(resource, 'read'));
        if (shown.length === 0) return null;
        return (
          <div key={group.label} className="mb-4">
            <h2 className="mb-1 px-2 text-12 font-medium text-muted">{group.label}</h2>
            <ul className="flex flex-col gap-0.5">
              {shown.map(({ id, label, icon: Icon }) => (
                <li key={id}>
                  <Link
                    to="/settings/$section"
                    params={{ section: id }}
                    data-current={id === current ? '' : undefined}
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
